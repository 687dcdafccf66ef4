"""Mean effects of a study, with covariates and trends: random effects of dyads and of persons."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.study.group.mixed import Component, MixedFit, fit_mixed
from dyadkit.study.group.sample import Sample, per_dyad

MIN_DYADS = 4
"""Fewer dyads cannot tell how much dyads differ."""
UNLIKE = 1.5
"""From this ratio of the most to the least on, rows do not count the same."""
DAYS_A_WEEK = 7.0
MIN_SKEW = 0.01
"""Below it the transformation is the identity within what is printed, and its inverse divides."""
MAX_BEND = 0.6
"""Skewness times reach over root n: beyond it the transformation folds, and one end runs away."""
PERSON_GUARD = 0.3
"""Between 0, where three families of strangers give 9 % false means, and 1, where they give 1 %."""


@dataclass(frozen=True, slots=True, eq=False)
class Effect(Result):
    """Effect over dyads.

    value, interval, p, df : of the mean over dyads like these; p two-sided
    between : standard deviation of dyads' true values; 0 where they differ no more than chance
    another : 95 % interval for one more dyad's true value
    dyads, rows, persons : that it rests on; clusters of dyads without a person in common
    shared : who is in several dyads
    notes : what the number does not say
    """

    value: float
    interval: tuple[float, float]
    p: float
    df: float
    between: float
    another: tuple[float, float]
    dyads: int
    rows: int
    clusters: int
    shared: tuple[str, ...]
    notes: tuple[str, ...] = ()


def mean_effect(sample: Sample, covariates: Mapping[str, Floats] | None = None) -> Effect:
    """Mean over dyads, at the mean of the covariates.

    Rows of a dyad, and dyads that share a person, hang together; a session of twice the length
    counts more as far as length is what makes sessions differ.

    Raises
    ------
    SignalError
        fewer than four dyads, or values that do not vary

    Examples
    --------
    Twelve dyads, one of which is strongly coupled: that is no mean of the dyads.

    >>> values = np.append(np.linspace(-0.02, 0.02, 11), 0.5)
    >>> found = mean_effect(Sample.of(values))
    >>> found.p > 0.05, found.interval[0] < 0
    (True, True)
    """
    return _effect(sample, _columns(sample, covariates), 0)


def covariate_effect(sample: Sample, name: str, covariates: Mapping[str, Floats]) -> Effect:
    """Change of a measure with a unit of a covariate, others held; errors as `mean_effect`."""
    columns = _columns(sample, covariates)
    return _effect(sample, columns, list(columns).index(name))


def trend_effect(sample: Sample) -> Effect:
    """Mean change a week over the sessions of a dyad; dyads may differ in level and in change.

    Raises
    ------
    SignalError
        fewer than four dyads with sessions on different days
    """
    sample = sample.kept(np.isfinite(sample.values) & np.isfinite(sample.days))
    number = sample.numbers_of_dyads()
    weeks = sample.days / DAYS_A_WEEK
    means = np.bincount(number, weeks) / np.maximum(np.bincount(number), 1)
    weeks = weeks - means[number] if len(weeks) else weeks
    moving = len({one for one, week in zip(sample.dyads, weeks, strict=True) if abs(week) > 0})
    if moving < MIN_DYADS:
        raise SignalError(f"{moving} dyads have sessions on different days; {MIN_DYADS} are needed")
    fit = fit_mixed(
        sample.values,
        {"mean": np.ones(len(sample)), "week": weeks},
        {"slope": Component.of(number, weeks), **components(sample)},
    )
    return _described(sample, fit, 1, np.sqrt(fit.variances.get("slope", 0.0)))


def _columns(sample: Sample, covariates: Mapping[str, Floats] | None) -> dict[str, Floats]:
    columns = {"mean": np.ones(len(sample))}
    for name, values in (covariates or {}).items():
        columns[name] = values - values.mean()
    return columns


def _effect(sample: Sample, columns: dict[str, Floats], place: int) -> Effect:
    if sample.dyad_count < MIN_DYADS:
        raise SignalError(
            f"{sample.dyad_count} dyads have a value; a statement on dyads needs {MIN_DYADS}"
        )
    fit = fit_mixed(sample.values, columns, components(sample))
    if place:
        return _described(sample, fit, place, 0.0)
    return _unskewed(sample, _described(sample, fit, 0, _between(sample, fit)))


def _unskewed(sample: Sample, found: Effect) -> Effect:
    """The mean with p and interval corrected for skewness: estimates of coupling are skewed.

    References
    ----------
    Hall 1992, J. R. Stat. Soc. B 54, 221–228 (a transformation that undoes skewness)
    """
    of_dyads = per_dyad(sample)
    count = min(found.clusters, len(of_dyads))
    skew = float(stats.skew(of_dyads.values))
    reach = float(stats.t.ppf(0.975, found.df))
    skew = float(np.clip(skew, *(MAX_BEND * np.sqrt(count) / reach * np.array([-1.0, 1.0]))))
    if count < MIN_DYADS or abs(skew) < MIN_SKEW:
        return found
    error = (found.interval[1] - found.value) / reach
    root = np.sqrt(count)
    s = found.value / error / root
    moved = root * (s + skew * s**2 / 3 + skew**2 * s**3 / 27 + skew / (6 * count))
    ends = np.array([reach, -reach]) / root - skew / (6 * count)
    low, high = found.value - error * root * 3.0 / skew * (np.cbrt(1.0 + skew * ends) - 1.0)
    p = float(2.0 * stats.t.sf(abs(moved), found.df))
    return replace(found, p=p, interval=(float(low), float(high)))


def components(sample: Sample) -> dict[str, Component]:
    """Deviations that the rows of a sample share, as far as it can tell them apart."""
    found: dict[str, Component] = {}
    rows = np.arange(len(sample))
    dyads = sample.numbers_of_dyads()
    if sample.persons_shared():
        names = sorted({one for people in sample.persons for one in people})
        number = {name: k for k, name in enumerate(names)}
        width = max(len(people) for people in sample.persons)
        levels = [
            [number[people[k % len(people)]] for k in range(width)] for people in sample.persons
        ]
        shares = [[float(k < len(people)) for k in range(width)] for people in sample.persons]
        found["person"] = Component(np.array(levels), np.array(shares), PERSON_GUARD)
    if sample.dyad_count < len(sample):
        found["dyad"] = Component.of(dyads)
    if sample.amounts.max() >= UNLIKE * sample.amounts.min():
        found["length"] = Component.of(rows, np.sqrt(sample.amounts.mean() / sample.amounts))
    found["session"] = Component.of(rows)
    return found


def _between(sample: Sample, fit: MixedFit) -> float:
    """Spread of dyads' true values: what is left of their variance without that of sessions."""
    own = [fit.variances.get(name, 0.0) for name in ("dyad", "person", "session")]
    if "dyad" in fit.variances:
        return float(np.sqrt(own[0] + 2.0 * own[1]))
    within = np.nanmean(sample.errors**2) if np.isfinite(sample.errors).any() else 0.0
    if "length" in fit.variances:
        within = max(0.0, within - fit.variances["length"])
    return float(np.sqrt(max(0.0, 2.0 * own[1] + own[2] - within)))


def _described(sample: Sample, fit: MixedFit, place: int, between: float) -> Effect:
    value, clusters = float(fit.effects[place]), len(set(sample.clusters().tolist()))
    shared, notes = sample.persons_shared(), []
    everywhere = [one for one in shared if all(one in people for people in sample.persons)]
    if everywhere:
        notes.append(
            f"{everywhere[0]} is in every dyad: what is said holds for dyads with that person only"
        )
    half = float(stats.t.ppf(0.975, fit.df[place]) * np.hypot(fit.errors[place], between))
    return Effect(
        value=value,
        interval=fit.interval(place),
        p=fit.p(place),
        df=float(fit.df[place]),
        between=float(between),
        another=(value - half, value + half),
        dyads=sample.dyad_count,
        rows=len(sample),
        clusters=clusters,
        shared=shared,
        notes=tuple(notes),
    )
