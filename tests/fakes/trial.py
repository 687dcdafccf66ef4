"""A recording through which a test sends one fault, and what came of it."""

import asyncio
from dataclasses import dataclass, field

from dyadkit.capture.session import RecordingPlan, record
from dyadkit.sim import DeviceClockModel, RadioModel, VirtualWearable, World
from dyadkit.storage import DiskFile, read_session
from fakes.ordeal import PERSONS, _judge, feed, link_to


@dataclass
class Scene:
    """What a fault acts on: the world, the links, what was shown while it lasted."""

    world: object
    links: dict
    plan: RecordingPlan
    shown: list = field(default_factory=list)

    async def until(self, phase):
        """Wait for the session to come to a phase."""
        while not any(now.phase.value == phase for now in self.shown):
            await asyncio.sleep(0.1)

    def alarms(self):
        """Every alarm shown, in order."""
        return [alarm for now in self.shown for alarm in now.alarms]


@dataclass
class Came:
    """What came of it: the outcome, the session file, and each person's samples against truth."""

    outcome: object
    stored: object
    survived: dict
    scene: Scene

    def losses(self):
        return {person: one.losses() for person, one in self.survived.items()}

    def events(self, name):
        return [entry for entry in self.stored.host_log() if entry["event"] == name]


NOTHING_LOST = {person: (0, 0, 0, 0) for person in PERSONS}


async def nothing_happens(_):
    """The fault of a recording without fault."""


@dataclass
class Trial:
    """How a recording is set up; `wrap` may put something around each link."""

    seconds: float = 15.0
    radio: RadioModel = RadioModel(interval_ms=30.0, loss=0.05)
    cabled: frozenset = frozenset()
    settings: dict = field(default_factory=dict)
    flash_kib: int = 4096
    disk: type = DiskFile
    plan: dict = field(default_factory=dict)
    seed: int = 1
    judged: bool = True

    def run(self, folder, fault=nothing_happens, wrap=lambda _world, _person, link: link):
        feeds = {p: feed(self.seconds + 90, self.seed * 10 + i) for i, p in enumerate(PERSONS)}
        clocks = {"a": DeviceClockModel(3.2, 22.0), "b": DeviceClockModel(7.9, -17.0)}
        wearables = [
            VirtualWearable(p, feeds[p], clocks[p], self.settings, flash_kib=self.flash_kib)
            for p in PERSONS
        ]
        with World(wearables, radio=self.radio, seed=self.seed) as world:
            links = {p: wrap(world, p, link_to(world, p, p in self.cabled)) for p in PERSONS}
            options = {"clock_ns": world.clock_ns, "seed": self.seed, "disk": self.disk}
            plan = RecordingPlan(folder, duration_s=self.seconds, **{**options, **self.plan})
            scene = Scene(world, links, plan)
            outcome = world.run(lambda _: _through(scene, fault))
            stored = read_session(folder)
            judged = PERSONS if self.judged else ()
            survived = {p: _judge(world, stored, p, feeds[p], []) for p in judged}
        return Came(outcome, stored, survived, scene)


async def _through(scene, fault):
    acting = asyncio.create_task(fault(scene))
    try:
        return await record(scene.plan, scene.links, scene.shown.append)
    finally:
        acting.cancel()
