"""Cells of the tables: every measure of one person over one stretch of the session."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import stats

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.dyad.result import Result
from dyadkit.signals import Physiology
from dyadkit.signals.eda.responses import MIN_USIEMENS
from dyadkit.signals.hrv import rmssd
from dyadkit.signals.physiology import SERIES_HZ
from dyadkit.signals.respiration import STEP_S

MIN_SHARE, ENOUGH_S = 0.5, 60.0
"""A number needs half of its stretch seen, or a minute of it."""
MIN_BEATS = 12
"""Successive intervals an RMSSD needs: those of ten seconds of a resting heart."""
BATCH_S = 20.0
"""Means of so long stretches are taken as independent for an interval, as in contrasts."""
MIN_BATCHES = 3
_UNKNOWN = (float("nan"), float("nan"))


@dataclass(frozen=True, slots=True, eq=False)
class TableCell(Result):
    """One measure of one person over one stretch.

    person, condition : whose, and within which condition; empty where none was marked
    epoch : number of the epoch from 1; 0 for a whole condition
    start_s, stop_s : from the first to the last moment of the stretch
    measure, unit : "heart_rate" (bpm), "ibi" (ms), "ln_rsa" (ln ms²), "rmssd" (ms), "scl" (µS),
        "ns_scr" (per minute), "motion" (g) and "respiration" (per minute)
    value : NaN where less than half of the stretch, and less than a minute, was seen
    interval : 95 %, of means of 20 s taken as independent (too narrow where a series drifts), of a
        count for NS-SCR, of what noise leaves open for RMSSD; NaN where there is none
    coverage : share of the stretch that was seen; n : how many samples, beats or responses
    """

    person: str
    condition: str
    epoch: int
    start_s: float
    stop_s: float
    measure: str
    unit: str
    value: float
    interval: tuple[float, float]
    coverage: float
    n: int


@dataclass(frozen=True, slots=True, eq=False)
class TableSpan:
    """A stretch of a session: where it lies, and which of its 4 Hz samples belong to it.

    first : index of the first sample on the session's grid; inside : shape (n,), from there on
    """

    condition: str
    epoch: int
    first: int
    inside: Bools

    @property
    def start_s(self) -> float:
        """When it begins."""
        return self.first / SERIES_HZ

    @property
    def stop_s(self) -> float:
        """When it ends."""
        return (self.first + len(self.inside)) / SERIES_HZ

    @property
    def seconds(self) -> float:
        """How long what belongs to it lasts."""
        return float(self.inside.sum()) / SERIES_HZ

    def of(self, series: Floats) -> Floats:
        """The part of a 4 Hz series that belongs to it."""
        part = series[self.first : self.first + len(self.inside)]
        return np.asarray(part[self.inside[: len(part)]])

    def holds(self, times_s: Floats) -> Bools:
        """Which of some times belong to it."""
        place = np.floor(times_s * SERIES_HZ).astype(np.int64) - self.first
        within = (place >= 0) & (place < len(self.inside))
        return np.asarray(within & self.inside[np.where(within, place, 0)])


@dataclass(frozen=True, slots=True)
class _Measured:
    measure: str
    unit: str
    value: float
    interval: tuple[float, float]
    coverage: float
    n: int


def cells_of(person: str, body: Physiology, span: TableSpan) -> list[TableCell]:
    """Every measure of one person over a stretch, in the order of a paper's table."""
    found = (*_pulse(body, span), *_skin(body, span), *_others(body, span))
    return [_cell(person, span, one) for one in found]


def _cell(person: str, span: TableSpan, one: _Measured) -> TableCell:
    """The cell of a measure: nothing of what was hardly seen."""
    enough = one.coverage >= MIN_SHARE or one.coverage * span.seconds >= ENOUGH_S
    value, interval = (one.value, one.interval) if enough else (float("nan"), _UNKNOWN)
    return TableCell(
        person, span.condition, span.epoch, span.start_s, span.stop_s, one.measure, one.unit,
        value, interval, one.coverage, one.n,
    )  # fmt: skip


