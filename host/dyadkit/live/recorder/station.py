"""The station: a recorder that is led from a page, from finding wearables to the report.

Each request belongs to some of its phases and is refused in all others. It holds the radio and the
file, so it outlives the page and its server while it records.
"""

import asyncio
import contextlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dyadkit.capture.outcome import Outcome
from dyadkit.capture.preflight import OnRefusal, Preflight
from dyadkit.capture.session import RecordingPlan, record
from dyadkit.devices.pairing import Members, Wearer, write_dyad
from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.errors import DyadkitError, LinkError
from dyadkit.links.conversation import Conversation
from dyadkit.live.door import Message
from dyadkit.live.recorder.desk import Desk
from dyadkit.live.recorder.ending import REPORT_NAME, ending_of, write_report
from dyadkit.live.recorder.sources import WearableSource
from dyadkit.live.recorder.view import MarkPad, PageLabels

BLINK_S = 7.0
"""A linked wearable's lamp blinks twice, long, each three seconds: seen at least twice."""
ALONE_S = 60.0
"""A station that nobody looks at and that records nothing ends after so long."""
MAX_PADS = 9
NEEDS = Preflight(OnRefusal.NOTE, settle_s=0.0, patience_s=0.0)
"""The page says all the time what refuses, and who starts anyway was told: it is kept as a note."""


class Station(Desk):
    """Station for one session: `run` until it is recorded and nobody looks any more.

    dyads : list of the lab in which pairs are kept; None keeps none
    """

    def __init__(
        self, folder: Path, source: WearableSource, labels: PageLabels, dyads: Path | None = None
    ) -> None:
        super().__init__(folder, source.clock_ns, labels, source.aside)
        self.phase = "pair"
        self._source, self._dyads = source, dyads
        self._found: list[dict[str, Any]] = []
        self._members: dict[PersonName, str] = {}
        self._ending: dict[str, Any] | None = None
        self._report = ""
        self._begin, self._checked = asyncio.Event(), asyncio.Event()
        self._left = asyncio.Event()
        self._busy = asyncio.Lock()
        self._ends_alone = False
        for word, act in {
            "find": self._find,
            "blink": self._blink,
            "pair": self._pair,
            "labels": self._relabel,
            "check": self._check,
            "start": self._start,
            "trouble": self._trouble,
            "leave": self._leave,
        }.items():
            self.can(word, act)

    def more(self) -> dict[str, Any]:
        """What else a state says: wearables, and how it ended."""
        is_quiet = self.phase in ("pair", "done")  # nobody is connected, and nobody should be
        return {
            **({"concerns": []} if is_quiet else {}),
            "simulated": bool(self._source.about.get("simulated")),
            "wearables": self._found,
            "members": {person: self._members.get(person, "") for person in PERSONS},
            "ending": self._ending,
            "report": self._report,
        }

    async def run(self) -> None:
        """Be there until the session is recorded and nobody looks, or somebody asks to leave."""
        async with self.opened():
            watch = asyncio.create_task(self._leave_when_alone())
            try:
                while not self._left.is_set() and self._ending is None:
                    await self._until(self._checked)
                    if not self._left.is_set():
                        await self._record()
                await self._until(self._left)
            finally:
                watch.cancel()

    def end(self) -> None:
        """End as somebody who may end programs asks: a recording is stopped, and closed as ever."""
        self.stop.set()
        if self.phase in ("pair", "done"):
            self._left.set()
        else:
            self._ends_alone = True

    async def _record(self) -> None:
        """Record once; what could not begin leads back to where wearables are chosen."""
        self._checked.clear()
        links = {person: self._source.link(self._members[person]) for person in PERSONS}
        try:
            outcome = await record(self._plan(), links, self.report, self.stop)
        except DyadkitError as error:
            self.said = str(error)
            self.phase = "pair" if self.phase == "check" else "done"
            self._begin.clear()
            return
        self.phase = "done"
        await self._end_with(outcome)

    def _plan(self) -> RecordingPlan:
        roles = {person: role for person, role in self.labels.roles.items() if role}
        conditions = [pad.label for pad in self.labels.pads if pad.kind == "condition"]
        about: dict[str, Any] = {"dyad": self.labels.title, **self._source.about}
        about |= {"roles": roles} if len(roles) == len(PERSONS) else {}
        about |= {"conditions": conditions} if conditions else {}
        plan = RecordingPlan(
            self.folder,
            participants=dict(self.labels.codes),
            clock_ns=self._source.clock_ns,
            about=about,
            preflight=NEEDS,
            aside=self._source.aside,
            begin=self._begin,
        )
        return self.plan(plan)

    async def _end_with(self, outcome: Outcome) -> None:
        self._ending = {"usability": "", "reasons": [], "coverage": [], "notes": []}
        if self._ends_alone:
            self._left.set()
            return
        self._ending = await asyncio.to_thread(ending_of, self.folder, outcome)
        complaint = await write_report(self.folder)
        self._report = REPORT_NAME if not complaint else ""
        self.said = f"no report: {complaint}" if complaint else ""

    async def _find(self, _: Message) -> Message:
        self._in("pair")
        async with self._radio():
            self._found = [asdict(one) for one in await self._source.find()]
        return {"wearables": self._found}

    async def _blink(self, request: Message) -> Message:
        """Hold a link to a wearable: its lamp says so, twice long, and those beside it do not."""
        self._in("pair")
        address = self._known(request)
        async with self._radio(), Conversation(self._source.link(address)) as talk:
            await talk.greet()
            await asyncio.sleep(BLINK_S)
        return {}

    async def _pair(self, request: Message) -> Message:
        self._in("pair")
        person = request.get("person")
        if person not in PERSONS:
            raise ValueError("a person is a or b")
        address = self._known(request)
        self._members = {p: one for p, one in self._members.items() if one != address}
        self._members[person] = address
        return {}

    async def _relabel(self, request: Message) -> Message:
        """Take codes, roles, keys and what the plan asks of the page."""
        self._in("pair", "check")
        self.labels = labels_of(request, self.labels)
        self.send({"kind": "labels", **self.labels.view()})
        return {}

    async def _check(self, _: Message) -> Message:
        self._in("pair")
        missing = [person for person in PERSONS if person not in self._members]
        if missing:
            raise ValueError(f"{' and '.join(missing)} has no wearable yet")
        self._keep_pair()
        self.said = ""
        self.phase = "check"
        self._checked.set()
        return {}

    async def _start(self, _: Message) -> Message:
        self._in("check")
        self._begin.set()
        return {}

    async def _trouble(self, request: Message) -> Message:
        person, seconds = request.get("person"), request.get("seconds", 0)
        if person not in PERSONS or not isinstance(seconds, int | float) or not 0 < seconds < 3600:
            raise ValueError("trouble is for a or b, and some seconds long")
        self._source.trouble(person, float(seconds))
        return {}

    async def _leave(self, _: Message) -> Message:
        self._in("pair", "done")
        self._left.set()
        return {}

    def _keep_pair(self) -> None:
        if self._dyads is None or not self.labels.title:
            return
        members: Members = {
            person: Wearer(self._members[person], self.labels.codes.get(person, ""))
            for person in PERSONS
        }
        write_dyad(self._dyads, self.labels.title, members)

    def _in(self, *phases: str) -> None:
        if self.phase not in phases:
            raise ValueError(f"not now: this is for {' and '.join(phases)}, and it is {self.phase}")

    def _known(self, request: Message) -> str:
        address = request.get("address")
        if address not in [one["address"] for one in self._found]:
            raise ValueError("no such wearable was found; look again")
        return str(address)

    @contextlib.asynccontextmanager
    async def _radio(self) -> Any:
        """One at a time asks wearables something outside of a recording."""
        if self._busy.locked():
            raise LinkError("the radio is busy with another wearable; a moment")
        async with self._busy:
            yield

    async def _until(self, event: asyncio.Event) -> None:
        while not (event.is_set() or self._left.is_set()):
            await asyncio.sleep(0.1)

    async def _leave_when_alone(self) -> None:
        alone_s = 0.0
        while True:
            await asyncio.sleep(1.0)
            is_free = self.phase == "pair" or (self.phase == "done" and bool(self._report))
            alone_s = alone_s + 1.0 if is_free and not self.readers else 0.0
            if alone_s >= ALONE_S:
                self._left.set()


