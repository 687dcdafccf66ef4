"""Simulated sync logs with known truth: crystals, connection events, latencies, trouble.

Written from the physics of BLE and of crystals, for tests and benchmarks only. All figures are
assumptions in the range of what boards and hosts show; none was measured on ours.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from dyadkit.clock import Clock, Exchanges, LinkLog, Mode, Sends, SyncLog

ECHO_BYTES, FRAME_BYTES = 24, 200
AIR_S = 8e-6
TURN_S = 230e-6
EVENT_SLOTS = 4
HOST_START_S = 5_000.0

Span = tuple[float, float]


@dataclass(frozen=True)
class Latency:
    """Time between radio and software: a floor, a gamma spread, and rare stalls."""

    floor_s: float
    spread_s: float
    stall_share: float
    stall_s: float

    def draw(self, rng, count):
        usual = self.floor_s + rng.gamma(2.0, self.spread_s / 2, count)
        stalled = rng.random(count) < self.stall_share
        return usual + stalled * rng.random(count) * self.stall_s

    def times(self, factor):
        return replace(self, floor_s=self.floor_s * factor, spread_s=self.spread_s * factor)


WEARABLE = Latency(0.1e-3, 0.3e-3, 0.04, 15e-3)
LINUX = Latency(0.4e-3, 1.0e-3, 0.03, 10e-3)
WINDOWS = Latency(0.8e-3, 2.0e-3, 0.15, 20e-3)
CABLE = Latency(1.0e-3, 0.8e-3, 0.04, 30e-3)


@dataclass(frozen=True)
class Side:
    """One wearable and its link. Spans are true seconds."""

    interval_s: float = 0.03
    loss: float = 0.05
    frames_hz: float = 4.0
    latency: Latency = WEARABLE
    off: tuple[Span, ...] = ()
    """out of contact"""
    reboots_s: tuple[float, ...] = ()
    late: tuple[tuple[float, float, float], ...] = ()
    """start, stop, extra delay of everything the central hears from this wearable"""
    interval_changes: tuple[tuple[float, float], ...] = ()
    """from when on, which interval"""
    cable: bool = False
    """on a cable while the other is on the air"""
    warmed: tuple[float, float, float] = (0.0, 0.0, 1.0)
    """when its temperature steps, how much the crystal follows (ppm), time constant (s)"""


@dataclass(frozen=True)
class Condition:
    mode: Mode = Mode.STREAM
    duration_s: float = 3600.0
    a: Side = field(default_factory=Side)
    b: Side = field(default_factory=Side)
    host: Latency = LINUX
    slews: tuple[tuple[float, float, float], ...] = ()
    """start, stop, rate error of the host's clock in ppm"""
    instant_reply: bool = False
    probes_hz: float = 1.0
    swapped_s: float = float("inf")
    """in the field: from here on wearable B is the central"""
    duty: Span | None = None
    """in the field: seconds of contact, period"""


@dataclass(frozen=True)
class Truth:
    """Simultaneous readings, one row per second while both were on."""

    t_s: np.ndarray
    boots: dict[str, np.ndarray]
    device_us: dict[str, np.ndarray]
    host_ns: np.ndarray


@dataclass(frozen=True)
class Board:
    """A crystal with temperature, and power-ons."""

    start_s: float
    reboots_s: tuple[float, ...]
    grid_s: np.ndarray
    ahead_s: np.ndarray

    def boot(self, t_s):
        return np.searchsorted(self.reboots_s, t_s, side="right")

    def raw_s(self, t_s):
        return np.asarray(t_s) + np.interp(t_s, self.grid_s, self.ahead_s)

    def read_us(self, t_s):
        boot = self.boot(t_s)
        begun = np.concatenate([[self.raw_s(0.0) - self.start_s], self.raw_s(self.reboots_s)])
        return np.round((self.raw_s(t_s) - begun[boot]) * 1e6).astype(np.int64)


