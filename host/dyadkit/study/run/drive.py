"""Driving of workers: tasks are handed out in chunks of about a second, a few ahead, and no more.

Which worker does what, in which order and in which chunks, has no influence on any result.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass, field
from typing import Any

from dyadkit.study.run.work import Task, TaskOutcome
from dyadkit.study.run.workers import Workers

CHUNK_S = 1.0
MAX_CHUNK = 1000
AHEAD = 2
"""Chunks a worker has waiting beside the one it does: enough not to starve, few to lose."""
MAX_ATTEMPTS = 3
LOST = "its worker was killed while it was analysed, {} times: probably for lack of memory"

Perform = Callable[[Sequence[Task]], list[TaskOutcome]]


@dataclass(slots=True)
class _OpenTasks:
    """Tasks still to be done; those whose worker was lost go alone, one after the other.

    A killed worker takes down what others were doing: alone, the guilty one is found.
    """

    tasks: deque[Task]
    suspects: deque[Task] = field(default_factory=deque)
    attempts: dict[str, int] = field(default_factory=dict)
    task_s: float = CHUNK_S

    def again(self, task: Task, done: TaskOutcome) -> bool:
        """Take a task for another attempt; False where it had enough."""
        self.attempts[task.key] = self.attempts.get(task.key, 0) + 1
        if done.final or self.attempts[task.key] >= MAX_ATTEMPTS:
            return False
        self.suspects.append(task)
        return True

    def chunk(self, workers: int) -> list[Task]:
        """The next tasks to be done by one worker, fewer at the end so that all have some."""
        fair = max(1, len(self.tasks) // (2 * workers))
        size = min(max(1, int(CHUNK_S / max(self.task_s, 1e-6))), MAX_CHUNK, fair)
        return [self.tasks.popleft() for _ in range(min(size, len(self.tasks)))]

    def learn(self, seconds: float, tasks: int) -> None:
        """Take what a chunk took into the estimate of what a task takes."""
        self.task_s += 0.3 * (seconds / max(tasks, 1) - self.task_s)


def drive(tasks: Sequence[Task], workers: Workers, perform: Perform) -> Iterator[TaskOutcome]:
    """What becomes of each task, as it is done.

    Parameters
    ----------
    perform : a function that can be sent to a worker; gives one `TaskOutcome` a task, in order

    Raises
    ------
    SessionError
        results cannot be kept
    """
    waiting = _OpenTasks(deque(tasks))
    flying: dict[Future[list[TaskOutcome]], list[Task]] = {}
    while waiting.tasks or waiting.suspects or flying:
        try:
            _hand_out(waiting, flying, workers, perform)
            done_now, _ = wait(flying, return_when=FIRST_COMPLETED)
            for future in done_now:
                began = flying.pop(future)
                yield from _settled(waiting, began, future)
        except BrokenExecutor:
            workers.renew()
            yield from _lost(waiting, [task for began in flying.values() for task in began])
            flying.clear()


def _hand_out(
    waiting: _OpenTasks,
    flying: dict[Future[list[TaskOutcome]], list[Task]],
    workers: Workers,
    perform: Perform,
) -> None:
    executor, count = workers.executor(), workers.count
    while waiting.tasks and not waiting.suspects and len(flying) < count * (1 + AHEAD):
        _submit(executor, flying, waiting.chunk(count), perform)
    if waiting.suspects and not flying:
        _submit(executor, flying, [waiting.suspects.popleft()], perform)


def _submit(executor: Any, flying: dict[Any, list[Task]], chunk: list[Task], perform: Any) -> None:
    """Hand out a chunk; it counts as begun even where the pool turns out to be broken."""
    future: Future[list[TaskOutcome]] = Future()
    flying[future] = chunk
    real = executor.submit(perform, chunk)
    del flying[future]
    flying[real] = chunk


def _settled(
    waiting: _OpenTasks, began: list[Task], future: Future[list[TaskOutcome]]
) -> Iterator[TaskOutcome]:
    error = future.exception()
    if isinstance(error, BrokenExecutor) or type(error).__name__ in _CLUSTER_LOST:
        yield from _lost(waiting, began)
        if isinstance(error, BrokenExecutor):
            raise error
        return
    if error is not None:
        raise error
    found = future.result()
    waiting.learn(sum(one.cpu_s for one in found), len(found))
    for task, done in zip(began, found, strict=True):
        if not done.sentence or not waiting.again(task, done):
            yield done


_CLUSTER_LOST = ("KilledWorker", "FutureCancelledError", "CancelledError")
"""How Dask calls a task whose workers were lost."""


def _lost(waiting: _OpenTasks, tasks: list[Task]) -> Iterator[TaskOutcome]:
    for task in tasks:
        attempts = waiting.attempts.get(task.key, 0) + 1
        done = TaskOutcome(task.key, task.name, LOST.format(attempts), final=False)
        if not waiting.again(task, done):
            yield done


@dataclass(slots=True)
class TimeLeft:
    """How long a run still lasts, from what is done."""

    total: int
    began_s: float = field(default_factory=time.monotonic)

    def left_s(self, done: int) -> float:
        """Seconds left; NaN before the first is done."""
        if not done:
            return float("nan")
        return (time.monotonic() - self.began_s) / done * (self.total - done)
