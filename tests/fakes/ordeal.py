"""A recording under hardship, and what came of it, measured against what the sensors gave."""

import asyncio
from dataclasses import dataclass, field, replace

import numpy as np

from dyadkit.capture.session import RecordingPlan, record
from dyadkit.decoding.decode import decode
from dyadkit.decoding.messages import split_frames
from dyadkit.links.ble import BleLink, BleRadio
from dyadkit.links.usb import Cable, UsbLink
from dyadkit.sim import DeviceClockModel, RadioModel, SensorFeed, VirtualWearable, World
from dyadkit.storage import read_session
from dyadwire import frames, messages, streams

PERSONS = ("a", "b")
COLOURS = (streams.PPG_IR, streams.PPG_RED)
NOMINAL_HZ = 100.0
SETTLED_S = 1.0
ROW_GAP_NS = 200_000_000


@dataclass(frozen=True)
class Ordeal:
    """What two wearables go through; all times in seconds after the recording began.

    blackouts, drops : of each person, (when, how long) nothing passes
    reboots : of each person, when the power goes and comes back
    cabled : persons whose wearable is on a USB cable instead of the radio
    """

    seconds: float
    blackouts: dict = field(default_factory=dict)
    drops: dict = field(default_factory=dict)
    reboots: dict = field(default_factory=dict)
    radio: RadioModel = RadioModel(interval_ms=30.0, loss=0.05)
    cabled: frozenset = frozenset()
    settings: dict = field(default_factory=dict)
    heap_bytes: int = 2_000_000
    seed: int = 1


@dataclass
class Survived:
    """What the session file holds of one person.

    holes : PPG samples missing anywhere but at the end of a boot, and blocks of other streams
    overflowed : PPG samples lost in the sensor's own FIFO because nobody read it in time
    unsampled : samples of other streams the sensor's driver says it could not take
    cut_s : of each boot but the last, time of samples read but neither kept nor sent
    doubles : samples that stand twice in the decoded streams
    altered : PPG samples that differ from what the sensor gave
    resent : blocks that came live and from flash (dropped when decoding)
    latency_s : age at arrival of every PPG sample that came live, outside of outages
    backfill : (recorded seconds, seconds it took) of each row of fetches
    reconnect_s : from being in reach again to the greeting
    """

    given: int = 0
    holes: int = 0
    overflowed: int = 0
    unsampled: int = 0
    cut_s: list = field(default_factory=list)
    doubles: int = 0
    altered: int = 0
    resent: int = 0
    latency_s: object = None
    backfill: list = field(default_factory=list)
    reconnect_s: list = field(default_factory=list)

    def losses(self):
        """What must all be zero."""
        return self.holes, self.overflowed, self.doubles, self.altered


def feed(seconds, seed, rate_hz=NOMINAL_HZ):
    """A pulse-like walk of counts, no two neighbourhoods alike."""
    dice = np.random.default_rng(seed)
    steps = dice.integers(-40, 41, (int(seconds * rate_hz), 2))
    counts = np.clip(60_000 + np.cumsum(steps, axis=0), 0, 2**18 - 1).astype(np.int32)
    return SensorFeed(counts, rate_hz, np.full(8, 5.0), 4.0)


def undergo(ordeal, folder):
    """Record a session through the ordeal; (outcome, Survived of each person, world's facts)."""
    feeds = {p: feed(ordeal.seconds + 90, ordeal.seed * 10 + i) for i, p in enumerate(PERSONS)}
    clocks = {"a": DeviceClockModel(3.2, 22.0), "b": DeviceClockModel(7.9, -17.0)}
    wearables = [
        VirtualWearable(
            person, feeds[person], clocks[person], ordeal.settings,
            heap_bytes=ordeal.heap_bytes, heap_each_s=10.0,
        )
        for person in PERSONS
    ]  # fmt: skip
    happened = {person: [] for person in PERSONS}
    with World(wearables, radio=ordeal.radio, seed=ordeal.seed) as world:
        plan = RecordingPlan(
            folder, duration_s=ordeal.seconds, clock_ns=world.clock_ns, seed=ordeal.seed
        )
        outcome = world.run(lambda world: _through(world, plan, ordeal, happened))
        stored = read_session(folder)
        survived = {p: _judge(world, stored, p, feeds[p], happened[p]) for p in PERSONS}
        facts = {
            "hash": world.trace_hash(),
            "late": world.late_events,
            "heap": {person: world.heap_log(person) for person in PERSONS},
        }
    return outcome, survived, facts


async def _through(world, plan, ordeal, happened):
    links = {person: link_to(world, person, person in ordeal.cabled) for person in PERSONS}
    began = asyncio.Event()

    def look(now):
        if all(state.value == "recording" for state in now.states.values()):
            began.set()

    hardships = asyncio.create_task(_afflict(world, ordeal, began, happened))
    outcome = await record(replace(plan), links, look)
    hardships.cancel()
    return outcome


