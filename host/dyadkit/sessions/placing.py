"""Placing of samples on the session's line: counts times unit, at the time they were taken.

An hour of two people is more than a million samples: what is computed for each of them is computed
some at a time, in arrays that stay small, and once for streams that were sampled together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from dyadkit import clock
from dyadkit.decoding.conductance import conductance_of_counts
from dyadkit.decoding.decode import Decoded
from dyadkit.decoding.runs import Run
from dyadkit.dyad.arrays import Bools, Flags, Floats
from dyadkit.dyad.limits import MAX_SESSION_S
from dyadkit.dyad.traces import PersonName, Trace
from dyadwire import meanings, streams

_DERIVED = {streams.EDA_CURRENT, streams.EDA_VOLTAGE}
_SENSORS = dict.fromkeys((streams.PPG_IR, streams.PPG_RED, streams.PPG_GREEN), "max3010x")
NOT_SKIN = (
    streams.NO_CONTACT
    | streams.SATURATED
    | streams.LEADS_SHORTED
    | streams.USB_POWERED
    | streams.SENSOR_FAULT
)
_SAME_RATE = 0.1
"""Oscillators of sensors are off by percents, and do not change by as much."""
_AT_ONCE = 1 << 15
"""Samples whose arrays of numbers stay near the processor."""


@dataclass(frozen=True, slots=True, eq=False)
class Timed:
    """Samples of one stream, all boots end to end, on the session line; shape (n,) each.

    times_s, bounds_s : NaN where the clock does not know
    follows : whether a sample's running number is the one after its predecessor's
    rate_hz : of the longest boot
    """

    times_s: Floats
    bounds_s: Floats
    status: Flags
    follows: Bools
    rate_hz: float


@dataclass(frozen=True, slots=True, eq=False)
class _SharedTimes:
    """What all streams that were sampled together share of their traces.

    known : which samples have a time; None where all have
    """

    known: Bools | None
    times_s: Floats
    bounds_s: Floats
    status: Flags
    gaps_s: Floats
    rate_hz: float


def traces_of(person: PersonName, decoded: Decoded, clocks: clock.ClockMap) -> dict[str, Trace]:
    """Every stream of one person as a `Trace`, by its name."""
    placer = _Placer(person, decoded, clocks)
    traces = {}
    for number in sorted({stream for _, stream in decoded.runs} - _DERIVED):
        runs = {boot: run for (boot, stream), run in decoded.runs.items() if stream == number}
        values = {boot: _scaled(run, decoded, number) for boot, run in runs.items()}
        name = streams.NAMES.get(number, f"stream_{number}")
        traces[name] = placer.trace(runs, values, _unit(number), _SENSORS.get(number, ""))
    runs, values = _conductance(decoded)
    if runs:
        traces["eda"] = placer.trace(runs, values, "microsiemens")
    return traces


def _scaled(run: Run, decoded: Decoded, number: int) -> Floats:
    info = decoded.infos.get(number)
    if info is None:
        return run.samples.astype(float)
    return np.asarray(run.samples * (info.unit_numerator / info.unit_denominator))


def _unit(number: int) -> str:
    return next((one.unit for one in meanings.STREAMS if one.number == number), "counts")


def _conductance(decoded: Decoded) -> tuple[dict[int, Run], dict[int, Floats]]:
    """Runs of the electrode current, with the conductance of each of their samples.

    1. A boot without voltage, or whose streams were never announced, has no conductance.
    2. Current and voltage are streams of their own and lose blocks each for itself: samples are
       matched by their running numbers, and one without its partner is NaN.
    3. NaN, too, where a block says that what was measured is not skin.
    """
    runs: dict[int, Run] = {}
    values: dict[int, Floats] = {}
    infos = [decoded.infos[number] for number in sorted(_DERIVED) if number in decoded.infos]
    for boot in {boot for boot, stream in decoded.runs if stream == streams.EDA_CURRENT}:
        current = decoded.runs[boot, streams.EDA_CURRENT]
        voltage = decoded.runs.get((boot, streams.EDA_VOLTAGE))
        if voltage is None or len(infos) != len(_DERIVED):
            continue
        place = np.searchsorted(voltage.sample_counters(), current.sample_counters())
        place = np.minimum(place, len(voltage.samples) - 1)
        matched = voltage.sample_counters()[place] == current.sample_counters()
        usiemens = conductance_of_counts(
            current.samples, voltage.samples[place], (infos[0], infos[1]), decoded.calibration
        )
        is_skin = np.repeat(current.status & NOT_SKIN == 0, current.counts)
        runs[boot], values[boot] = current, np.where(matched & is_skin, usiemens, np.nan)
    return runs, values


class _Placer:
    """Times of one person's streams, those of streams that were sampled together once."""

    def __init__(self, person: PersonName, decoded: Decoded, clocks: clock.ClockMap) -> None:
        self._person: PersonName = person
        self._clocks = clocks
        self._met = {boot: index for index, boot in enumerate(decoded.boots())}
        self._shared: list[tuple[list[Run], _SharedTimes]] = []

    def trace(
        self, runs: dict[int, Run], values: dict[int, Floats], unit: str, sensor: str = ""
    ) -> Trace:
        """One stream on the session's line, without the samples whose time is not known."""
        boots = sorted(runs, key=lambda boot: self._met.get(boot, len(self._met)))
        line = self._shared_times({boot: runs[boot] for boot in boots})
        whole = _end_to_end([values[boot] for boot in boots])
        return Trace(
            line.times_s,
            whole if line.known is None else whole[line.known],
            unit,
            line.rate_hz,
            line.gaps_s,
            line.bounds_s,
            line.status,
            sensor,
        )

    def _shared_times(self, runs: dict[int, Run]) -> _SharedTimes:
        own = list(runs.values())
        for others, line in self._shared:
            if len(others) == len(own) and all(map(_together, own, others)):
                return line
        parts = [timed(self._person, boot, run, self._clocks) for boot, run in runs.items()]
        self._shared.append((own, line_of(parts)))
        return self._shared[-1][1]


