"""Planning of a study: what it would cost and could find, from sessions that are done already."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.study.group.flips import contrast
from dyadkit.study.group.means import mean_effect
from dyadkit.study.group.sample import Sample
from dyadkit.study.measures import COUPLINGS, MEASURES
from dyadkit.study.plan.choices import LEVEL, StudyPlan
from dyadkit.study.plan.roster import roster
from dyadkit.study.table import Row, chosen, gated, rows_of, sample_of
from dyadkit.study.whole_report import kept_outcomes

DRAWS = 200
MIN_PILOT = 4
"""Sessions that tell how estimates spread; a spread of fewer is a guess."""


@dataclass(frozen=True, slots=True, eq=False)
class Pilot(Result):
    """Law of one session's estimate of coupling, from sessions that are done.

    mean, between : over dyads, and standard deviation of dyads' true values
    within : standard deviation of a session's error at `minutes`
    residuals : shape (n,), of unit spread: their shape is what simulations draw from
    """

    measure: str
    dyads: int
    minutes: float
    mean: float
    between: float
    within: float
    residuals: Floats


@dataclass(frozen=True, slots=True, eq=False)
class GroupPower(Result):
    """Power of a design: how often each test finds an effect of that size."""

    measure: str
    effect: float
    dyads: int
    minutes: float
    mean: float
    contrast: float


@dataclass(frozen=True, slots=True, eq=False)
class PlannedStudy(Result):
    """Cost and power of a study.

    tasks : sessions and comparisons still to be done in all
    """

    sessions: int
    comparisons: int
    pilots: tuple[Pilot, ...]
    power: tuple[GroupPower, ...]
    seed: int

    def sentences(self) -> list[str]:
        """The plan in plain words."""
        lines = [f"{self.sessions} sessions, {self.comparisons} comparisons with other dyads."]
        for one in self.pilots:
            lines.append(
                f"Pilot, {MEASURES[one.measure][0]}: {one.dyads} dyads of {one.minutes:.0f} "
                f"minutes, mean {one.mean:+.3f}, dyads differ by {one.between:.3f}, a session's "
                f"error is {one.within:.3f} (standard deviations)."
            )
        lines += [
            f"{MEASURES[one.measure][0]}, effect {one.effect:.3f}: {one.dyads} dyads of "
            f"{one.minutes:.0f} minutes find a mean in {one.mean:.0%}, a difference of two "
            f"conditions of that length in {one.contrast:.0%}."
            for one in self.power
        ]
        if not self.pilots:
            lines.append(
                f"What it could find cannot be said yet: analyse a pilot of {MIN_PILOT} dyads "
                "first (dyadkit study run)."
            )
        return lines


def planned(
    plan: StudyPlan,
    dyads: Sequence[float],
    minutes: Sequence[float],
    effects: Sequence[float] = (),
) -> PlannedStudy:
    """Cost and power of a study, by simulation from what its pilot sessions gave.

    effects : mean shared variance; that of the pilot if none is given
    """
    entries = roster(plan)
    outcomes, _ = kept_outcomes(plan, entries)
    rows = rows_of(entries, outcomes, gated(plan, entries, outcomes))
    lengths = [one.duration_s / 60.0 for one in outcomes.values()]
    pilots = []
    for measure in (name for name in plan.measures if name in COUPLINGS):
        try:
            pilots.append(pilot_of(measure, chosen(rows, measure, ""), float(np.mean(lengths))))
        except (SignalError, ValueError):
            continue
    rng = np.random.default_rng(plan.analysis.seed)
    power = [
        power_of(one, effect, int(count), length, rng)
        for one in pilots
        for effect in effects or (max(one.mean, 0.0),)
        for count in dyads
        for length in minutes
    ]
    comparisons = len(entries) * plan.partners
    return PlannedStudy(len(entries), comparisons, tuple(pilots), tuple(power), plan.analysis.seed)


def pilot_of(measure: str, rows: Sequence[Row], minutes: float) -> Pilot:
    """Law of a session's estimate, from a study's rows.

    Raises
    ------
    SignalError
        too few dyads
    """
    sample = sample_of(rows)
    if sample.dyad_count < MIN_PILOT:
        raise SignalError(f"{sample.dyad_count} dyads; a pilot needs {MIN_PILOT}")
    found = mean_effect(sample)
    left = sample.values - found.value
    whole = float(np.std(left, ddof=1))
    return Pilot(
        measure=measure,
        dyads=sample.dyad_count,
        minutes=minutes,
        mean=found.value,
        between=found.between,
        within=float(np.sqrt(max(whole**2 - found.between**2, 0.0))),
        residuals=left / whole,
    )


def power_of(
    pilot: Pilot, effect: float, dyads: int, minutes: float, rng: np.random.Generator
) -> GroupPower:
    """Power of so many dyads of so many minutes; a session's error falls with its square root.

    Examples
    --------
    >>> pilot = Pilot("coupling_eda", 12, 10.0, 0.05, 0.02, 0.03, np.linspace(-1.6, 1.6, 12))
    >>> few, many = (power_of(pilot, 0.03, n, 10.0, np.random.default_rng(0)) for n in (8, 40))
    >>> few.mean < many.mean, many.mean > 0.9
    (True, True)
    """
    within = pilot.within * np.sqrt(pilot.minutes / minutes)
    found, differ = 0, 0
    for number in range(DRAWS):
        true = effect + pilot.between * rng.standard_normal(dyads)
        first, second = within * rng.choice(pilot.residuals, (2, dyads))
        alone, difference = Sample.of(true + first), Sample.of(true + first - second)
        found += mean_effect(alone).p <= LEVEL
        differ += contrast(difference, number).p <= LEVEL
    return GroupPower(pilot.measure, effect, dyads, minutes, found / DRAWS, differ / DRAWS)