def simulate(condition: Condition, seed: int) -> tuple[SyncLog, Truth]:
    """Log and truth of one session."""
    rng = np.random.default_rng(seed)
    boards = {name: board(rng, condition, getattr(condition, name)) for name in "ab"}
    host = host_clock(rng, condition)
    if condition.mode is Mode.FIELD:
        logged = [
            link(rng, condition, side, central, name, boards, host)
            for side, central, name in field_sides(condition)
        ]
    else:
        logged = [
            link(rng, condition, getattr(condition, name), Clock.HOST, name, boards, host)
            for name in "ab"
        ]
    t_s = np.arange(5.0, condition.duration_s - 5)
    truth = Truth(
        t_s,
        {name: boards[name].boot(t_s) for name in "ab"},
        {name: boards[name].read_us(t_s) for name in "ab"},
        np.round(host(t_s) * 1e9).astype(np.int64),
    )
    return SyncLog(condition.mode, tuple(logged)), truth


def field_sides(condition):
    """Who is central when: A, and after a swap of roles B."""
    swap_s = condition.swapped_s
    first = replace(condition.b, off=(*condition.b.off, (swap_s, np.inf)))
    second = replace(condition.b, off=(*condition.b.off, (-1.0, swap_s)))
    sides = [(first, Clock.A, "b"), (second, Clock.B, "a")]
    return sides if np.isfinite(swap_s) else sides[:1]


def board(rng, condition, side) -> Board:
    grid_s = np.arange(-10.0, condition.duration_s + 10)
    skew = rng.uniform(-40e-6, 40e-6) + rng.uniform(-4e-6, 4e-6) * (
        1 - np.exp(-np.maximum(grid_s - rng.uniform(0, 1500), 0) / rng.uniform(200, 600))
    )
    at_s, ppm, settling_s = side.warmed
    after_s = np.maximum(grid_s - at_s, 0)
    skew = skew + ppm * 1e-6 * (1 - np.exp(-after_s / settling_s))
    skew = skew + np.cumsum(rng.normal(0, 2e-9, len(grid_s)))
    ahead_s = np.concatenate([[0.0], np.cumsum(skew[:-1])])
    return Board(rng.uniform(100, 2000), side.reboots_s, grid_s, ahead_s)


def host_clock(rng, condition) -> Callable:
    grid_s = np.arange(-10.0, condition.duration_s + 60)
    rate = np.full(len(grid_s), rng.uniform(-25e-6, 25e-6))
    for start, stop, ppm in condition.slews:
        rate[(grid_s >= start) & (grid_s < stop)] += ppm * 1e-6
    ahead_s = HOST_START_S + np.concatenate([[0.0], np.cumsum(rate[:-1])])
    return lambda t_s: np.asarray(t_s) + np.interp(t_s, grid_s, ahead_s)


def link(rng, condition, side, central, name, boards, host) -> LinkLog:
    """Everything one central logged about one peripheral."""
    field_mode = condition.mode is Mode.FIELD
    central_latency = boards and (side.latency if field_mode else condition.host)
    wired = condition.mode is Mode.USB or side.cable
    if wired:
        central_latency = CABLE
    carry = cable(rng) if wired else radio(rng, side)
    wearable = WEARABLE if wired else side.latency
    probe_s = probe_times(rng, condition, side)
    received_s = carry(probe_s + central_latency.draw(rng, len(probe_s)), ECHO_BYTES, "down")
    received_s = received_s + wearable.draw(rng, len(received_s))
    dither = rng.uniform(0, 0.06, len(received_s)) if not condition.instant_reply else 4e-4
    answered_s = received_s + dither
    frame_s = frame_times(rng, condition, side)
    ready_s = np.concatenate([answered_s, frame_s])
    ready_s = ready_s + wearable.draw(rng, len(ready_s)) + 0.3e-3
    sizes = np.repeat([ECHO_BYTES, FRAME_BYTES], [len(answered_s), len(frame_s)])
    up_s = carry(ready_s, sizes, "up") + central_latency.draw(rng, len(ready_s))
    for start, stop, extra in side.late:
        up_s = up_s + extra * ((up_s >= start) & (up_s < stop))
    echo_s, got_s = up_s[: len(answered_s)], up_s[len(answered_s) :]
    logged = log_of(
        condition,
        central,
        name,
        boards,
        host,
        (probe_s, received_s, answered_s, echo_s),
        (frame_s, got_s),
    )
    return replace(logged, mode=Mode.USB) if side.cable else logged