def _together(one: Run, other: Run) -> bool:
    """Whether two streams' samples were taken, stamped and flagged together."""
    columns = ("counters", "counts", "stamps_us", "status")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in columns)


def timed(person: PersonName, boot: int, run: Run, clocks: clock.ClockMap) -> Timed:
    """Session time of each sample of a run.

    A block's stamp is that of its last sample, so the line is laid through the last samples and
    each block is then set back by its own length.

    1. `sample_times` is given the numbers of the last samples as if they were the first. What it
       places for a block is that sample and those after it: the block's length less one too far
       on, which is what each is set back by.
    2. Fewer than two samples placed show no rate, and there is nothing to set back.
    3. No session is so long that a sample further from its start can be of it: its time is unknown.
    """
    laid = clock.sample_times(run.counters + run.counts - 1, run.counts, run.stamps_us)
    rate_hz = _rate_hz(run, laid)
    times_s, bounds_s = laid.times_us, laid.bounds_us
    for blocks, samples in _slices(run):
        behind = np.repeat(run.counts[blocks] - 1, run.counts[blocks])
        device_us, bounds_us = times_s[samples], bounds_s[samples]
        if np.isfinite(rate_hz):
            device_us = device_us - behind * (1e6 / rate_hz)
        placed_s, clock_s = clocks.to_session(person, boot, device_us)
        placed_s[np.abs(placed_s) > MAX_SESSION_S] = np.nan
        times_s[samples] = placed_s
        bounds_s[samples] = np.hypot(clock_s, bounds_us * 1e-6)
    follows = np.ones(len(times_s), dtype=bool)
    firsts = np.cumsum(run.counts) - run.counts
    follows[firsts[1:]] = run.counters[1:] == run.counters[:-1] + run.counts[:-1]
    follows[firsts[laid.breaks]] = False  # the counter went on, and the time it tells did not
    follows[:1] = False
    status = np.repeat(run.status.astype(np.uint16), run.counts)
    usual_hz = rate_hz if np.isfinite(rate_hz) else laid.rate_hz
    return Timed(times_s, bounds_s, status, follows, usual_hz)


def _rate_hz(run: Run, laid: clock.SampleTimes) -> float:
    """Rate of a whole run, lost samples counted, so that a gap does not change it; else NaN.

    Where counter or clock began anew on the way, the ends tell nothing: then the usual rate.
    """
    known = np.flatnonzero(np.isfinite(laid.times_us))
    if len(known) < 2:
        return float("nan")
    ends = known[[0, -1]]
    block = np.searchsorted(np.cumsum(run.counts), ends, side="right")
    within = ends - (np.cumsum(run.counts) - run.counts)[block]
    first, last = run.counters[block] + within + run.counts[block] - 1
    elapsed_us = laid.times_us[ends[1]] - laid.times_us[ends[0]]
    rate_hz = float((last - first) / elapsed_us * 1e6) if elapsed_us > 0 else float("nan")
    return rate_hz if abs(rate_hz / laid.rate_hz - 1) < _SAME_RATE else laid.rate_hz


def _slices(run: Run) -> Iterator[tuple[slice, slice]]:
    """Rows of blocks and of their samples, `_AT_ONCE` samples or few more at a time."""
    ends = np.concatenate([[0], np.cumsum(run.counts)])
    first = 0
    while first < len(run.counts):
        last = max(int(np.searchsorted(ends, ends[first] + _AT_ONCE, side="right")) - 1, first + 1)
        yield slice(first, last), slice(int(ends[first]), int(ends[last]))
        first = last


def line_of(parts: list[Timed]) -> _SharedTimes:
    """Boots end to end, without the samples whose time is not known."""
    times_s, status = (_end_to_end([getattr(p, n) for p in parts]) for n in ("times_s", "status"))
    bounds_s, follows = (
        _end_to_end([getattr(part, name) for part in parts]) for name in ("bounds_s", "follows")
    )
    rate_hz = max(parts, key=lambda part: len(part.times_s)).rate_hz
    known = np.isfinite(times_s)
    if known.all():
        jumps = np.flatnonzero(~follows[1:]) + 1
        gaps_s = np.stack([times_s[jumps - 1], times_s[jumps]], 1)
        return _SharedTimes(None, times_s, bounds_s, status, gaps_s, rate_hz)
    adjacent = np.diff(np.flatnonzero(known)) == 1  # what the clock did not know was between
    jumps = np.flatnonzero(~(follows[known][1:] & adjacent)) + 1
    times_s = times_s[known]
    gaps_s = np.stack([times_s[jumps - 1], times_s[jumps]], 1)
    return _SharedTimes(known, times_s, bounds_s[known], status[known], gaps_s, rate_hz)


def _end_to_end(parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
