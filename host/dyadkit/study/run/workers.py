"""Workers of a study: processes of this computer, or of a Dask cluster, behind one interface.

Every worker computes with one thread, so that sums are added up in one order wherever they are.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any, Protocol

from dyadkit.errors import LinkError, extra

ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


class Workers(Protocol):
    """What a study needs of whatever computes for it."""

    @property
    def count(self) -> int:
        """Workers there are now."""

    def executor(self) -> Executor:
        """The executor to hand tasks to."""

    def renew(self) -> None:
        """Replace workers after one of them was lost."""

    def close(self) -> None:
        """Let go of them; what they do not need any more ends."""


@dataclass(slots=True)
class Processes:
    """Processes of this computer."""

    count: int
    _pool: Executor | None = field(default=None, init=False)

    def executor(self) -> Executor:
        """A pool of fresh interpreters, made when it is needed first."""
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor

        if self._pool is None:
            os.environ.update(dict.fromkeys(ONE_THREAD, "1"))  # before the workers load numpy
            self._pool = ProcessPoolExecutor(
                self.count, multiprocessing.get_context("spawn"), initializer=_end_with_parent
            )
        return self._pool

    def renew(self) -> None:
        """Make a new pool: one whose process was killed takes nothing any more."""
        self.close()

    def close(self) -> None:
        """End the processes without waiting for what they began."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


def _end_with_parent() -> None:
    """End this worker when the program that started it is gone: killed, it cannot say goodbye."""
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent.join,), daemon=True).start()


def _watch(wait: Callable[[], None]) -> None:
    wait()
    os._exit(1)


@dataclass(slots=True)
class Cluster:
    """Workers of a Dask cluster at an address, or of one started here for so many processes."""

    address: str = ""
    jobs: int = 0
    _client: Any = field(default=None, init=False)
    _executor: Executor | None = field(default=None, init=False)

    @property
    def count(self) -> int:
        """Threads of all workers that are there now; at least one, for they may still come."""
        return max(1, int(sum(self._connected().nthreads().values())))

    def executor(self) -> Executor:
        """The cluster's executor."""
        if self._executor is None:
            self._executor = self._connected().get_executor(retries=RETRIES)
        return self._executor

    def renew(self) -> None:
        """Nothing: a cluster replaces its workers itself."""

    def close(self) -> None:
        """Disconnect; a cluster that was started here ends."""
        if self._client is not None:
            self._client.close()
            self._client = self._executor = None

    def _connected(self) -> Any:
        if self._client is None:
            with extra("study"):
                import distributed
            client: Any = distributed.Client
            try:
                self._client = (
                    client(self.address, timeout=CONNECT_S)
                    if self.address
                    else client(n_workers=self.jobs, threads_per_worker=1, dashboard_address=None)
                )
            except (OSError, TimeoutError, ValueError) as error:
                raise LinkError(
                    f"no Dask scheduler answers at {self.address or 'this computer'}: {error}; "
                    "start one with dask scheduler, and workers with dask worker --nthreads 1"
                ) from None
        return self._client


RETRIES = 0
"""Of a task by the cluster: the study itself tries again, and tells."""
CONNECT_S = 10
