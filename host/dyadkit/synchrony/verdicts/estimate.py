"""Verdict on each of two people: calmed, wound up, or neither shown, with belief and interval."""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Floats
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.synchrony.chance.autoregression import filled
from dyadkit.synchrony.grid import checked_pair
from dyadkit.synchrony.verdicts.laplace import Periodogram, PullHypothesis, hypotheses

NAMED_AT = 0.7
"""Belief needed to name what the partner does to a person."""
CALMED, WOUND_UP = 0.95, 1.05
"""Variance ratios between these are no effect worth a name."""
MIN_DURATION_S = 480.0
MIN_COVERAGE = 0.6
MAX_MINUTES = 120.0
"""Longer than anyone sits still: where more would be needed, no number is given."""
_NAN = float("nan")


class Verdict(StrEnum):
    """What the partner does to a person's arousal, compared with a partner who stays put."""

    CALMED = "calmed"
    WOUND_UP = "wound up"
    NEITHER_SHOWN = "neither shown"
    NO_ANSWER = "cannot be told"


class PairRegime(StrEnum):
    """Regime of a pair, as it follows from the verdicts on its two people.

    COREGULATION: one is calmed and the other not wound up, or one is calmed and the other pays.
    """

    COREGULATION = "coregulation"
    CODYSREGULATION = "codysregulation"
    ONE_WAY = "one-way"
    NOT_SHOWN = "not shown"


@dataclass(frozen=True, slots=True, eq=False)
class PersonVerdict(Result):
    """Verdict on one person.

    belief : in the verdict; in the likelier of calmed and wound up where neither is shown
    calmed, wound_up : belief in each
    variance_ratio, variance_ratio_interval : variance with over without the partner's pull, median
        and 95 %; drawn toward 1 in short sessions, so never to be followed over time
    minutes_needed : of recording like this one that would tell; NaN where decided or not in sight
    why : why it cannot be told; empty otherwise
    """

    verdict: Verdict
    belief: float
    calmed: float = _NAN
    wound_up: float = _NAN
    variance_ratio: float = _NAN
    variance_ratio_interval: tuple[float, float] = (_NAN, _NAN)
    minutes_needed: float = _NAN
    why: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class PersonPair(Result):
    """Verdicts on both people of one session.

    coupled : belief in any pull
    duration_s, coverage : what they rest on
    """

    a: PersonVerdict
    b: PersonVerdict
    coupled: float
    duration_s: float
    coverage: float

    @property
    def regime(self) -> PairRegime:
        """The pair's name, as it follows from the two."""
        return regime_of(self.a.verdict, self.b.verdict)


def regime_of(a: Verdict, b: Verdict) -> PairRegime:
    """Name of a pair by the verdicts on its two people.

    Examples
    --------
    >>> str(regime_of(Verdict.CALMED, Verdict.WOUND_UP))
    'coregulation'
    >>> str(regime_of(Verdict.WOUND_UP, Verdict.NEITHER_SHOWN))
    'one-way'
    """
    both = {a, b}
    if Verdict.CALMED in both:
        return PairRegime.COREGULATION
    if both == {Verdict.WOUND_UP}:
        return PairRegime.CODYSREGULATION
    if Verdict.WOUND_UP in both:
        return PairRegime.ONE_WAY
    return PairRegime.NOT_SHOWN


