"""Run of a study: its sessions, then their people with partners of other dyads."""

import functools
import itertools
import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from dyadkit.dyad.result import Result
from dyadkit.errors import SessionError
from dyadkit.study.plan.choices import StudyPlan
from dyadkit.study.plan.freezing import check_frozen
from dyadkit.study.plan.roster import Entry, roster
from dyadkit.study.run.drive import drive
from dyadkit.study.run.source import source_digest
from dyadkit.study.run.store import Store
from dyadkit.study.run.work import (
    SessionTask,
    StrangersTask,
    Task,
    data_digest,
    perform,
)
from dyadkit.study.run.workers import Workers
from dyadkit.study.whole_files import write_whole

READERS = 4
"""Threads that hash the sessions' files: reading, not computing, is what takes time."""
Progressed = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Shard:
    """Part of a job array: the tasks of which it does every `of`-th, counted from 1."""

    number: int = 1
    of: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.of:
            raise ValueError(f"shard {self.number}/{self.of}: count from 1 to {self.of}")

    def has(self, key: str) -> bool:
        """Whether a task is this shard's; by its key, so that no order matters."""
        return int(key[:12], 16) % self.of == self.number - 1


@dataclass(frozen=True, slots=True, eq=False)
class Ran(Result):
    """What a run did.

    done, kept : tasks that were computed now, and that were there already
    failed : by session, why it has no result
    waiting : sessions of other shards that comparisons with strangers wait for
    cpu_s, peak_mb : of all workers together, and of the one that took most
    """

    done: int
    kept: int
    failed: dict[str, str]
    waiting: int
    cpu_s: float
    peak_mb: float

    def sentences(self) -> list[str]:
        """The run in plain words."""
        lines = [f"{self.done} tasks done, {self.kept} were done before."]
        lines += [f"No result of {name}: {why}." for name, why in sorted(self.failed.items())]
        if self.failed:
            lines.append("The others are complete; run again once the cause is mended.")
        if self.waiting:
            lines.append(
                f"Comparisons with other dyads wait for {self.waiting} sessions of other shards: "
                "run again when these are done."
            )
        if self.done:
            lines.append(f"{self.cpu_s:.0f} CPU seconds; at most {self.peak_mb:.0f} MB a worker.")
        return lines


def run(
    plan: StudyPlan, workers: Workers, progressed: Progressed, shard: Shard | None = None
) -> Ran:
    """Do what of a study is not done yet.

    Parameters
    ----------
    progressed : called with tasks done and tasks in all

    Raises
    ------
    SessionError
        the plan is not what was frozen, sessions are named wrongly, or results cannot be kept
    """
    check_frozen(plan)
    entries, shard = roster(plan), shard or Shard()
    store = Store(plan.results_folder)
    tasks, unread = session_tasks(plan, entries)
    first = _do(store, [one for one in tasks.values() if shard.has(one.key)], workers, progressed)
    strangers, waiting = _strangers_of_shard(plan, entries, tasks, store, shard)
    second = _do(store, strangers, workers, progressed)
    failed = {**unread, **first.failed, **second.failed}
    return Ran(
        done=first.done + second.done,
        kept=first.kept + second.kept,
        failed=failed,
        waiting=waiting,
        cpu_s=first.cpu_s + second.cpu_s,
        peak_mb=max(first.peak_mb, second.peak_mb),
    )


def _strangers_of_shard(
    plan: StudyPlan,
    entries: Sequence[Entry],
    tasks: dict[str, SessionTask],
    store: Store,
    shard: Shard,
) -> tuple[list[StrangersTask], int]:
    """Comparisons that can be done now, and for how many sessions of other shards they wait."""
    done = {name: task for name, task in tasks.items() if store.has(task.key)}
    elsewhere = sum(name not in done and not shard.has(one.key) for name, one in tasks.items())
    if elsewhere:
        return [], elsewhere
    return [one for one in stranger_tasks(plan, entries, done).values() if shard.has(one.key)], 0


def _do(store: Store, tasks: Sequence[Task], workers: Workers, progressed: Progressed) -> Ran:
    """Do tasks of which there is no result, and note what failed."""
    todo = [one for one in {task.key: task for task in tasks}.values() if not store.has(one.key)]
    failed: dict[str, str] = {}
    cpu_s, peak_mb = 0.0, 0.0
    work = functools.partial(perform, str(store.folder))
    for count, done in enumerate(drive(todo, workers, work) if todo else (), start=1):
        cpu_s, peak_mb = cpu_s + done.cpu_s, max(peak_mb, done.peak_mb)
        if done.sentence:
            failed[done.name] = done.sentence.rstrip(".")
            store.note_failure(done.key, done.name, done.sentence)
        progressed(count, len(todo))
    kept = len(tasks) - len(todo)
    return Ran(len(todo) - len(failed), kept, failed, 0, cpu_s, peak_mb)


