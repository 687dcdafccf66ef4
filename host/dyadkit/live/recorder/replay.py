"""A finished or imported session played to a page, at any speed, as if it were recorded now.

What wearables recorded goes message by message through the same `Follower`. An imported session has
no messages: its traces are read once, as a report reads them, and given as time comes.
"""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from dyadkit.dyad.traces import PERSONS, Dyad, PersonName
from dyadkit.live.bodies.drawn import LaneSlice
from dyadkit.live.bodies.follower import Follower
from dyadkit.live.bodies.pair import LivePair
from dyadkit.live.bodies.person import DecidedSeries, Vitals
from dyadkit.live.bodies.timing import LiveTiming
from dyadkit.live.door import Message
from dyadkit.live.recorder.desk import Desk
from dyadkit.live.recorder.lights import LinkNow
from dyadkit.live.recorder.view import PageLabels
from dyadkit.sessions.extraction import extraction_of
from dyadkit.sessions.loading import load
from dyadkit.storage import FILE_NAME, read_session
from dyadkit.storage.scanning import FoundMessage

STEP_S = 0.05
TICK_NS = 250_000_000
MAX_SPEED = 1000.0
AT_ONCE = 400
"""Messages between two looks at what the page asks."""


class Replay(Desk):
    """Desk of a session that was recorded before; `run` plays it until a page leaves.

    speed : session seconds in one second; as fast as the computer can, where it cannot
    """

    def __init__(self, session: Path, speed: float = 1.0) -> None:
        self._now_ns, self._start_ns = 0, 0
        super().__init__(session, lambda: self._now_ns, PageLabels())
        self.speed, self._is_paused = speed, False
        self._came_ns: dict[PersonName, int] = {}
        self._left = asyncio.Event()
        self.phase = "replay"
        self.can("speed", self._ask_speed)
        self.can("leave", self._leave)
        for word in ("mark", "end", "undo", "stop"):
            self.can(word, _refused)

    def links(self) -> dict[PersonName, LinkNow]:
        """Each link as it was: silent since its last frame."""
        return {p: LinkNow(is_met=True, silent_s=self._silent_s(p)) for p in PERSONS}

    def _silent_s(self, person: PersonName) -> float:
        came_ns = self._came_ns.get(person)
        return 0.0 if came_ns is None else (self._now_ns - came_ns) * 1e-9

    def more(self) -> dict[str, Any]:
        """What else a state says: how fast it plays."""
        return {"speed": self.speed, "paused": self._is_paused, "simulated": False}

    async def run(self) -> None:
        """Play it to its end, then stay until somebody leaves."""
        async with self.opened():
            if (self.folder / FILE_NAME).is_file() or self.folder.suffix == ".mcap":
                stored = read_session(self.folder)
                about = stored.about
                self.labels = _labels(self.folder, about)
                await self._play(sorted(stored.messages(), key=lambda one: one.host_ns))
            else:
                await self._play_imported(load(self.folder))
            self.said = "the session ends here"
            await self._left.wait()

    async def _play(self, messages: list[FoundMessage]) -> None:
        if not messages:
            return
        self._now_ns = ticked_ns = messages[0].host_ns
        place = 0
        async for until_ns in self._passing(self._now_ns, messages[-1].host_ns):
            for count, one in enumerate(_due(messages, place, until_ns)):
                self._now_ns = one.host_ns
                self.follow(one.topic, one.host_ns, one.data)
                if one.topic.endswith("/heard"):
                    self._came_ns["a" if one.topic.startswith("a") else "b"] = one.host_ns
                place += 1
                if self._now_ns - ticked_ns >= TICK_NS:
                    ticked_ns = self._now_ns
                    self.follower.tick(ticked_ns)
                if count % AT_ONCE == AT_ONCE - 1:
                    await asyncio.sleep(0)
            self._now_ns = max(self._now_ns, until_ns)

    async def _play_imported(self, dyad: Dyad) -> None:
        self.labels = PageLabels(
            Path(dyad.source).name, {"a": dyad.a.participant, "b": dyad.b.participant}
        )
        self.follower = ReadFollower(dyad)
        async for until_ns in self._passing(0, int(dyad.duration_s * 1e9)):
            self._now_ns = until_ns
            self.follower.tick(until_ns)

    async def _passing(self, start_ns: int, stop_ns: int) -> Any:
        """Session time as it passes at `speed`; a page that pauses holds it."""
        now_ns, before_ns = start_ns, time.monotonic_ns()
        while now_ns < stop_ns and not self._left.is_set():
            await asyncio.sleep(STEP_S)
            wall_ns, before_ns = time.monotonic_ns() - before_ns, time.monotonic_ns()
            step_ns = 0 if self._is_paused else int(min(wall_ns, 1e9) * self.speed)
            now_ns = min(now_ns + step_ns, stop_ns)
            yield now_ns

    async def _ask_speed(self, request: Message) -> Message:
        speed = request.get("speed", self.speed)
        if not isinstance(speed, int | float) or not 0 < speed <= MAX_SPEED:
            raise ValueError(f"speed is above 0 and at most {MAX_SPEED:g}")
        self.speed, self._is_paused = float(speed), request.get("paused") is True
        return {}

    async def _leave(self, _: Message) -> Message:
        self._left.set()
        return {}