def judge_persons(a: ArrayLike, b: ArrayLike, rate_hz: float, seed: int = 0) -> PersonPair:
    """Verdicts on two people from their slow arousal.

    Each is compared with a partner who stays constant: whether a person would be calmer alone, one
    session cannot tell. Shared events are not taken for a pull as far as they reach both at once.

    Parameters
    ----------
    a, b : shape (n,), slow arousal, as of `dynamics.without_breathing`; NaN missing
    rate_hz : samples per second, at least 0.2
    seed : of the draws that beliefs are read from

    Raises
    ------
    ValueError for unequal series; SignalError where too little was measured

    Examples
    --------
    b is pulled to a's level; whoever is pulled by someone restless gets more so:

    >>> from scipy import signal
    >>> rng = np.random.default_rng(1)
    >>> a = signal.lfilter([1.0], [1.0, -0.85], rng.standard_normal(600))
    >>> b = signal.lfilter([0.0, 0.35], [1.0, -0.85], a + rng.standard_normal(600))
    >>> found = judge_persons(a, b, rate_hz=0.5)
    >>> str(found.a.verdict), str(found.b.verdict), str(found.regime)
    ('neither shown', 'wound up', 'one-way')

    References
    ----------
    Whittle 1953, Ark. Mat. 2, 423–434 (the likelihood); Tierney & Kadane 1986 (Laplace's method)
    """
    x, y = checked_pair(a, b, rate_hz)
    duration_s = len(x) / rate_hz
    coverage = float(np.mean(np.isfinite(x) & np.isfinite(y)))
    if duration_s < MIN_DURATION_S:
        raise SignalError(
            f"{duration_s / 60:.1f} minutes are too short: {MIN_DURATION_S / 60:.0f} are needed"
        )
    if coverage < MIN_COVERAGE:
        raise SignalError(f"only {coverage:.0%} of both was measured at once")
    found = hypotheses(Periodogram.of(filled(x), filled(y), rate_hz), seed)
    of_a, of_b = (_verdict(found, person, duration_s) for person in range(2))
    coupled = sum(one.weight for one in found if any(one.pulled))
    return PersonPair(of_a, of_b, coupled, duration_s, coverage)


def _verdict(found: tuple[PullHypothesis, ...], person: int, duration_s: float) -> PersonVerdict:
    ratios = np.concatenate([one.ratios[:, person] for one in found])
    weights = np.concatenate([np.full(len(one.ratios), one.weight) for one in found])
    weights /= weights.sum()
    calmed, wound_up = (
        float(weights[ratios < CALMED].sum()),
        float(weights[ratios > WOUND_UP].sum()),
    )
    verdict = named(calmed, wound_up)
    low, middle, high = _quantiles(ratios, weights, (0.025, 0.5, 0.975))
    decided = verdict is not Verdict.NEITHER_SHOWN
    return PersonVerdict(
        verdict=verdict,
        belief=max(calmed, wound_up),
        calmed=calmed,
        wound_up=wound_up,
        variance_ratio=middle,
        variance_ratio_interval=(low, high),
        minutes_needed=_NAN if decided else _minutes(found, person, duration_s),
    )


def named(calmed: float, wound_up: float) -> Verdict:
    """The verdict that two beliefs allow."""
    if max(calmed, wound_up) < NAMED_AT:
        return Verdict.NEITHER_SHOWN
    return Verdict.CALMED if calmed > wound_up else Verdict.WOUND_UP


def _minutes(found: tuple[PullHypothesis, ...], person: int, duration_s: float) -> float:
    """Minutes at which a pull as large as the best guess at it would be believed.

    What the pull explains grows with time, less what any free parameter explains by chance; the
    price of the parameter grows with the logarithm of time only.
    """
    pulled = max((one for one in found if one.pulled[person]), key=lambda one: one.weight)
    plain = max((one for one in found if not one.pulled[person]), key=lambda one: one.weight)
    extra = pulled.parameters - plain.parameters
    gain = pulled.gain - plain.gain - extra / 2.0
    odds = math.log(max(pulled.weight, 1e-12) / max(plain.weight, 1e-12))
    needed = math.log(NAMED_AT / (1.0 - NAMED_AT)) + 0.5
    if gain <= 0.0:
        return _NAN
    for times in np.geomspace(1.0, MAX_MINUTES * 60.0 / duration_s, 60):
        if odds + gain * (times - 1.0) - extra / 2.0 * math.log(times) >= needed:
            return float(duration_s * times / 60.0)
    return _NAN


def _quantiles(values: Floats, weights: Floats, shares: tuple[float, ...]) -> list[float]:
    order = np.argsort(values)
    cumulative = np.cumsum(weights[order])
    places = np.searchsorted(cumulative, np.array(shares) * cumulative[-1])
    return [float(one) for one in values[order][np.minimum(places, len(values) - 1)]]
