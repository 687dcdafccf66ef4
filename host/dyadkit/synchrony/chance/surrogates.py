"""Surrogate series as nulls: a person's spectrum, values or stretches stay, the timing goes.

Each assumes something that series may break: on sparse skin conductance responses, phase-randomised
surrogates have been measured to call 17-32 % of independent pairs coupled with unwhitened
statistics. `calibrate` tells how a null fares on your data.
"""

import itertools
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy import fft, signal

from dyadkit.dyad.arrays import Floats
from dyadkit.synchrony.chance.autoregression import burg, filled
from dyadkit.synchrony.chance.extreme import excess
from dyadkit.synchrony.chance.question import NullResult, Question
from dyadkit.synchrony.grid import samples

BATCH = 16
SETTLING = 1000


@dataclass(frozen=True, slots=True)
class Surrogates:
    """Base of the nulls that draw new versions of b; p = (1 + #{null >= observed}) / (draws + 1).

    count : how many surrogates
    workers : threads; the result is the same for any number
    stop_after : stop once so many surrogates reached the observed value; p is then that number over
        the draws so far, which keeps it valid (Besag & Clifford 1991); None draws all

    Raises
    ------
    ValueError
        a count, number of workers or `stop_after` below 1

    Examples
    --------
    Two strangers: it stops as soon as ten surrogates agree as much.

    >>> from dyadkit.synchrony.coupling import couple
    >>> a, b = np.random.default_rng(0).standard_normal((2, 1200))
    >>> found = couple(a, b, rate_hz=4.0, null=PhaseRandomised(count=9999, stop_after=10))
    >>> found.null.draws < 100, found.p > 0.1
    (True, True)
    """

    count: int = 999
    workers: int = 1
    stop_after: int | None = None

    def __post_init__(self) -> None:
        """Refuse nonsense."""
        if self.count < 1 or self.workers < 1:
            raise ValueError("count and workers must be at least 1")
        if self.stop_after is not None and self.stop_after < 1:
            raise ValueError(f"stop_after must be at least 1, not {self.stop_after}")

    @property
    def name(self) -> str:
        """How reports call it."""
        raise NotImplementedError

    def drawn(self, series: Floats, rate_hz: float, rng: np.random.Generator) -> Floats:
        """A batch of surrogates of a gapless series, shape (BATCH, n)."""
        raise NotImplementedError

    def judge(self, question: Question, seed: int) -> NullResult:
        """Compare the pair with a and surrogates of b, whose gaps stay where they were."""
        observed = float(excess(question.curves, question.windows()).observed)
        draws = itertools.islice(self._values(question, seed), self.count)
        p, null = p_of_draws(observed, draws, self.stop_after)
        mean, sd = float(np.mean(null)), float(np.std(null))
        return NullResult(p, observed, mean, sd, len(null), float(len(null)), self.name)

    def _values(self, question: Question, seed: int) -> Iterator[float]:
        """Surrogates' values in an order that does not depend on the workers."""
        whole = filled(question.b)
        missing = np.isnan(question.b)

        def batch(number: int) -> Floats:
            rng = np.random.default_rng([seed, number])
            made = self.drawn(whole, question.rate_hz, rng)
            made[:, missing] = np.nan
            prepared = question.statistic.prepared(made, question.rate_hz)
            curves = question.statistic.curves(question.prepared_a, prepared)
            return excess(curves, question.windows()).observed

        batches = -(-self.count // BATCH)
        with ThreadPoolExecutor(self.workers) as pool:
            for first in range(0, batches, self.workers):
                numbers = range(first, min(first + self.workers, batches))
                for found in pool.map(batch, numbers):
                    yield from found.tolist()


def p_of_draws(
    observed: float, draws: Iterable[float], stop_after: int | None = None
) -> tuple[float, list[float]]:
    """The p-value of a value against draws from its null, and the draws that were looked at.

    Stopping at the draw that is the h-th to reach the observed value gives p = h / draws, which is
    at most alpha no more often than alpha; drawing all gives (1 + #{null >= observed}) / (B + 1).

    References
    ----------
    Besag & Clifford 1991
    """
    values: list[float] = []
    reached = 0
    for value in draws:
        values.append(value)
        reached += value >= observed
        if reached == stop_after:
            return reached / len(values), values
    return (1.0 + reached) / (len(values) + 1.0), values


@dataclass(frozen=True, slots=True)
class PhaseRandomised(Surrogates):
    """Chance as any Gaussian series with b's spectrum.

    Parameters as in `Surrogates`.

    Examples
    --------
    >>> from dyadkit.synchrony.coupling import couple
    >>> rng = np.random.default_rng(1)
    >>> a = rng.standard_normal(1206)
    >>> b = a[:1200] + 2.0 * rng.standard_normal(1200)
    >>> couple(a[6:], b, rate_hz=4.0, null=PhaseRandomised(count=99)).p
    0.01

    References
    ----------
    Theiler, Eubank, Longtin, Galdrikian & Farmer 1992
    """

    @property
    def name(self) -> str:
        """How reports call it."""
        return "phase randomised"

    def drawn(self, series: Floats, rate_hz: float, rng: np.random.Generator) -> Floats:
        """Same magnitudes, random phases."""
        return np.asarray(_random_phases(series, rng))


@dataclass(frozen=True, slots=True)
class IAAFT(Surrogates):
    """Chance as any series with b's spectrum and exactly b's values.

    rounds : of adjusting spectrum and values in turn; the rest as in `Surrogates`

    Examples
    --------
    >>> series = np.random.default_rng(0).exponential(size=600)
    >>> made = IAAFT().drawn(series, 4.0, np.random.default_rng(1))
    >>> made.shape, bool((np.sort(made, axis=1) == np.sort(series)).all())
    ((16, 600), True)

    References
    ----------
    Schreiber & Schmitz 1996
    """

    rounds: int = 30

    @property
    def name(self) -> str:
        """How reports call it."""
        return "IAAFT"

    def drawn(self, series: Floats, rate_hz: float, rng: np.random.Generator) -> Floats:
        """Iteratively adjusted; the values are exact, the spectrum nearly."""
        ordered, n = np.sort(series), len(series)
        size = np.abs(fft.rfft(series))
        made = rng.permuted(np.tile(series, (BATCH, 1)), axis=1)
        for _ in range(self.rounds):
            spectrum = fft.rfft(made)
            shaped = fft.irfft(size * np.exp(1j * np.angle(spectrum)), n)
            np.put_along_axis(made, np.argsort(shaped, axis=1), ordered[None, :], axis=1)
        return made


@dataclass(frozen=True, slots=True)
class ARSieve(Surrogates):
    """Chance as b's autoregression driven by its own prediction errors, drawn anew.

    Parameters as in `Surrogates`.

    Examples
    --------
    >>> series = signal.lfilter([1.0], [1.0, -0.9], np.random.default_rng(0).standard_normal(2400))
    >>> made = ARSieve().drawn(series, 4.0, np.random.default_rng(1))
    >>> round(float(np.corrcoef(made[0, 1:], made[0, :-1])[0, 1]), 1)     # as in the series
    0.9

    References
    ----------
    Bühlmann 1997
    """

    @property
    def name(self) -> str:
        """How reports call it."""
        return "AR sieve"

    def drawn(self, series: Floats, rate_hz: float, rng: np.random.Generator) -> Floats:
        """Resampled errors through the fitted filter, after a settling time."""
        centred = series - series.mean()
        coefficients = np.trim_zeros(burg(centred), "b")
        errors = signal.lfilter(coefficients, [1.0], centred)[len(coefficients) :]
        length = len(series) + SETTLING
        drive = rng.choice(errors - errors.mean(), size=(BATCH, length))
        made = signal.lfilter([1.0], coefficients, drive, axis=1)[:, SETTLING:]
        return np.asarray(made + series.mean())


@dataclass(frozen=True, slots=True)
class SegmentShuffle(Surrogates):
    """Chance as b's stretches in another order; breaks slow rhythms longer than a stretch.

    On oscillating series it has been measured to call 33-38 % of independent pairs coupled with the
    usual mean of absolute z.

    segment_s : length of a stretch; the rest as in `Surrogates`

    Raises
    ------
    ValueError
        when drawn: a session of fewer than three stretches

    Examples
    --------
    >>> made = SegmentShuffle(segment_s=30.0).drawn(np.arange(120.0), 1.0, np.random.default_rng(0))
    >>> made[0, ::30].tolist()                         # four stretches of thirty seconds
    [60.0, 0.0, 30.0, 90.0]
    """

    segment_s: float = 30.0

    @property
    def name(self) -> str:
        """How reports call it."""
        return "segment shuffle"

    def drawn(self, series: Floats, rate_hz: float, rng: np.random.Generator) -> Floats:
        """Whole stretches permuted, the rest at the end left in place."""
        size = samples(self.segment_s, rate_hz)
        count = len(series) // max(size, 1)
        if size < 1 or count < 3:
            raise ValueError(f"segment_s of {self.segment_s:g} gives fewer than three segments")
        cut, rest = series[: count * size].reshape(count, size), series[count * size :]
        made = [np.append(cut[rng.permutation(count)].ravel(), rest) for _ in range(BATCH)]
        return np.stack(made)


class SampleShuffle:
    """Refused: shuffled samples have no autocorrelation, so any two slow series look coupled.

    Raises
    ------
    ValueError
        always

    Examples
    --------
    >>> SampleShuffle()                                             # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: shuffling samples destroys each person's own rhythm, so that 55-100 % of ...
    """

    def __init__(self, *_: object, **__: object) -> None:
        raise ValueError(
            "shuffling samples destroys each person's own rhythm, so that 55-100 % of independent "
            "pairs look coupled; use CircularShift or PseudoDyads"
        )


def _random_phases(series: Floats, rng: np.random.Generator) -> Floats:
    size, n = np.abs(fft.rfft(series)), len(series)
    turns = np.exp(2j * np.pi * rng.random((BATCH, len(size))))
    turns[:, 0] = np.sign(series.mean()) or 1.0
    if n % 2 == 0:
        turns[:, -1] = rng.choice([-1.0, 1.0], size=BATCH)
    return np.asarray(fft.irfft(size * turns, n))
