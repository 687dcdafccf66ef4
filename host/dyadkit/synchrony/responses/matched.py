"""Matched skin conductance responses of two people: when, how far apart, how alike."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Bools, Floats
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.synchrony import misalignment
from dyadkit.synchrony.grid import checked_pair
from dyadkit.synchrony.misalignment import Shifts
from dyadkit.synchrony.responses.amico import GRID_HZ, Amico, Pairs, Segments, correlated, paired

MAX_MISSING = 0.25
AMICO = Amico()
FEW_SHIFTS = Shifts(count=99)


@dataclass(frozen=True, slots=True, eq=False)
class Matches(Result):
    """Paired peaks and valleys of two skin conductance series, and correlation in between.

    a_s, b_s : shape (pairs,), times of the paired features from the start
    lags_s : shape (pairs,), b's time minus a's; positive when b follows a
    similarity : shape (pairs,), likeness of slopes around both features, 0 to 1
    spans_s : shape (segments, 2), start and end of each correlated segment, mean of both people
    correlations : shape (segments,), Pearson's r of the stretched segments; NaN where more than a
        quarter is missing
    mean_correlation : mean over time; pairing seeks likeness, so 0 is not its chance level: read p
    median_lag_s : over pairs
    p : how rarely b, shifted in a circle and matched anew, reaches this mean; NaN without a null
    coverage : share of samples present in both
    """

    a_s: Floats
    b_s: Floats
    lags_s: Floats
    similarity: Floats
    spans_s: Floats
    correlations: Floats
    mean_correlation: float
    median_lag_s: float
    p: float
    null: str
    shifts: int
    seed: int
    coverage: float
    rate_hz: float
    max_lag_s: float
    lag_malus: float
    min_segment_s: float
    min_rise: float


def match_amico(
    a: ArrayLike,
    b: ArrayLike,
    rate_hz: float,
    settings: Amico = AMICO,
    null: Shifts | None = FEW_SHIFTS,
) -> Matches:
    """Adaptive matching interpolated correlation (AMICo 1.1) of two skin conductance series.

    Follows a lag that changes from response to response, which a window with one lag cannot.

    Parameters
    ----------
    a, b : shape (n,), µS, one uniform grid; gaps are bridged for matching
    null : every shift is matched anew, which costs most of the time; None leaves it out

    Raises
    ------
    ValueError
        different lengths, a rate that is not positive
    SignalError
        too short, constant, mostly missing, or too few responses to match

    Examples
    --------
    >>> from dyadkit.sim.people import bodies
    >>> met = bodies.meet(bodies.Encounter(), seconds=300.0, seed=1)      # b follows by 1.5 s
    >>> a, b = met.a.eda_usiemens[::4], met.b.eda_usiemens[::4]           # at 4 Hz
    >>> found = match_amico(a, b, rate_hz=4.0, null=Shifts(count=19))     # more of them for a paper
    >>> round(found.median_lag_s, 1), round(found.mean_correlation, 2), found.p < 0.1
    (1.3, 0.57, True)

    References
    ----------
    Kleinbub, Talia & Palmieri 2020, Journal of Counseling Psychology 67 (AMICo)
    """
    x, y = checked_pair(a, b, rate_hz)
    known = np.isfinite(x) & np.isfinite(y)
    of_x, of_y = (_on_grid(series, rate_hz) for series in (x, y))
    missing = np.interp(_grid(len(x), rate_hz), np.arange(len(x)) / rate_hz, ~known) > 0.0
    found = _Matching.of(of_x, of_y, missing, settings)
    if not np.isfinite(found.mean):
        raise SignalError(
            "too few responses to match: the series hardly rise by "
            f"{settings.min_rise:g}; lower min_rise or record longer"
        )
    shifts = np.empty(0, dtype=np.int64) if null is None else null.drawn(len(of_x), GRID_HZ)
    chance = [_Matching.of(of_x, np.roll(of_y, s), missing, settings).mean for s in shifts]
    return Matches(
        **found.described(),
        p=misalignment.p_among(found.mean, np.nan_to_num(chance)) if len(shifts) else math.nan,
        null=f"{len(shifts)} circular shifts, matched anew" if len(shifts) else "none",
        shifts=len(shifts),
        seed=0 if null is None else null.seed,
        coverage=float(known.mean()),
        rate_hz=rate_hz,
        **asdict(settings),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Matching:
    """Pairs, segments, and their mean correlation over time."""

    pairs: Pairs
    segments: Segments
    mean: float

    @classmethod
    def of(cls, x: Floats, y: Floats, missing: Bools, settings: Amico) -> "_Matching":
        pairs = paired(x, y, settings)
        segments = correlated(x, y, pairs, settings)
        middles = np.rint((pairs.a + pairs.b) / 2.0).astype(np.int64)
        starts, stops = middles[segments.first], middles[segments.last]
        absent = np.concatenate([[0], np.cumsum(missing)])
        lengths = np.maximum(stops - starts, 1)
        hollow = (absent[stops] - absent[starts]) / lengths > MAX_MISSING
        correlation = np.where(hollow, np.nan, segments.correlation)
        counted = np.isfinite(correlation)
        weight = int(lengths[counted].sum())
        mean = float(correlation[counted] @ lengths[counted]) / weight if weight else math.nan
        return cls(pairs, Segments(segments.first, segments.last, correlation), mean)

    def described(self) -> dict[str, Any]:
        """The fields of `Matches` that say what was paired and how alike it is."""
        pairs, segments = self.pairs, self.segments
        a_s, b_s = pairs.a / GRID_HZ, pairs.b / GRID_HZ
        middles_s = (a_s + b_s) / 2.0
        return {
            "a_s": a_s,
            "b_s": b_s,
            "lags_s": b_s - a_s,
            "similarity": pairs.similarity,
            "spans_s": np.column_stack([middles_s[segments.first], middles_s[segments.last]]),
            "correlations": segments.correlation,
            "mean_correlation": self.mean,
            "median_lag_s": float(np.median(b_s - a_s)),
        }


def _grid(samples: int, rate_hz: float) -> Floats:
    return np.arange(int((samples - 1) / rate_hz * GRID_HZ + 1e-9) + 1.0) / GRID_HZ


def _on_grid(series: Floats, rate_hz: float) -> Floats:
    """The series at ten samples a second, gaps and steps bridged by straight lines."""
    present = np.flatnonzero(np.isfinite(series))
    return np.interp(_grid(len(series), rate_hz), present / rate_hz, series[present])
