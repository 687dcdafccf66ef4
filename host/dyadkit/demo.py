"""Simulated recordings: two virtual wearables run the real firmware on two simulated people.

The one path from sensor feeds to a session folder, used by `dyadkit demo`, `dyadkit replay` and
the tests. Everything between the sensors and the file is the code real wearables and users run.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dyadkit.links import Link
from dyadkit.links.ble import BleLink, Radio, scan
from dyadkit.session import Outcome, Plan, Progress, record
from dyadkit.sim import DeviceClockModel, RadioModel, SensorFeed, VirtualWearable, World, bodies
from dyadkit.storage import ABOUT_NAME, write_about
from dyadkit.trace import PERSONS, PersonName

SETTLE_S = 12.0
PPG_RATE_HZ = 100.0


@dataclass(frozen=True, slots=True)
class Stage:
    """Circumstances of a simulated recording.

    clocks : of the two wearables; offsets in seconds, skews in parts per million
    sensor_off_percent : how far each PPG sensor's own oscillator is off
    radio : connection interval, loss and the rest
    seed : of everything random; equal seeds give equal frames
    """

    clocks: dict[PersonName, DeviceClockModel] = field(
        default_factory=lambda: {
            "a": DeviceClockModel(offset_s=3.2, skew_ppm=22.0),
            "b": DeviceClockModel(offset_s=7.9, skew_ppm=-17.0),
        }
    )
    sensor_off_percent: dict[PersonName, float] = field(
        default_factory=lambda: {"a": 0.8, "b": -1.1}
    )
    radio: RadioModel = field(default_factory=lambda: RadioModel(interval_ms=30.0, loss=0.05))
    seed: int = 0


def feeds_of(pair: bodies.Pair, stage: Stage) -> dict[PersonName, SensorFeed]:
    """What the sensors of both wearables see of two simulated people, in true time."""
    feeds: dict[PersonName, SensorFeed] = {}
    for person, signals in (("a", pair.a), ("b", pair.b)):
        rate_hz = PPG_RATE_HZ * (1 + stage.sensor_off_percent[person] / 100)
        times_s = np.arange(round(pair.seconds * rate_hz)) / rate_hz
        counts = bodies.ppg_counts(signals, times_s, pair.seed + ord(person))
        feeds[person] = SensorFeed(
            counts.astype(np.int32), rate_hz, signals.eda_usiemens, bodies.RATE_HZ
        )
    return feeds


def record_pair(
    pair: bodies.Pair,
    stage: Stage,
    folder: Path,
    report: Callable[[Progress], None] = lambda _: None,
    pace: Pace = Pace.VIRTUAL,
) -> dict[str, Any]:
    """Record two simulated people; see `record_feeds`."""
    plan = Plan(
        folder,
        duration_s=pair.seconds - SETTLE_S,
        participants={"a": "SIM-A", "b": "SIM-B"},
        about={"simulated": True, "truth": truth_of(pair)},
        seed=stage.seed,
    )
    return record_feeds(feeds_of(pair, stage), plan, stage, report, pace)


def record_feeds(
    feeds: dict[PersonName, SensorFeed],
    plan: Plan,
    stage: Stage,
    report: Callable[[Progress], None] = lambda _: None,
    pace: Pace = Pace.VIRTUAL,
) -> dict[str, Any]:
    """Record two sensor feeds through two virtual wearables into a session folder.

    Returns
    -------
    what only the simulator knows: hash over all frames, samples given to and read from sensors

    Raises
    ------
    LinkError
        the simulator cannot run here, or a virtual wearable failed
    """
    wearables = [
        VirtualWearable(person, feeds[person], stage.clocks[person], stage.settings)
        for person in PERSONS
    ]
    with World(wearables, radio=stage.radio, seed=stage.seed, pace=pace) as world:
        outcome = world.run(lambda: _record_in(world, plan, report))
        known = _known_to_the_world(world, outcome)
    about = json.loads((plan.folder / ABOUT_NAME).read_text(encoding="utf-8"))
    write_about(plan.folder, {**about, **known})
    return known


async def _record_in(world: World, plan: Plan, report: Callable[[Progress], None]) -> Outcome:
    radio = Radio(world.client_backend, world.scanner_backend, world.clock_ns)
    found = {wearable.name: wearable for wearable in await scan(radio)}
    links: dict[PersonName, Link] = {
        person: BleLink(found[world.advertised_name(person)].address, radio) for person in PERSONS
    }
    return await record(plan, links, report, asyncio.Event())


def truth_of(pair: bodies.Pair) -> dict[str, Any]:
    """What was put into a simulated pair, for `session.json`."""
    bond = pair.bond
    described: dict[str, Any] = {"bond": type(bond).__name__, "seed": pair.seed}
    if isinstance(bond, bodies.Follows):
        described |= {"coupling": bond.coupling, "lag_s": bond.lag_s}
    return described
