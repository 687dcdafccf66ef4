"""One recording of two people: both wearables, one file, one verdict.

`record` joins links, storage and clock: it starts a capture for each wearable, forces the file to
disk each second, acknowledges only what is there, and closes the session with a summary.
"""

import asyncio
import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from dyadkit import __version__
from dyadkit.capture import Capture, State
from dyadkit.links import HostClock, Link, monotonic_ns
from dyadkit.marks import MarkReader
from dyadkit.storage import SessionWriter
from dyadkit.trace import PERSONS, PersonName

SYNC_EACH_S = 1.0
DRAIN_LIMIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What to record.

    duration_s : how long both record together; None until stopped
    participants : participant codes, never names
    clock_ns : the host's clock
    about : further facts for `session.json` (simulated, truth, conditions)
    seed : of the random gaps between time probes
    """

    folder: Path
    duration_s: float | None = None
    participants: dict[PersonName, str] = field(default_factory=dict)
    clock_ns: HostClock = monotonic_ns
    about: dict[str, Any] = field(default_factory=dict)
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a recording is, once a second."""

    elapsed_s: float
    states: dict[PersonName, State]
    silent_s: dict[PersonName, float]
    samples: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a recording ended with; `missing_blocks` is what neither radio nor flash could give."""

    folder: Path
    duration_s: float
    missing_blocks: int
    reconnects: int
    faults: tuple[str, ...]


async def record(
    plan: Plan,
    links: Mapping[PersonName, Link],
    report: Callable[[Progress], None] = lambda _: None,
    stop: asyncio.Event | None = None,
) -> Outcome:
    """Record a session into a folder that holds none yet.

    Raises
    ------
    RecordingError
        the folder cannot be written, the disk is full, or a wearable's firmware does not fit
    """
    writer = SessionWriter(plan.folder)
    random = Random(plan.seed)
    session = random.getrandbits(32)
    captures = {
        person: Capture(person, links[person], writer, plan.clock_ns, Random(random.random()))
        for person in PERSONS
    }
    began = datetime.datetime.now(datetime.UTC)
    started_ns = plan.clock_ns()
    writer.log(started_ns, "session", number=session, version=__version__, utc=began.isoformat())
    try:
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(one.run(session)) for one in captures.values()]
            keeper = tasks.create_task(_keep(writer, captures, plan.clock_ns, report))
            await _recorded(captures, plan.duration_s, stop or asyncio.Event())
            recorded_ns = plan.clock_ns()
            for capture in captures.values():
                capture.stop()
            await asyncio.wait(running, timeout=DRAIN_LIMIT_S)
            for task in (keeper, *running):
                task.cancel()
    except BaseException:
        writer.abandon()
        raise
    return _close(plan, writer, captures, (recorded_ns - started_ns) * 1e-9, began)


async def _recorded(
    captures: dict[PersonName, Capture], duration_s: float | None, stop: asyncio.Event
) -> None:
    """Wait until both have recorded together for the duration, or until stopped."""
    while any(one.state is not State.RECORDING for one in captures.values()):
        if stop.is_set():
            return
        await asyncio.sleep(0.1)
    try:
        await asyncio.wait_for(stop.wait(), duration_s)
    except TimeoutError:
        return


async def _keep(
    writer: SessionWriter,
    captures: dict[PersonName, Capture],
    clock_ns: HostClock,
    report: Callable[[Progress], None],
) -> None:
    started_ns = clock_ns()
    marks = MarkReader(writer.folder)
    while True:
        await asyncio.sleep(SYNC_EACH_S)
        for mark in marks.new():
            writer.log(mark.pop("at_ns"), "mark", **mark)
        confirmations = [capture.mark_safe() for capture in captures.values()]
        writer.sync()
        for confirm in confirmations:
            confirm()
        now_ns = clock_ns()
        report(
            Progress(
                (now_ns - started_ns) * 1e-9,
                {person: one.state for person, one in captures.items()},
                {
                    person: (now_ns - one.tally.last_heard_ns) * 1e-9
                    for person, one in captures.items()
                },
                sum(one.tally.samples for one in captures.values()),
            )
        )


def _close(
    plan: Plan,
    writer: SessionWriter,
    captures: dict[PersonName, Capture],
    duration_s: float,
    began: datetime.datetime,
) -> Outcome:
    undrained = sum(
        wanted.stop - wanted.first for one in captures.values() for wanted in one.missing()
    )
    outcome = Outcome(
        plan.folder,
        duration_s,
        undrained + sum(one.tally.not_in_flash for one in captures.values()),
        sum(max(one.tally.connects - 1, 0) for one in captures.values()),
        tuple(fault for one in captures.values() for fault in one.tally.faults),
    )
    writer.log(plan.clock_ns(), "end", missing_blocks=outcome.missing_blocks)
    writer.close(
        {
            "format": 1,
            "dyadkit": __version__,
            "began_utc": began.isoformat(),
            "duration_s": round(duration_s, 3),
            "participants": {person: plan.participants.get(person, "") for person in PERSONS},
            "missing_blocks": outcome.missing_blocks,
            "reconnects": outcome.reconnects,
            "faults": list(outcome.faults),
            **plan.about,
        }
    )
    return outcome