def session_tasks(
    plan: StudyPlan, entries: Sequence[Entry]
) -> tuple[dict[str, SessionTask], dict[str, str]]:
    """A task a session, by its name; and which session cannot be read, and why."""
    digests, unread = _digests(plan, entries)
    return {
        one.name: SessionTask(
            name=one.name,
            path=str(one.path.resolve()),
            data=digests[one.name],
            seed=plan.analysis.seed,
            max_lag_s=plan.analysis.max_lag_s,
            measures=plan.measures,
            conditions=plan.conditions,
            source=source_digest(),
        )
        for one in entries
        if one.name in digests
    }, unread


def _digests(plan: StudyPlan, entries: Sequence[Entry]) -> tuple[dict[str, str], dict[str, str]]:
    """Hash of each session's files, read once: sizes and times tell whether one has changed."""
    index = plan.results_folder / "inputs.json"
    known = _index(index)
    found: dict[str, str] = {}
    unread: dict[str, str] = {}
    with ThreadPoolExecutor(READERS) as readers:
        stamps = {one.name: _stamp(one.path) for one in entries}
        jobs = {
            one.name: readers.submit(data_digest, str(one.path))
            for one in entries
            if stamps[one.name] not in known
        }
        for one in entries:
            try:
                job = jobs.get(one.name)
                found[one.name] = job.result() if job else known[stamps[one.name]]
            except SessionError as error:
                unread[one.name] = str(error)
    fresh = {stamps[name]: digest for name, digest in found.items()}
    if fresh != known:
        write_whole(index, json.dumps(fresh, sort_keys=True).encode())
    return found, unread


def _index(path: Path) -> dict[str, str]:
    try:
        known = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _stamp(path: Path) -> str:
    """Names, sizes and times of a session's files; empty where it is not there."""
    try:
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        stats = [(file.name, file.stat()) for file in files]
    except OSError:
        return ""
    return json.dumps(
        [str(path.resolve()), *((name, at.st_size, at.st_mtime_ns) for name, at in stats)]
    )


def stranger_tasks(
    plan: StudyPlan, entries: Sequence[Entry], done: dict[str, SessionTask]
) -> dict[str, StrangersTask]:
    """A task a session, by its name: its people with partners of the same role and condition.

    Partners are the next ones in the order of dyads, so that everyone is as often a partner; never
    of the own dyad, nor of another with one of the two people, nor another session's of a dyad.
    """
    known = [one for one in entries if one.name in done]
    tasks = {}
    for place, one in enumerate(known):
        following = itertools.islice(itertools.cycle(known), place + 1, place + len(known))
        others = _partners_of(one, following, plan.partners)
        if others:
            tasks[one.name] = StrangersTask(
                name=one.name,
                session=done[one.name].key,
                others=tuple(done[other.name].key for other in others),
                measures=plan.measures,
                conditions=plan.conditions,
                source=source_digest(),
            )
    return tasks


def _partners_of(one: Entry, others: Iterable[Entry], count: int) -> list[Entry]:
    chosen: list[Entry] = []
    taken: set[str] = set(one.persons)
    for other in others:
        if len(chosen) == count:
            break
        if other.condition == one.condition and not taken & set(other.persons):
            chosen.append(other)
            taken |= set(other.persons)
    return chosen


@dataclass(frozen=True, slots=True, eq=False)
class StudyStatus(Result):
    """How far a study is.

    open, failed : sessions without a result; why, by session
    """

    sessions: int
    done: int
    compared: int
    to_compare: int
    open: tuple[str, ...]
    failed: dict[str, str]

    def sentences(self) -> list[str]:
        """The status in plain words."""
        return [
            f"{self.done} of {self.sessions} sessions analysed, {self.compared} of "
            f"{self.to_compare} compared with partners of other dyads.",
            *(f"{name}: {why}" for name, why in sorted(self.failed.items())),
            *([f"Not done yet: {', '.join(self.open[:10])}" + " …" * (len(self.open) > 10)]
              if self.open else []),
        ]  # fmt: skip


def status_of(plan: StudyPlan) -> StudyStatus:
    """How far a study is; errors as `run`."""
    check_frozen(plan)
    entries = roster(plan)
    store = Store(plan.results_folder)
    tasks, failed = session_tasks(plan, entries)
    done = {name: task for name, task in tasks.items() if store.has(task.key)}
    compared = stranger_tasks(plan, entries, done)
    noted = store.failures()
    keys = {name: task.key for name, task in compared.items()}
    for name, key in {**keys, **{name: task.key for name, task in tasks.items()}}.items():
        if key in noted:
            failed[name] = str(noted[key].get("sentence", ""))
    return StudyStatus(
        sessions=len(entries),
        done=len(done),
        compared=sum(store.has(one.key) for one in compared.values()),
        to_compare=len(compared),
        open=tuple(name for name in tasks if name not in done and name not in failed),
        failed=failed,
    )
