"""The desk of a recording: it follows the session file, tells readers of it, and takes their marks.

Everything that goes to the file comes by here afterwards; what fails here is shown as an alarm and
never reaches the recording.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from dyadkit.capture.progress import Progress, SessionPhase
from dyadkit.capture.session import Aside, RecordingPlan, at_once
from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.errors import DyadkitError, SessionError
from dyadkit.links import HostClock
from dyadkit.live.bodies.follower import Follower
from dyadkit.live.door import Door, Message, door_of
from dyadkit.live.recorder.lights import LinkNow, Steady
from dyadkit.live.recorder.view import Moment, PageLabels, links_now, marks_view, state_of
from dyadkit.storage import hours_of_room
from dyadkit.storage.marks import end_condition, set_mark, undo_mark

SEND_EACH_S = 0.1
STATE_EACH = 2
"""Lanes go out ten times a second, the state every second time."""
DISK_EACH_S = 10.0
BACKLOG_S = 60.0
MAX_AGO_S = 600.0
"""A note has the time of its first letter: nobody writes on one for longer."""
_NOBODY: dict[PersonName, LinkNow] = {p: LinkNow(is_met=False, silent_s=0.0) for p in PERSONS}


class Desk:
    """Desk of one recording; `plan` makes it follow, `report` is what `record` reports to.

    labels : what people and keys are called
    phase : word that the page goes by: `pair`, `check`, `record`, `drain`, `done`
    """

    def __init__(
        self, folder: Path, clock_ns: HostClock, labels: PageLabels, aside: Aside = at_once
    ) -> None:
        self.folder, self.labels, self.phase = folder, labels, "check"
        self.follower = Follower()
        self.stop = asyncio.Event()
        self.said = ""
        self._clock_ns, self._aside = clock_ns, aside
        self._steady = Steady()
        self._progress: Progress | None = None
        self._broken = ""
        self._disk_hours, self._disk_ns = float("inf"), -(10**18)
        self._marks_sent = 0
        self._door = Door(door_of(folder), self.answer, self.backlog)
        self._requests: dict[str, Callable[[Message], Awaitable[Message]]] = {
            "mark": self._mark,
            "end": self._end,
            "undo": self._undo,
            "stop": self._stop,
        }

    def plan(self, plan: RecordingPlan) -> RecordingPlan:
        """The same plan, followed from here."""
        self._clock_ns, self._aside = plan.clock_ns, plan.aside
        return replace(plan, follow=self.follow)

    def follow(self, topic: str, host_ns: int, data: bytes) -> None:
        """Take what went to the file; a fault of the live view is not one of the recording."""
        if self._broken:
            return
        with self._kept_apart():
            self.follower.follow(topic, host_ns, data)

    def report(self, progress: Progress) -> None:
        """Take how the recording goes."""
        self._progress = progress
        self.phase = {
            SessionPhase.CONNECTING: "check",
            SessionPhase.CHECKING: "check",
            SessionPhase.RECORDING: "record",
            SessionPhase.DRAINING: "drain",
        }.get(progress.phase, self.phase)

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Let readers in for as long as this lasts."""
        async with self._door.opened():
            telling = asyncio.create_task(self._tell())
            try:
                yield
            finally:
                telling.cancel()
                self.send(self.state())

    @property
    def readers(self) -> int:
        """How many listen."""
        return self._door.readers

    def send(self, message: Message) -> None:
        """Send to all readers."""
        self._door.send(message)

    def backlog(self) -> Iterator[Message]:
        """What a reader is told first: all that was so far."""
        yield {"kind": "labels", **self.labels.view()}
        for part in self.follower.lanes.backlog(BACKLOG_S):
            yield {"kind": "lanes", "lanes": part}
        yield self._marks()
        yield self.state()

    def state(self) -> Message:
        """How everything is now."""
        now_ns = self._clock_ns()
        with self._kept_apart():
            self.follower.tick(now_ns)
        if now_ns - self._disk_ns > DISK_EACH_S * 1e9:
            self._disk_hours, self._disk_ns = self._room_hours(), now_ns
        progress = self._progress
        moment = Moment(
            self.follower.timing.session_s(now_ns) if self.follower.pair else 0.0,
            self._disk_hours,
            progress.unsaved_s if progress else 0.0,
            self.links(),
        )
        return {
            "kind": "state",
            "phase": self.phase,
            "said": self.said,
            "broken": self._broken,
            "folder": str(self.folder),
            **state_of(self.follower, moment, self._steady),
            **self.more(),
        }

    def links(self) -> dict[PersonName, LinkNow]:
        """Each link now."""
        return links_now(self._progress) if self._progress else _NOBODY

    def more(self) -> dict[str, Any]:
        """What else a state says."""
        return {}

    async def answer(self, request: Message) -> Message:
        """Do what a reader asks; whether it was done, and if not, why."""
        act = self._requests.get(str(request.get("do")))
        if act is None:
            return {"ok": False, "why": f"nobody can do {str(request.get('do'))[:40]!r} here"}
        try:
            return {"ok": True, **await act(request)}
        except (DyadkitError, ValueError) as error:
            return {"ok": False, "why": str(error)}

    def can(self, word: str, act: Callable[[Message], Awaitable[Message]]) -> None:
        """Let readers ask for something more."""
        self._requests[word] = act

    async def _mark(self, request: Message) -> Message:
        """Put a mark on disk; it was set `ago_s` before it came."""
        label, kind = str(request.get("label", "")).strip(), request.get("label_kind", "event")
        if not label or kind not in ("event", "condition", "note"):
            raise ValueError("a mark has a label, and is an event, a condition or a note")
        person = _person_of(request)
        wanted: Literal["event", "condition", "note"] = kind
        at_ns = self._clock_ns() - int(_ago_s(request) * 1e9)
        await self._on_disk(lambda: set_mark(self._open(), at_ns, label, wanted, person))
        return {"at_s": self.follower.timing.session_s(at_ns), "label": label}

    async def _end(self, request: Message) -> Message:
        at_ns, person = self._clock_ns() - int(_ago_s(request) * 1e9), _person_of(request)
        return {"label": await self._on_disk(lambda: end_condition(self._open(), at_ns, person))}

    async def _undo(self, _: Message) -> Message:
        at_ns = self._clock_ns()
        return {"label": await self._on_disk(lambda: undo_mark(self._open(), at_ns))}

    async def _stop(self, _: Message) -> Message:
        self.stop.set()
        return {}

    def _open(self) -> Path:
        if self.phase not in ("check", "record"):
            raise SessionError("nothing is being recorded now: marks belong to a recording")
        return self.folder

    async def _on_disk(self, job: Callable[[], Any]) -> Any:
        """Do a job on the disk, beside the radio where there is one, and give what it gives."""
        found: list[Any] = []

        def work() -> bool:
            found.append(job())
            return True

        await self._aside(work)
        return found[0]

    def _marks(self) -> Message:
        return marks_view(self.follower.marks, self.follower.timing.start_ns)

    async def _tell(self) -> None:
        """Tell readers what is new, for ever."""
        turn = 0
        while True:
            await asyncio.sleep(SEND_EACH_S)
            turn += 1
            fresh = self.follower.lanes.fresh()
            if fresh:
                now_s = self.follower.timing.session_s(self._clock_ns())
                self.send({"kind": "lanes", "now_s": round(now_s, 3), "lanes": fresh})
            if len(self.follower.marks) != self._marks_sent:
                self._marks_sent = len(self.follower.marks)
                self.send(self._marks())
            if turn % STATE_EACH == 0:
                self.send(self.state())

    def _room_hours(self) -> float:
        place = self.folder
        while not place.exists() and place != place.parent:
            place = place.parent
        try:
            return hours_of_room(place)
        except OSError:
            return float("nan")

    @contextlib.contextmanager
    def _kept_apart(self) -> Iterator[None]:
        """What fails within is said on the page and goes no further."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever it is, the recording goes on
            self._broken = (
                f"the live view failed ({type(error).__name__}: {error}); recording goes on"
            )


def _ago_s(request: Message) -> float:
    ago_s = request.get("ago_s", 0.0)
    if not isinstance(ago_s, int | float) or not 0 <= ago_s <= MAX_AGO_S:
        raise ValueError(f"ago_s is 0 to {MAX_AGO_S:g} seconds")
    return float(ago_s)


def _person_of(request: Message) -> PersonName | None:
    person = request.get("person")
    if person not in ("a", "b", None):
        raise ValueError("a person is a or b")
    found: PersonName | None = person
    return found
