"""What figures of a session are drawn from: lag profiles and answers, beside what chance gives.

They describe, and carry no p: the limit in a lag profile is where the session's own decision lies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dyadkit.analysis.decision import ALPHA, About, Statement
from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.signals import PhysiologyPair
from dyadkit.signals.physiology import SERIES_HZ
from dyadkit.synchrony.chance.question import Question
from dyadkit.synchrony.coupling import BandScan, Coupling
from dyadkit.synchrony.following import Search, Train, scores_of
from dyadkit.synchrony.following.law import p_of
from dyadkit.synchrony.following.score import LagScores
from dyadkit.synchrony.profile import Signal

AROUND_S = (-3.0, 10.0)
"""From before an answer could begin until the latest that is tested."""
QUIET_S = 2.0
"""Without an own response for so long, a person is taken to be quiet."""
SHIFTS = 200
MIN_AROUND = 5
_MARGIN = 1.02
_STEPS = 16
_NOTHING = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class LagProfile(Result):
    """Statistic of a signal's coupling at every lag, in units of its limit.

    lags_s : shape (n,), positive where b follows a; NaN-free, increasing
    height : shape (n,); beyond ± 1 is what the session's decision counts
    lag_s : where it stands out most, and `top` : how far there
    """

    lags_s: Floats
    height: Floats
    lag_s: float
    top: float


@dataclass(frozen=True, slots=True, eq=False)
class Around(Result):
    """Mean change of one person's skin conductance around the other's responses.

    times_s : shape (n,), from the other's onset
    mean : shape (n,), µS, from the level just before; low, high : 95 % of the same at moments
        shifted in time
    events : how many responses it is of: those before which this person was quiet
    """

    times_s: Floats
    mean: Floats
    low: Floats
    high: Floats
    events: int


def waveform_profile(
    found: Coupling, series: Signal, scan: BandScan, said: Statement
) -> LagProfile:
    """Lag profile of the band that the test found, in units of its limit over circular shifts."""
    question = Question.about(scan, series.a, series.b, series.rate_hz)
    row = np.where(question.curves.usable, question.curves.values[found.member], np.nan)
    reach, count = question.reach, len(row)
    steps = np.arange(-reach, reach + 1)
    heights = row[steps % count]
    apart = question.windows().min_shift
    far = np.abs(row[apart : count - apart])
    windows = [far[k : k + 2 * reach + 1] for k in range(0, max(len(far) - reach, 1), reach)]
    tops = [np.nanmax(one) for one in windows if np.isfinite(one).any()]
    limit = float(np.nanquantile(tops, 1.0 - _needed(said)))
    at = round(found.lag_s * question.grid_hz) + reach
    top = float(heights[min(max(at, 0), 2 * reach)])
    limit = _on_its_side(limit, abs(top), said)
    return LagProfile(steps / question.grid_hz, heights / limit, found.lag_s, top / limit)


def event_profile(
    trains: tuple[Train, Train], search: Search, said: Sequence[Statement]
) -> LagProfile:
    """Lag profile of responses: right of zero b after a, left of it a after b."""
    a, b = trains
    right, left = (
        _in_limits(scores_of(*pair, search), one)
        for pair, one in zip(((a, b), (b, a)), said, strict=True)
    )
    lags_s = np.concatenate([-search.lags_s[::-1], search.lags_s])
    height = np.concatenate([left[::-1], right])
    best = int(np.argmax(height))
    return LagProfile(lags_s, height, float(lags_s[best]), float(height[best]))


def _in_limits(scores: LagScores, said: Statement) -> Floats:
    """Scores in units of the height at which the test's law gives just the p that is needed."""
    needed, low, high = _needed(said), 0.02, 50.0
    top = float(scores.whole.max())
    if top <= 0.0:  # nothing stands out anywhere: twice the usual maximum of chance is far
        return np.asarray(scores.whole / _NOTHING)
    for _ in range(_STEPS):
        middle = float(np.sqrt(low * high))
        scaled = replace(scores, whole=scores.whole * middle, stretches=scores.stretches * middle)
        low, high = (low, middle) if p_of(scaled)[0] <= needed else (middle, high)
    limit = _on_its_side(top * high, top, said)
    return np.asarray(scores.whole / limit)


def _needed(said: Statement) -> float:
    """P that the test alone must have for its sentence, as the family corrects it."""
    if not (said.p > 0 and said.p_corrected > 0):
        return ALPHA / 2
    return float(np.clip(ALPHA * said.p / said.p_corrected, 1e-4, ALPHA))


def _on_its_side(limit: float, top: float, said: Statement) -> float:
    """The limit, moved where a decision that rests on more than the top lies on its other side."""
    if said.positive:
        return min(limit, top / _MARGIN)
    return max(limit, top * _MARGIN, 1e-9)


def answers_around(bodies: PhysiologyPair) -> dict[str, Around]:
    """Change of each person's skin conductance around the other's responses, by who answers."""
    found = {}
    for name, own, other in (("b", bodies.b, bodies.a), ("a", bodies.a, bodies.b)):
        skin = own.tonic_usiemens + own.phasic_usiemens
        own_s = np.array([one.onset_s for one in own.responses])
        onsets_s = np.array([one.onset_s for one in other.responses])
        before = np.searchsorted(own_s, onsets_s) - np.searchsorted(own_s, onsets_s - QUIET_S)
        around = _around(skin, onsets_s[before == 0])
        if around is not None:
            found[name] = around
    return found


def _around(skin: Floats, onsets_s: Floats) -> Around | None:
    first, last = (round(edge * SERIES_HZ) for edge in AROUND_S)
    window: Ints = np.arange(first, last + 1)
    places = np.rint(onsets_s * SERIES_HZ).astype(int)
    places = places[(places + first >= 0) & (places + last < len(skin))]
    if len(places) < MIN_AROUND:
        return None
    shifts = np.linspace(0, len(skin), SHIFTS + 2).astype(int)[1:-1]
    means = np.array([_mean(skin, places + shift, window) for shift in (0, *shifts)])
    if not np.isfinite(means).any(axis=0).all():
        return None
    low, high = np.nanquantile(means[1:], (0.025, 0.975), axis=0)
    return Around(window / SERIES_HZ, means[0], low, high, len(places))


def _mean(skin: Floats, places: Ints, window: Ints) -> Floats:
    """Mean course around places, on a circle, from its value just before zero."""
    courses = skin[(places[:, None] + window) % len(skin)]
    courses = courses - courses[:, window == 0]
    known = np.isfinite(courses)
    total = np.where(known, courses, 0.0).sum(axis=0)
    return np.asarray(total / np.where(known.any(axis=0), known.sum(axis=0), np.nan))


def profiles_of(
    coupling: Mapping[str, Coupling],
    whole: Mapping[str, Signal],
    scan: BandScan,
    said: Sequence[Statement],
) -> dict[str, LagProfile]:
    """Lag profile of every signal whose waveform was tested, by signal."""
    about = {one.signal: one for one in said if one.about is About.COUPLING}
    return {
        name: waveform_profile(found, whole[name], scan, about[name])
        for name, found in coupling.items()
        if name in about
    }