def log_of(condition, central, name, boards, host, exchange, sends) -> LinkLog:
    read_ns = host_reader(host) if central is Clock.HOST else wearable_reader(boards[central.value])
    own = boards[name]
    probe_s, received_s, answered_s, echo_s = exchange
    boot_of = (
        (lambda t_s: np.zeros(len(t_s), int))
        if central is Clock.HOST
        else (boards[central.value].boot)
    )
    whole = (own.boot(received_s) == own.boot(answered_s)) & (boot_of(probe_s) == boot_of(echo_s))
    probe_s, received_s, answered_s, echo_s = (x[whole] for x in exchange)
    frame_s, got_s = sends
    return LinkLog(
        central,
        name,
        Exchanges.of(
            central_boot=boot_of(probe_s),
            sent_ns=read_ns(probe_s),
            peripheral_boot=own.boot(received_s),
            received_us=own.read_us(received_s),
            answered_us=own.read_us(answered_s),
            returned_ns=read_ns(echo_s),
        ),
        Sends.of(
            peripheral_boot=own.boot(frame_s),
            sent_us=own.read_us(frame_s),
            central_boot=boot_of(got_s),
            received_ns=read_ns(got_s),
        ),
    )


def host_reader(host):
    return lambda t_s: np.round(host(t_s) * 1e9).astype(np.int64)


def wearable_reader(own):
    return lambda t_s: own.read_us(t_s) * 1000


def in_contact(condition, side, t_s):
    inside = np.ones(len(t_s), dtype=bool)
    for start, stop in side.off:
        inside &= (t_s < start) | (t_s > stop)
    for reboot_s in side.reboots_s:
        inside &= (t_s < reboot_s - 0.5) | (t_s > reboot_s + 8)
    if condition.duty:
        inside &= (t_s % condition.duty[1]) < condition.duty[0]
    return inside


def probe_times(rng, condition, side):
    gaps = rng.uniform(0.6, 1.4, int(condition.duration_s * condition.probes_hz * 1.2))
    t_s = np.cumsum(gaps / condition.probes_hz)
    t_s = t_s[t_s < condition.duration_s]
    return t_s[in_contact(condition, side, t_s)]


def frame_times(rng, condition, side):
    gap = 1 / side.frames_hz
    t_s = np.arange(gap, condition.duration_s, gap)
    t_s = t_s + rng.uniform(0, 0.2 * gap, len(t_s))
    return t_s[in_contact(condition, side, t_s)]


def cable(rng):
    def carry(ready_s, sizes, direction):
        return ready_s + np.broadcast_to(sizes, np.shape(ready_s)) * 9e-6

    return carry


@dataclass(frozen=True)
class Events:
    """Connection events of one link: regimes of interval and anchor."""

    starts_s: np.ndarray
    intervals_s: np.ndarray
    anchors_s: np.ndarray


def events_of(rng, side) -> Events:
    changes = [(0.0, side.interval_s), *side.interval_changes]
    restarts_s = [stop for _, stop in side.off if np.isfinite(stop)]
    for at_s in restarts_s + [reboot_s + 8 for reboot_s in side.reboots_s]:
        changes.append((at_s, [interval for start, interval in changes if start <= at_s][-1]))
    starts_s, intervals_s = np.array(sorted(changes)).T
    stretched = intervals_s * (1 + rng.uniform(-15e-6, 15e-6))
    return Events(starts_s, stretched, starts_s + rng.uniform(0, 1, len(starts_s)) * stretched)