def _pulse(body: Physiology, span: TableSpan) -> Iterator[_Measured]:
    yield _mean("heart_rate", "bpm", span.of(body.heart_rate_bpm))
    middle_s = 0.5 * (body.intervals.start_s + body.intervals.stop_s)
    within = body.intervals.within(span.holds(middle_s))
    lengths_ms = 1e3 * within.interval_s[within.normal]
    seen = min(1.0, float(lengths_ms.sum()) / 1e3 / max(span.seconds, 1e-9))
    mean_ms = float(lengths_ms.mean()) if len(lengths_ms) else float("nan")
    yield _Measured("ibi", "ms", mean_ms, _UNKNOWN, seen, len(lengths_ms))
    wave = span.of(body.rsa.wave_ms)
    known = np.isfinite(wave)
    yield _Measured(
        "ln_rsa", "ln ms²", body.rsa.ln_of(wave), _UNKNOWN, _share(known), int(known.sum())
    )
    spread = rmssd(within, seen)
    stated = spread.stated_ms if body.hrv.rhythm.vagal and spread.count >= MIN_BEATS else np.nan
    yield _Measured("rmssd", "ms", stated, spread.limits_ms, seen, spread.count)


def _skin(body: Physiology, span: TableSpan) -> Iterator[_Measured]:
    yield _mean("scl", "µS", span.of(body.tonic_usiemens))
    phasic = span.of(body.phasic_usiemens)
    known = np.isfinite(phasic)
    minutes = float(known.sum()) / SERIES_HZ / 60.0
    onsets_s = np.array([one.onset_s for one in body.responses])
    count = int(span.holds(onsets_s).sum()) if len(onsets_s) else 0
    counted = minutes > 0.0 and responses_known(body)
    value = count / minutes if counted else float("nan")
    limits = _of_a_count(count, minutes) if counted else _UNKNOWN
    yield _Measured("ns_scr", "per minute", value, limits, _share(known), count)


def responses_known(body: Physiology) -> bool:
    """Whether no response means that there was none; components as given hold no single ones."""
    if body.responses:
        return True
    phasic = body.phasic_usiemens[np.isfinite(body.phasic_usiemens)]
    return bool(len(phasic)) and float(phasic.max()) < MIN_USIEMENS


def _others(body: Physiology, span: TableSpan) -> Iterator[_Measured]:
    seconds = np.arange(len(body.motion_g), dtype=float) + 0.5
    if len(seconds):
        yield _mean("motion", "g", body.motion_g[span.holds(seconds)], per_s=1.0)
    breathing = body.respiration
    within = span.holds(breathing.times_s)
    yield _mean(
        "respiration", "per minute", breathing.breaths_per_minute[within], per_s=1.0 / STEP_S
    )


def _mean(measure: str, unit: str, values: Floats, per_s: float = SERIES_HZ) -> _Measured:
    known = np.isfinite(values)
    value = float(values[known].mean()) if known.any() else float("nan")
    half = _half_width(values, round(BATCH_S * per_s))
    interval = (value - half, value + half)
    return _Measured(measure, unit, value, interval, _share(known), int(known.sum()))


def _half_width(values: Floats, length: int) -> float:
    """Of the 95 % interval of a mean, from means of `length` samples, of which half are known."""
    batches = values[: len(values) // length * length].reshape(-1, length)
    known = np.isfinite(batches)
    kept = 2 * known.sum(axis=1) >= length
    if kept.sum() < MIN_BATCHES:
        return float("nan")
    means = np.nanmean(np.where(known, batches, np.nan)[kept], axis=1)
    return float(stats.t.ppf(0.975, len(means) - 1) * means.std(ddof=1) / np.sqrt(len(means)))


def _of_a_count(count: int, minutes: float) -> tuple[float, float]:
    """95 % of a rate from a count (Garwood 1936)."""
    low = stats.chi2.ppf(0.025, 2 * count) / 2.0 if count else 0.0
    return float(low) / minutes, float(stats.chi2.ppf(0.975, 2 * count + 2) / 2.0) / minutes


def _share(known: Bools) -> float:
    return float(known.mean()) if len(known) else 0.0
