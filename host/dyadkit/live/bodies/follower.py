"""A session file as it is written, followed message by message: what is known of both people."""

import json
from typing import Any

from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.live.bodies.drawn import Lanes
from dyadkit.live.bodies.pair import CouplingNow, LivePair
from dyadkit.live.bodies.person import LivePerson, Vitals
from dyadkit.live.bodies.timing import LiveTiming
from dyadkit.storage.mark_lines import MarkEntry

LOOK_EACH_S = 1.0


class Follower:
    """Follower of a recording: `follow` is what `RecordingPlan.follow` wants.

    It knows bytes and times only, so a finished session's messages do as well.

    marks : taken over so far, undone or not; `begun_s` : when both began to be recorded
    """

    def __init__(self) -> None:
        self.lanes = Lanes()
        self.marks: list[MarkEntry] = []
        self.begun_s: float | None = None
        self.timing = LiveTiming(0)
        self.people: dict[PersonName, LivePerson] = {}
        self.pair: LivePair | None = None
        self._looked_s = 0.0

    def follow(self, topic: str, host_ns: int, data: bytes) -> None:
        """Take one message of the session file."""
        person, _, way = topic.partition("/")
        if way:
            self._frame("a" if person == "a" else "b", way, host_ns, data)
        else:
            self._entry(topic, host_ns, json.loads(data))

    def tick(self, now_ns: int) -> None:
        """Bring everything up to date; four times a second is enough."""
        if self.pair is None:
            return
        now_s = self.timing.session_s(now_ns)
        latest_us = {k: v for one in self.people.values() for k, v in one.latest_us.items()}
        self.timing.advance(now_s, latest_us)
        for one in self.people.values():
            one.tick(now_s)
        if now_s - self._looked_s >= LOOK_EACH_S:
            self._looked_s = now_s
            for one in self.people.values():
                one.look()
            self.pair.advance(now_s)

    @property
    def vitals(self) -> dict[PersonName, Vitals]:
        """What is known of each person."""
        return {person: one.vitals for person, one in self.people.items()}

    @property
    def coupling(self) -> dict[str, CouplingNow]:
        """Coupling by signal."""
        return self.pair.now if self.pair else {}

    def _begin(self, host_ns: int) -> None:
        self.timing = LiveTiming(host_ns)
        self.people = {p: LivePerson(p, self.timing, self.lanes) for p in PERSONS}
        self.pair = LivePair(self.lanes, {p: one.series for p, one in self.people.items()})

    def _frame(self, person: PersonName, way: str, host_ns: int, framed: bytes) -> None:
        if self.pair is None:
            self._begin(host_ns)
        if way == "said":
            self.timing.said(person, host_ns, framed)
        else:
            self.timing.received(person, host_ns, framed)
            self.people[person].take(host_ns, framed)

    def _entry(self, topic: str, host_ns: int, entry: dict[str, Any]) -> None:
        """Take an entry of the host: how the recording goes, a link, a mark."""
        event = entry.get("event")
        if event == "session":
            self._begin(host_ns)
        elif event == "phase" and entry.get("phase") == "recording":
            self.begun_s = self.timing.session_s(host_ns)
        elif event == "connected":
            self.timing.connected(entry["person"], str(entry.get("address", "")))
        elif topic == "marks" and event == "mark":
            self.marks.append({**entry, "at_ns": host_ns})
