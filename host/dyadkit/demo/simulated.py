"""Simulated recordings: two virtual wearables run the real firmware on two simulated people.

The one path from sensor feeds to a session folder, used by `dyadkit demo`, `dyadkit replay` and
the tests. Everything between the sensors and the file is the code real wearables and users run.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, Self

import numpy as np

from dyadkit.capture.outcome import Outcome
from dyadkit.capture.preflight import Preflight
from dyadkit.capture.progress import Progress
from dyadkit.capture.session import RecordingPlan, record
from dyadkit.decoding.decode import Run, decode
from dyadkit.dyad.arrays import Ints
from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.links import Link
from dyadkit.links.ble import BleLink, BleRadio
from dyadkit.links.usb import Cable, UsbLink
from dyadkit.sim.device.feed import SensorFeed
from dyadkit.sim.device.oscillator import DeviceClockModel
from dyadkit.sim.device.wearable import FifoLog, VirtualWearable
from dyadkit.sim.loop import Pace
from dyadkit.sim.people import bodies, influence
from dyadkit.sim.radio.quality import RadioModel
from dyadkit.sim.world import World
from dyadkit.storage import read_about, read_session, write_about
from dyadwire import streams

SETTLE_S = 20.0
LOOK_EACH_S = 1.0
PPG_RATE_HZ = 100.0
COLOURS = (streams.PPG_IR, streams.PPG_RED)


class Way(Enum):
    """Way on which the host reaches the virtual wearables."""

    RADIO = "radio"
    CABLE = "cable"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Circumstances of a simulated recording.

    clocks : of the two wearables; offsets in seconds, skews in parts per million
    sensor_off_percent : how far each PPG sensor's own oscillator is off
    radio : connection interval, loss and the rest; radios : where a person's is another
    settings : of both wearables' firmware
    wire_each_s : how often the wire of the clock bench falls; 0 for no wire
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
    radios: Mapping[PersonName, RadioModel] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    wire_each_s: float = 0.0
    seed: int = 0
    pace: Pace = Pace.VIRTUAL
    way: Way = Way.RADIO

    @classmethod
    def replaying(cls, ppg_rate_hz: float, seed: int, pace: Pace = Pace.VIRTUAL) -> Self:
        """The usual circumstances, with sensors that sample at the source's own rate."""
        settings = {"ppg_rate_millihz": round(ppg_rate_hz * 1000)}
        return cls(settings=settings, seed=seed, pace=pace)


@dataclass(frozen=True, slots=True)
class Fidelity:
    """Fidelity of a recording: what became of one person's PPG samples from sensor to file.

    given : samples of both colours the sensor gave while recording; missing, altered : of these
    """

    given: int
    missing: int
    altered: int


@dataclass(frozen=True, slots=True)
class Performance:
    """Outcome of a simulated recording, and what only the simulator knows of it.

    frames_hash : over every device operation and every frame at the host
    """

    outcome: Outcome
    frames_hash: str
    late_events: int
    fidelity: dict[PersonName, Fidelity]


def feeds_of(pair: bodies.Pair, circumstances: Circumstances) -> dict[PersonName, SensorFeed]:
    """Sensor feeds of two simulated people: what the sensors of both see, in true time."""
    signals: dict[PersonName, bodies.Signals] = {"a": pair.a, "b": pair.b}
    feeds: dict[PersonName, SensorFeed] = {}
    for person, body in signals.items():
        rate_hz = PPG_RATE_HZ * (1 + circumstances.sensor_off_percent[person] / 100)
        times_s = np.arange(round(pair.seconds * rate_hz)) / rate_hz
        counts = bodies.ppg_counts(body, times_s, pair.seed + ord(person))
        feeds[person] = SensorFeed(counts, rate_hz, body.eda_usiemens, influence.RATE_HZ)
    return feeds


def record_pair(
    pair: bodies.Pair,
    circumstances: Circumstances,
    folder: Path,
    report: Callable[[Progress], None] = lambda _: None,
    preflight: Preflight | None = None,
    stop: asyncio.Event | None = None,
) -> Performance:
    """Record two simulated people; see `record_feeds`."""
    plan = RecordingPlan(
        folder,
        duration_s=pair.seconds - SETTLE_S,
        participants={"a": "SIM-A", "b": "SIM-B"},
        about={"simulated": True, "truth": truth_of(pair)},
        seed=circumstances.seed,
        preflight=preflight,
    )
    return record_feeds(feeds_of(pair, circumstances), plan, circumstances, report, stop)


