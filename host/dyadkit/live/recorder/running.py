"""Recorders as programs: a station with this computer's radio, one in a simulated world, a replay.

Each runs until a page asks it to leave or nobody looks any more; a recording is ended only by who
asks for its end, by the end of the computer's day, or by the wearables.
"""

import asyncio
import signal
from dataclasses import dataclass, replace
from pathlib import Path

from dyadkit.demo import simulated
from dyadkit.live.recorder.replay import Replay
from dyadkit.live.recorder.sources import SimulatedWorld, ThisComputer
from dyadkit.live.recorder.station import Station
from dyadkit.live.recorder.view import MarkPad, PageLabels
from dyadkit.sim.loop import Pace
from dyadkit.sim.people import bodies

SIMULATED_PADS = [
    MarkPad("Rest", "condition", 300.0),
    MarkPad("Talk", "condition", 600.0),
    MarkPad("Rest again", "condition", 300.0),
    MarkPad("Question asked"),
    MarkPad("Raised voice"),
    MarkPad("Laughs"),
    MarkPad("Touch"),
    MarkPad("Interruption"),
    MarkPad("Something else"),
]


@dataclass(frozen=True, slots=True)
class StationPlan:
    """Where a station records to, what its page is called, and which list of dyads it keeps."""

    folder: Path
    labels: PageLabels
    dyads: Path | None = None
    is_wired: bool = False


def run_station(plan: StationPlan) -> None:
    """Be a station on this computer's radio or cables."""
    station = Station(plan.folder, ThisComputer(plan.is_wired), plan.labels, plan.dyads)
    _end_by_signal(station)
    asyncio.run(station.run())


def run_simulated(plan: StationPlan, minutes: float, seed: int) -> None:
    """Be a station in a world of two simulated people, who are there for so many minutes."""
    pair = bodies.meet(bodies.Encounter(), minutes * 60, seed)
    circumstances = simulated.Circumstances(seed=seed, pace=Pace.REAL)
    labels = plan.labels
    if not labels.pads:
        labels = replace(labels, pads=SIMULATED_PADS)
    with simulated.world_of(simulated.feeds_of(pair, circumstances), circumstances) as world:
        source = SimulatedWorld(world, {"truth": simulated.truth_of(pair)})
        station = Station(plan.folder, source, labels)
        _end_by_signal(station)
        world.run(lambda _: station.run())


def run_replay(session: Path, speed: float) -> None:
    """Play a session until a page leaves."""
    asyncio.run(Replay(session, speed).run())


def _end_by_signal(station: Station) -> None:
    """Let what ends programs politely close the session; a page's Ctrl-C does not come here."""
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: station.end())