class ReadFollower(Follower):
    """Follower of what was read whole already: lanes and numbers, given as their time comes."""

    def __init__(self, dyad: Dyad) -> None:
        super().__init__()
        self.timing = LiveTiming(0)
        self.begun_s = 0.0
        self._dyad = dyad
        self._bodies = extraction_of(dyad)
        self._series = {p: {"eda": DecidedSeries(), "heart_rate": DecidedSeries()} for p in PERSONS}
        self.pair = LivePair(self.lanes, self._series)
        self._vitals = {person: Vitals() for person in PERSONS}
        self._parts = {name: part for p in PERSONS for name, part in self._lanes_of(p).items()}
        self._given_s = 0.0
        self._marked = 0

    @property
    def vitals(self) -> dict[Any, Vitals]:
        """What is known of each person at this moment of the session."""
        return self._vitals

    def tick(self, now_ns: int) -> None:
        """Give what belongs to the time since the last call."""
        now_s = now_ns * 1e-9
        for name, part in self._parts.items():
            first, stop = np.searchsorted(part.times_s, (self._given_s, now_s))
            new = LaneSlice(part.times_s[first:stop], part.values[first:stop])
            who, _, lane = name.partition("/")
            person: PersonName = "a" if who == "a" else "b"
            if lane in ("eda", "heart_rate"):
                self._series[person][lane].put(new)
            if lane != "eda":
                self.lanes.add(name, *new)
            self._note(person, lane, new)
        self._given_s = max(now_s, self._given_s)
        self.pair.advance(now_s) if self.pair else None
        due = [one for one in self._dyad.marks if one.start_s <= now_s]
        for one in due[self._marked :]:
            self.marks.append(
                {"at_ns": int(one.start_s * 1e9), "label": one.label, "kind": one.kind,
                 "person": one.person}
            )  # fmt: skip
        self._marked = len(due)

    def _note(self, person: PersonName, lane: str, new: LaneSlice) -> None:
        vitals, known = self._vitals[person], np.isfinite(new.values)
        if lane == "heart_rate" and len(new.values):
            vitals.bpm = float(new.values[-1])
        elif lane == "scl" and known.any():
            vitals.usiemens = float(new.values[known][-1])

    def _lanes_of(self, person: PersonName) -> dict[str, LaneSlice]:
        body = self._bodies.person(person)
        traces = self._dyad.person(person).traces
        wave = next((one for name, one in traces.items() if name.startswith("ppg")), None)
        level, above = np.asarray(body.tonic_usiemens), np.asarray(body.phasic_usiemens)
        found = {
            "heart_rate": LaneSlice(body.times_s, body.heart_rate_bpm),
            "scl": LaneSlice(body.times_s, level),
            "eda": LaneSlice(body.times_s, level + above),
            "beats": LaneSlice(body.beats.times_s, body.beats.quality),
            "scr": LaneSlice(
                np.array([one.peak_s for one in body.responses]),
                np.array([one.amplitude_usiemens for one in body.responses]),
            ),
        }
        if wave is not None:
            found["pulse"] = LaneSlice(wave.times_s, wave.values)
        return {f"{person}/{name}": part for name, part in found.items()}


def _due(messages: list[FoundMessage], place: int, until_ns: int) -> Iterator[FoundMessage]:
    while place < len(messages) and messages[place].host_ns <= until_ns:
        yield messages[place]
        place += 1


def _labels(folder: Path, about: dict[str, Any]) -> PageLabels:
    people, roles = about.get("participants", {}), about.get("roles", {})
    return PageLabels(
        str(about.get("dyad") or folder.name),
        {p: str(people.get(p, "")) for p in PERSONS},
        {p: str(roles.get(p, "")) for p in PERSONS},
    )


async def _refused(_: Message) -> Message:
    raise ValueError("this session is over: it is only played")