def record_feeds(
    feeds: dict[PersonName, SensorFeed],
    plan: RecordingPlan,
    circumstances: Circumstances,
    report: Callable[[Progress], None] = lambda _: None,
    stop: asyncio.Event | None = None,
) -> Performance:
    """Record two sensor feeds through two virtual wearables into a session folder.

    It ends as a recording of real wearables does when a stop is asked for.

    Raises
    ------
    LinkError
        the simulator cannot run here, or a virtual wearable failed
    """
    with world_of(feeds, circumstances) as world:
        links = links_in(world, circumstances.way)
        simulated = replace(plan, clock_ns=world.clock_ns)
        outcome = world.run(lambda _: record(simulated, links, report, stop))
        logs = {person: world.fifo_log(person) for person in PERSONS}
        folder = outcome.folder
        write_about(folder, {**read_about(folder), "clock_truth": _clock_truth(world)})
        return Performance(
            outcome, world.trace_hash(), world.late_events, _fidelity(folder, feeds, logs)
        )


def world_of(feeds: dict[PersonName, SensorFeed], circumstances: Circumstances) -> World:
    """World of two virtual wearables that feel two sensor feeds."""
    wearables = [
        VirtualWearable(
            person,
            feeds[person],
            circumstances.clocks[person],
            circumstances.settings,
            circumstances.radios.get(person),
            wire_each_s=circumstances.wire_each_s,
        )
        for person in PERSONS
    ]
    return World(
        wearables, radio=circumstances.radio, seed=circumstances.seed, pace=circumstances.pace
    )


def links_in(world: World, way: Way) -> dict[PersonName, Link]:
    """Links to each person's virtual wearable."""
    if way is Way.RADIO:
        radio = BleRadio(world.client_backend, world.scanner_backend, world.clock_ns)
        return {person: BleLink(world.address(person), radio) for person in PERSONS}
    return {
        person: UsbLink(
            f"cable of {person}", Cable(world.cable(person).open_port, clock_ns=world.clock_ns)
        )
        for person in PERSONS
    }


async def serve_terminals(
    world: World,
    seconds: float,
    report: Callable[[dict[PersonName, str]], None],
    held_up: Callable[[float], None] = lambda _: None,
) -> None:
    """Keep the virtual wearables on pseudo-terminals; `report` gets the name of each one's port.

    `held_up` gets the seconds so far for which a busy machine held them up, when there are more.
    """
    report({person: world.terminal(person).path for person in PERSONS})
    skipped_s = 0.0
    while world.now_s() < seconds:
        await asyncio.sleep(min(LOOK_EACH_S, seconds - world.now_s()))
        if world.skipped_s() > skipped_s:
            skipped_s = world.skipped_s()
            held_up(skipped_s)


def _clock_truth(world: World) -> dict[str, list[int]]:
    """Both wearables' clocks read at the same true seconds: what a perfect alignment must give."""
    seconds = range(1, int(world.now_s()))
    return {f"{p}_us": [world.device_us(p, float(at)) for at in seconds] for p in PERSONS}


def _fidelity(
    folder: Path, feeds: dict[PersonName, SensorFeed], logs: dict[PersonName, FifoLog]
) -> dict[PersonName, Fidelity]:
    stored = read_session(folder)
    kept: dict[PersonName, Fidelity] = {}
    for person in PERSONS:
        runs = decode(stored.topics[f"{person}/heard"], []).runs
        totals = np.zeros(3, dtype=np.int64)
        for column, stream in enumerate(COLOURS):
            for number, boot in enumerate(sorted({boot for boot, _ in runs})):
                rows = logs[person].rows[logs[person].boots == number]
                taken = np.arange(rows[0], rows[-1] + 1) if len(rows) else rows
                given = _given(feeds[person].ppg_counts[:, column], taken)
                totals += _compared(given, runs.get((boot, stream)))
        kept[person] = Fidelity(*totals.tolist())
    return kept


def _given(counts: Ints, rows: Ints) -> Ints:
    """What the sensor gave for each of its samples; zero outside the feed."""
    inside = (rows >= 0) & (rows < len(counts))
    return np.where(inside, counts[np.where(inside, rows, 0)], 0)


def _compared(given: Ints, run: Run | None) -> Ints:
    """Samples given, missing (what a full FIFO lost, too) and altered."""
    if run is None:
        return np.array([len(given), len(given), 0], dtype=np.int64)
    counters, samples = run.sample_counters(), run.samples
    if not len(given):
        return np.array([0, 0, len(samples)], dtype=np.int64)
    known = counters < len(given)
    altered = int(np.sum(samples[known] != given[counters[known]])) + int(np.sum(~known))
    return np.array([len(given), len(given) - int(known.sum()), altered], dtype=np.int64)


def truth_of(pair: bodies.Pair) -> dict[str, Any]:
    """Truth of a simulated pair, for `session.json`: what was put into it."""
    influence = pair.influence
    described: dict[str, Any] = {"bond": type(influence).__name__, "seed": pair.seed}
    if is_dataclass(influence):
        described |= asdict(influence)
    return described