def radio(rng, side):
    """Connection events with retransmission, several packets per event, first come first served."""
    events = events_of(rng, side)

    def carry(ready_s, sizes, direction):
        sizes = np.broadcast_to(sizes, np.shape(ready_s))
        turn_s = TURN_S if direction == "up" else 0.0
        regime = np.maximum(np.searchsorted(events.starts_s, ready_s, side="right") - 1, 0)
        step_s, anchor_s = events.intervals_s[regime], events.anchors_s[regime]
        first = np.ceil((ready_s - anchor_s) / step_s).astype(int)
        lost = rng.geometric(1 - side.loss, len(ready_s)) - 1
        received_s = np.empty(len(ready_s))
        event, used, air_s, before = 0, 0, 0.0, -1
        for i in np.argsort(ready_s).tolist():
            waits = regime[i] == before and first[i] <= event
            event_now = event + (used >= EVENT_SLOTS) if waits else first[i]
            event_now += lost[i]
            if not waits or event_now != event:
                used, air_s = 0, 0.0
            event, before = event_now, regime[i]
            air_s += (int(sizes[i]) + 17) * AIR_S + turn_s
            received_s[i] = anchor_s[i] + event * step_s[i] + air_s
            air_s += TURN_S - turn_s
            used += 1
        return received_s

    return carry


def score(clocks, truth: Truth, from_s: float = 60.0):
    """Errors and bounds of A against B (ms) of the rows that are known, and their share."""
    placed = {
        name: clocks.to_session(name, truth.boots[name], truth.device_us[name]) for name in "ab"
    }
    keep = truth.t_s >= from_s
    error_ms = (placed["a"][0] - placed["b"][0])[keep] * 1e3
    bound_ms = np.hypot(placed["a"][1], placed["b"][1])[keep] * 1e3
    known = np.isfinite(error_ms)
    return error_ms[known], bound_ms[known], float(known.mean())


FAST = Side(frames_hz=4.0)
CONDITIONS = {
    "linux": Condition(),
    "mixed intervals": Condition(a=Side(interval_s=0.045)),
    "instant reply": Condition(a=Side(interval_s=0.045), instant_reply=True),
    "short intervals": Condition(a=Side(interval_s=0.0075), b=Side(interval_s=0.015)),
    "windows": Condition(host=WINDOWS, a=Side(loss=0.1), b=Side(loss=0.1)),
    "windows, short interval": Condition(host=WINDOWS, a=Side(interval_s=0.015)),
    "slewed host": Condition(slews=((600, 900, 500.0), (2000, 2400, -200.0), (3000, 3300, 60.0))),
    "one-sided shift": Condition(a=Side(late=((1500, 2100, 3e-3),))),
    "shift at the end": Condition(b=Side(late=((3000, 3601, 3e-3),))),
    "unequal loads": Condition(b=Side(frames_hz=25.0), a=Side(frames_hz=2.0)),
    "latency x5": Condition(b=Side(latency=WEARABLE.times(5))),
    "interval change": Condition(
        a=Side(interval_changes=((1200, 0.015), (1260, 0.05), (2400, 0.03))),
        b=Side(interval_changes=((1800, 0.0485 + 0.00025),)),
    ),
    "temperature step": Condition(a=Side(warmed=(1200, 10.0, 120)), b=Side(warmed=(2400, -6, 300))),
    "reboots": Condition(a=Side(reboots_s=(2500.0,)), b=Side(reboots_s=(1300.0, 1500.0))),
    "outages": Condition(a=Side(off=((900, 1200), (2000, 2090))), b=Side(off=((1900, 2600),))),
    "sparse": Condition(probes_hz=0.2),
    "usb": Condition(mode=Mode.USB),
    "cable and air": Condition(a=Side(cable=True)),
    "field": Condition(mode=Mode.FIELD),
    "field, body block": Condition(
        mode=Mode.FIELD, b=Side(loss=0.4, off=((600, 640), (1200, 1300), (2400, 2460)))
    ),
    "field, apart": Condition(mode=Mode.FIELD, b=Side(off=((1000, 2500),))),
    "field, duty cycled": Condition(mode=Mode.FIELD, probes_hz=5.0, duty=(20.0, 300.0)),
    "field, roles swapped": Condition(mode=Mode.FIELD, swapped_s=1800.0),
    "field, reboot of b": Condition(mode=Mode.FIELD, b=Side(reboots_s=(1800.0,))),
    "field, reboot of a": Condition(mode=Mode.FIELD, a=Side(reboots_s=(1800.0,))),
}
