"""One recording of two people: both wearables, one file, one outcome.

`record` joins links, storage and clock: it starts a capture for each wearable, looks whether all
is well, forces the file to disk each second and at each mark, acknowledges only what is there,
fetches what is missing, and closes the session with a summary. What moves it is the table `NEXT`.
"""

import asyncio
import contextlib
import datetime
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from random import Random
from typing import Any

from dyadkit.capture.marking import MarkTaker
from dyadkit.capture.outcome import Outcome, outcome_of, ways_out
from dyadkit.capture.preflight import OnRefusal, Preflight, PreflightCheck, Severity, examine
from dyadkit.capture.progress import Progress, SessionPhase, Watch
from dyadkit.capture.swaps import swapped
from dyadkit.capture.tasks import together
from dyadkit.capture.wearable import OVER, Capture, CaptureState
from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.errors import SessionError
from dyadkit.links import HostClock, Link, monotonic_ns
from dyadkit.storage import DiskFile, Follow, SessionWriter
from dyadkit.storage.mark_lines import size_of_marks
from dyadkit.version import __version__

TICK_S = 0.1
SHOW_EACH_TICKS = 5
SYNC_EACH_TICKS = 10
LOOK_AGAIN_S = 2.0
PATIENCE_S = 30.0
MIN_WAIT_S = 1e-6  # no clock of a loop tells less apart: in simulated time it would never pass


class SessionTurn(Enum):
    """Event that moves a session from phase to phase."""

    BOTH_HERE = "both wearables are here"
    PASSED = "checks passed"
    FAILED = "checks failed"
    ENDED = "time is up or stop was asked"
    DRAINED = "all that can be had is here"


NEXT = {
    (SessionPhase.CONNECTING, SessionTurn.BOTH_HERE): SessionPhase.CHECKING,
    (SessionPhase.CONNECTING, SessionTurn.FAILED): SessionPhase.REFUSED,
    (SessionPhase.CONNECTING, SessionTurn.ENDED): SessionPhase.DRAINING,
    (SessionPhase.CHECKING, SessionTurn.PASSED): SessionPhase.RECORDING,
    (SessionPhase.CHECKING, SessionTurn.FAILED): SessionPhase.REFUSED,
    (SessionPhase.CHECKING, SessionTurn.ENDED): SessionPhase.DRAINING,
    (SessionPhase.RECORDING, SessionTurn.ENDED): SessionPhase.DRAINING,
    (SessionPhase.DRAINING, SessionTurn.DRAINED): SessionPhase.CLOSED,
}

HAS_RECORDED = (SessionPhase.RECORDING, SessionPhase.DRAINING, SessionPhase.CLOSED)

Aside = Callable[[Callable[[], bool]], Awaitable[bool]]


async def at_once(job: Callable[[], bool]) -> bool:
    """Do a disk's work here and now: for simulated time."""
    return job()


async def beside(job: Callable[[], bool]) -> bool:
    """Do a disk's work in a thread, so that a slow disk never keeps the radio waiting."""
    return await asyncio.to_thread(job)


@dataclass(frozen=True, slots=True)
class RecordingPlan:
    """Plan of a recording.

    duration_s : how long both record together; None until stopped
    participants : participant codes, never names
    clock_ns : the host's clock
    about : further facts for `session.json` (simulated, truth, conditions)
    seed : of the random gaps between time probes
    preflight : what must hold before; None to begin as soon as both are connected
    aside : where the disk's work is done, `at_once` or `beside`
    disk : the file it is done on; tests give one that is slow or full
    follow : who else sees each message that goes to the file, such as a live page
    begin : if given, both wearables are only looked at until it is set, and record meanwhile
    """

    folder: Path
    duration_s: float | None = None
    participants: dict[PersonName, str] = field(default_factory=dict)
    clock_ns: HostClock = monotonic_ns
    about: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    preflight: Preflight | None = None
    aside: Aside = at_once
    disk: type[DiskFile] = DiskFile
    follow: Follow | None = None
    begin: asyncio.Event | None = None