def labels_of(request: Message, before: PageLabels) -> PageLabels:
    """PageLabels that a page asks for; what it does not name stays.

    Raises
    ------
    ValueError
        a code, role or key is no short text, or there are more keys than nine
    """
    pads = request.get("pads")
    return PageLabels(
        _word(request.get("title", before.title)),
        {p: _word(request.get("codes", before.codes).get(p, "")) for p in PERSONS},
        {p: _word(request.get("roles", before.roles).get(p, "")) for p in PERSONS},
        before.pads if pads is None else pads_of(pads),
        request.get("silent", before.is_silent) is True,
        request.get("blind", before.is_blind) is True,
    )


def pads_of(said: Any) -> list[MarkPad]:
    """Keys 1 to 9 as a page or a command gives them: labels, kinds, planned seconds."""
    if not isinstance(said, list) or len(said) > MAX_PADS:
        raise ValueError(f"there are {MAX_PADS} keys")
    pads = []
    for one in said:
        kind, planned_s = one.get("kind", "event"), one.get("planned_s")
        if kind not in ("event", "condition"):
            raise ValueError("a key marks an event or a condition")
        if planned_s is not None and not (isinstance(planned_s, int | float) and planned_s > 0):
            raise ValueError("a condition is planned for so many seconds")
        pads.append(MarkPad(_word(one.get("label", "")), kind, planned_s))
    return pads


def _word(said: Any) -> str:
    if not isinstance(said, str) or len(said) > 80:
        raise ValueError("codes, roles and keys are texts of 80 letters at most")
    return said.strip()