def link_to(world, person, cabled):
    """The host's link to a wearable, by cable or radio."""
    if cabled:
        port = f"cable of {person}"
        return UsbLink(port, Cable(world.cable(person).open_port, lambda: [port], world.clock_ns))
    radio = BleRadio(world.client_backend, world.scanner_backend, world.clock_ns)
    return BleLink(world.address(person), radio)


async def _afflict(world, ordeal, began, happened):
    await began.wait()
    loop = asyncio.get_running_loop()
    for person, (at_s, seconds) in _each(ordeal.blackouts):
        loop.call_later(at_s, _note, world, happened, person, seconds, world.blackout)
    for person, (at_s, seconds) in _each(ordeal.drops):
        loop.call_later(at_s, _note, world, happened, person, seconds, world.drop)
    for person, at_s in _each(ordeal.reboots):
        loop.call_later(at_s, world.reboot, person)


def _each(planned):
    return [(person, one) for person, several in planned.items() for one in several]


def _note(world, happened, person, seconds, affliction):
    happened[person].append((world.now_s(), world.now_s() + seconds))
    affliction(person, seconds)


# what came of it


def _judge(world, stored, person, given, silences):
    received = list(split_frames(stored.topics[f"{person}/heard"]))
    decoded = decode(received, stored.topics[f"{person}/said"])
    survived = Survived(resent=decoded.duplicates)
    greeted_s = [at_ns * 1e-9 for at_ns, _ in decoded.hellos]
    survived.reconnect_s = [
        min((at for at in greeted_s if at > end), default=np.inf) - end for _, end in silences
    ]
    boots = decoded.boots()
    _count(survived, decoded, boots, world.fifo_log(person), given)
    blocks = [(at_ns * 1e-9, _message(framed)) for at_ns, framed in received if _is_block(framed)]
    survived.latency_s = _ages(world, person, blocks, boots, greeted_s)
    survived.backfill = _backfills(received, stored.topics[f"{person}/said"])
    return survived


def _count(survived, decoded, boots, log, given):
    for (boot, stream), run in decoded.runs.items():
        counters = run.sample_counters()
        survived.doubles += len(counters) - len(np.unique(counters))
        if stream not in COLOURS:
            survived.holes += run.missing_blocks()
            survived.unsampled += run.missing_samples()
            continue
        rows = log.rows[log.boots == boots.index(boot)]
        numbers = rows - rows[0]
        survived.overflowed += int(numbers[-1] + 1 - len(numbers))
        at = np.searchsorted(numbers, counters)
        kept = numbers[np.minimum(at, len(numbers) - 1)] == counters
        truth = given.ppg_counts[rows[at[kept]], COLOURS.index(stream)]
        survived.given += len(rows)
        survived.altered += int(np.sum(truth != run.samples[kept])) + int(np.sum(~kept))
        survived.holes += int(np.sum(numbers <= counters[-1]) - np.sum(kept))
        unkept = int(np.sum(numbers > counters[-1]))
        if boot == boots[-1]:
            survived.holes += unkept
        elif stream == COLOURS[0]:
            survived.cut_s.append(unkept / NOMINAL_HZ)


def _is_block(framed):
    return frames.kind_of(framed) == messages.Block.KIND


def _message(framed):
    return messages.unpack(frames.kind_of(framed), frames.payload_of(framed))


def _ages(world, person, blocks, boots, greeted_s):
    """Ages of samples in blocks newer than all before, from one second after each greeting on."""
    newest = {}
    ages = []
    for at_s, block in blocks:
        if block.stream != streams.PPG_IR or block.sequence <= newest.get(block.boot, -1):
            continue
        newest[block.boot] = block.sequence
        read_s = world.true_s(person, boots.index(block.boot), block.stamp_us)
        sampled_s = read_s - np.arange(block.count) / NOMINAL_HZ
        greeted = max((at for at in greeted_s if at <= at_s), default=np.inf)
        ages.append((at_s - sampled_s)[sampled_s > greeted + SETTLED_S])
    return np.concatenate(ages)


def _backfills(received, said):
    """Rows of fetches: how many seconds of the longest stream they brought, how long they took."""
    asked = [at_ns for at_ns, framed in split_frames(said) if framed[1] == messages.Fetch.KIND]
    done = [(at_ns, _message(f)) for at_ns, f in received if framed_kind(f) is messages.Fetched]
    rows = []
    for began_ns, (ended_ns, fetched) in zip(asked, done, strict=False):
        if not rows or began_ns - rows[-1][1] > ROW_GAP_NS:
            rows.append([began_ns, ended_ns, 0.0])
        brought = [
            block.count / NOMINAL_HZ
            for at_ns, block in ((at, _message(f)) for at, f in received if _is_block(f))
            if began_ns <= at_ns <= ended_ns
            and (block.boot, block.stream) == fetched[:2]
            and fetched.first <= block.sequence < fetched.stop
            and block.stream in COLOURS
        ]
        rows[-1][1] = ended_ns
        rows[-1][2] = max(rows[-1][2], sum(brought))
    return [(seconds, (ended - began) * 1e-9) for began, ended, seconds in rows if seconds]


def framed_kind(framed):
    """The message class of a frame."""
    return messages.BY_KIND.get(frames.kind_of(framed))