async def record(
    plan: RecordingPlan,
    links: Mapping[PersonName, Link],
    report: Callable[[Progress], None] = lambda _: None,
    stop: asyncio.Event | None = None,
) -> Outcome:
    """Record a session into a folder that holds none yet.

    Raises
    ------
    SessionError
        the folder cannot be written, the disk is full, a wearable's firmware does not fit, or
        what `plan.preflight` asks for does not hold; the last leaves nothing behind
    """
    session = RecordingSession(plan, links, report)
    try:
        return await session.run(stop or asyncio.Event())
    except SessionError as error:
        session.leave()
        if session.phase not in HAS_RECORDED:
            raise
        raise SessionError(f"{error}; {ways_out(*session.place)}") from error
    except BaseException:
        session.leave()
        raise


class RecordingSession:
    """A recording while it goes on.

    1. CONNECTING until both wearables record; one that is unfit ends it, a stop drains it.
    2. CHECKING, while both record already: until nothing refuses, or patience ends.
    3. RECORDING until the time is up, a stop is asked for, or both captures are over.
    4. DRAINING until both have given what they have, or nothing comes for PATIENCE_S.
    5. CLOSED. After a failure in 1 or 2 it is REFUSED instead, and leaves no file.

    Beside it each capture runs for itself, and `_keep` sees to marks, disk and alarms.
    """

    def __init__(
        self,
        plan: RecordingPlan,
        links: Mapping[PersonName, Link],
        report: Callable[[Progress], None],
    ) -> None:
        self.phase = SessionPhase.CONNECTING
        self._plan = plan
        self._report = report
        self._makes_folder = not plan.folder.exists()
        marks_from_byte = size_of_marks(plan.folder)
        self._writer = SessionWriter(plan.folder, plan.disk)
        self._writer.follow = plan.follow
        self._random = Random(plan.seed)
        self._number = self._random.getrandbits(32)
        self._captures = {
            person: Capture(
                person, links[person], self._writer, plan.clock_ns, Random(self._random.random())
            )
            for person in PERSONS
        }
        self._began = datetime.datetime.now(datetime.UTC)
        self._started_ns = plan.clock_ns()
        self._notes: list[str] = []
        self._watch = Watch(
            self._captures, self._writer, lambda event, person: self._log(event, person=person)
        )
        self._marks = MarkTaker(self._writer, self._watch, plan.clock_ns, marks_from_byte)
        self._flushing = asyncio.Lock()
        self._writer.log(
            self._started_ns, "session", number=self._number, version=__version__,
            utc=self._began.isoformat(), about=self._about(), marks_from_byte=marks_from_byte,
        )  # fmt: skip
        self._begin_file()

    async def run(self, stop: asyncio.Event) -> Outcome:
        """Record; returns when everything is on disk."""
        captures = [one.run(self._number) for one in self._captures.values()]
        async with together(*captures, self._keep()) as tasks:
            await self._until_both_record(stop)
            if self.phase is SessionPhase.CHECKING:
                await self._check(stop)
            if self.phase is SessionPhase.RECORDING:
                await self._until_ended(stop)
            recorded_ns = self._plan.clock_ns()
            for capture in self._captures.values():
                capture.stop()
            await self._drain(tasks[: len(captures)])
        self._move(SessionTurn.DRAINED)
        return await self._close((recorded_ns - self._started_ns) * 1e-9)

    @property
    def place(self) -> tuple[Path, str]:
        """Folder of the session, and name of the dyad as one types it."""
        return self._writer.folder, str(self._plan.about.get("dyad", "DYAD"))

    def leave(self) -> None:
        """Let go of the file: it is read like after a crash, or not there if nothing was begun."""
        if self.phase is SessionPhase.REFUSED:
            self._discard()
        else:
            self._writer.abandon()

    def _discard(self) -> None:
        """Leave nothing behind: no file, and no folder that was made for it and holds no more."""
        self._writer.discard()
        if self._makes_folder:
            with contextlib.suppress(OSError):  # something else is in it
                self._writer.folder.rmdir()

    def _begin_file(self) -> None:
        """Have a file that opens from the first moment on, or none."""
        try:
            self._writer.sync()
        except SessionError:
            self._discard()
            raise

    async def _until_both_record(self, stop: asyncio.Event) -> None:
        while any(one.state is not CaptureState.RECORDING for one in self._captures.values()):
            for one in self._captures.values():
                if one.state is CaptureState.UNFIT:
                    self._move(SessionTurn.FAILED)
                    raise SessionError(one.complaint)
            if stop.is_set():
                self._move(SessionTurn.ENDED)
                return
            await asyncio.sleep(TICK_S)
        self._move(SessionTurn.BOTH_HERE)
        await self._plan.aside(self._look_for_swaps)

    def _look_for_swaps(self) -> bool:
        """Ask the sessions beside this one who wore what: many, on a disk that may be slow."""
        self._notes += swapped(self._writer.folder, self._plan.participants, self._wearables())
        return True

    async def _check(self, stop: asyncio.Event) -> None:
        """Wait to be asked to begin; then look until nothing refuses or patience ends."""
        needs = self._plan.preflight
        if self._plan.begin is not None:
            await self._until_begun(stop, self._plan.begin)
        if needs is None:
            self._move(SessionTurn.PASSED)
            return
        waited_s = needs.settle_s
        await self._sleep(stop, needs.settle_s)
        while not stop.is_set():
            checks = await self._look(needs)
            refusals = [one.says for one in checks if one.level is Severity.REFUSE]
            if not refusals or waited_s >= needs.patience_s:
                self._decide(needs, checks, refusals)
                return
            self._watch.doubts = refusals
            await self._sleep(stop, LOOK_AGAIN_S)
            waited_s += LOOK_AGAIN_S
        self._move(SessionTurn.ENDED)

    async def _until_begun(self, stop: asyncio.Event, begin: asyncio.Event) -> None:
        while not (stop.is_set() or begin.is_set()):
            await asyncio.sleep(TICK_S)

    async def _look(self, needs: Preflight) -> list[PreflightCheck]:
        await self._flush()
        checks: list[PreflightCheck] = []

        def look() -> bool:
            checks.extend(examine(self._writer.folder, needs))
            return True

        await self._plan.aside(look)
        return checks

    def _decide(self, needs: Preflight, checks: list[PreflightCheck], refusals: list[str]) -> None:
        self._log("preflight", checks=[one.to_dict() for one in checks])
        self._watch.doubts = []
        self._notes += refusals
        if refusals and needs.on_refusal is OnRefusal.STOP:
            self._move(SessionTurn.FAILED)
            raise SessionError(
                "the recording was not begun: " + "; ".join(refusals) + " (--force begins anyway)"
            )
        self._move(SessionTurn.PASSED)

    async def _until_ended(self, stop: asyncio.Event) -> None:
        await self._sleep(stop, self._plan.duration_s)
        self._move(SessionTurn.ENDED)

    async def _sleep(self, stop: asyncio.Event, seconds: float | None) -> None:
        """Wait, but no longer than until stopped or until no wearable is left to wait for.

        It wakes once a second, for nothing tells it that a capture is over.
        """
        loop = asyncio.get_running_loop()
        until_s = float("inf") if seconds is None else loop.time() + seconds
        while not stop.is_set() and any(c.state not in OVER for c in self._captures.values()):
            left_s = until_s - loop.time()
            if left_s < MIN_WAIT_S:
                return
            try:
                await asyncio.wait_for(stop.wait(), min(left_s, 1.0))
            except TimeoutError:
                continue

    async def _drain(self, captures: list["asyncio.Task[None]"]) -> None:
        """Wait for both wearables to give what they have; not for one that stays away.

        Patience begins anew with each block and each connect of either: a wearable that keeps
        coming back is waited for, one out of reach until nothing has come for PATIENCE_S.
        """
        loop = asyncio.get_running_loop()
        counted, since_s = -1, loop.time()
        while not all(task.done() for task in captures):
            now = sum(one.tally.blocks + one.tally.connects for one in self._captures.values())
            if now != counted:
                counted, since_s = now, loop.time()
            if loop.time() - since_s > PATIENCE_S:
                return
            await asyncio.wait(captures, timeout=1.0)

    async def _keep(self) -> None:
        """Marks, disk and alarms, for as long as the session lasts."""
        ticks = 0
        while True:
            await asyncio.sleep(TICK_S)
            ticks += 1
            is_marked = self._marks.take()
            if is_marked or ticks % SYNC_EACH_TICKS == 0:
                await self._flush()
            if ticks % SHOW_EACH_TICKS == 0:
                now_ns = self._plan.clock_ns()
                self._report(self._watch.look(self.phase, now_ns, self._started_ns))

    # The order of the three steps is what makes an acknowledgement true.
    # 1. `mark_safe` notes what has arrived; all of it was appended to the writer before.
    # 2. `seal` closes what was appended so far, so that it is what `store` forces to disk; frames
    #    that arrive while a slow disk works come after it and count for the next flush.
    # 3. Only if `store` says that it is on disk are the notes of step 1 confirmed. A full disk is
    #    tried again with the next flush; until then the wearables keep their flash.
    # The lock is for `_look`, whose flush must not store the same chunks as one of `_keep`.
    async def _flush(self) -> None:
        """Force all that was heard to disk, and acknowledge it once it is there."""
        async with self._flushing:
            confirmations = [capture.backfill.mark_safe() for capture in self._captures.values()]
            self._writer.seal()
            if await self._plan.aside(self._writer.store):
                self._watch.saved_ns = self._plan.clock_ns()
                for confirm in confirmations:
                    confirm()

    async def _close(self, duration_s: float) -> Outcome:
        self._marks.take()
        self._notes += self._marks.notes()
        outcome = outcome_of(
            self.place, duration_s, list(self._captures.values()), tuple(self._notes)
        )
        for person, capture in self._captures.items():
            for gap in capture.backfill.gaps():
                self._log("gap", topic="gaps", person=person, **gap._asdict())
        self._log("end", missing_blocks=outcome.missing_blocks)
        await self._finish_file(
            {
                "format": 1,
                "dyadkit": __version__,
                "duration_s": round(duration_s, 3),
                "missing_blocks": outcome.missing_blocks,
                "missing_samples": outcome.missing_samples,
                "reconnects": outcome.reconnects,
                "faults": list(outcome.faults),
                "unfinished": list(outcome.unfinished),
                "notes": list(outcome.notes),
                "wearables": self._wearables(),
                **self._about(),
            }
        )
        return outcome

    async def _finish_file(self, about: dict[str, Any]) -> None:
        """Close the file; a disk that takes nothing is waited for, so that room can be made."""
        for waited_s in range(int(PATIENCE_S) + 1):
            try:
                self._writer.close(about)
            except SessionError:
                if not self._writer.trouble or waited_s >= PATIENCE_S:
                    raise
            else:
                return
            now_ns = self._plan.clock_ns()
            self._report(self._watch.look(self.phase, now_ns, self._started_ns))
            await asyncio.sleep(1.0)

    def _about(self) -> dict[str, Any]:
        return {
            "began_utc": self._began.isoformat(),
            "participants": {person: self._plan.participants.get(person, "") for person in PERSONS},
            **self._plan.about,
        }

    def _wearables(self) -> dict[PersonName, str]:
        hellos = {person: one.hello for person, one in self._captures.items()}
        return {person: hello.wearable.hex() for person, hello in hellos.items() if hello}

    def _move(self, turn: SessionTurn) -> None:
        self.phase = NEXT[self.phase, turn]
        self._log("phase", phase=self.phase.value, because=turn.value)

    def _log(self, event: str, topic: str = "host", **details: Any) -> None:
        self._writer.log(self._plan.clock_ns(), event, topic=topic, **details)
