"""Specification curve of a study: its means under every defensible choice, for a reviewer to see.

It describes how much hangs on the choices; it decides nothing, and none of its p is corrected.

References
----------
Simonsohn, Simmons & Nelson 2020, Nat. Hum. Behav. 4, 1208–1214
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.study.group.means import MIN_DYADS, mean_effect
from dyadkit.study.group.sample import Sample, per_dyad
from dyadkit.study.measures import COUPLINGS
from dyadkit.study.run.outcome import PARTS
from dyadkit.study.table import Row, chosen, sample_of

ESTIMATORS = ("random effects", "every dyad the same", "median, signed ranks")
MIN_COVERAGE = 0.8
GATES = ("as planned", "without exclusions", f"coverage of {MIN_COVERAGE:.0%} and more")


@dataclass(frozen=True, slots=True, eq=False)
class GroupSpecification(Result):
    """Mean of a measure under one set of choices."""

    measure: str
    condition: str
    part: str
    gate: str
    estimator: str
    value: float
    interval: tuple[float, float]
    p: float
    dyads: int


def specifications(rows: Sequence[Row]) -> tuple[GroupSpecification, ...]:
    """Mean coupling by part of the session, gates and estimator, in order of the estimate."""
    places = dict.fromkeys(
        (row.measure, row.condition, row.part) for row in rows if row.measure in COUPLINGS
    )
    found = [one for place in places if place[2] in PARTS for one in _of_place(rows, *place)]
    return tuple(sorted(found, key=lambda one: (one.measure, one.condition, one.value)))


def _of_place(
    rows: Sequence[Row], measure: str, condition: str, part: str
) -> Iterator[GroupSpecification]:
    for gate in GATES:
        sample = sample_of(chosen(_gated(rows, gate), measure, condition, part))
        if sample.dyad_count < MIN_DYADS:
            continue
        for estimator in ESTIMATORS:
            try:
                value, interval, p = _estimated(sample, estimator)
            except SignalError:
                continue
            yield GroupSpecification(
                measure, condition, part, gate, estimator, value, interval, p, sample.dyad_count
            )


def _gated(rows: Sequence[Row], gate: str) -> Sequence[Row]:
    if gate == GATES[0]:
        return rows
    if gate == GATES[1]:
        return [replace(row, excluded="") for row in rows]
    return [row for row in rows if row.estimate.coverage >= MIN_COVERAGE]


def _estimated(sample: Sample, estimator: str) -> tuple[float, tuple[float, float], float]:
    if estimator == ESTIMATORS[0]:
        found = mean_effect(sample)
        return found.value, found.interval, found.p
    values = per_dyad(sample).values
    if estimator == ESTIMATORS[1]:
        test = stats.ttest_1samp(values, 0.0)
        low, high = test.confidence_interval()
        return float(values.mean()), (float(low), float(high)), float(test.pvalue)
    p = float(stats.wilcoxon(values).pvalue) if np.any(values) else 1.0
    return float(np.median(values)), (float("nan"), float("nan")), p


def curve_sentences(found: Sequence[GroupSpecification]) -> list[str]:
    """Share of the specifications below 0.05, by measure and condition; a description."""
    lines = []
    for measure, condition in dict.fromkeys((one.measure, one.condition) for one in found):
        same = [one for one in found if (one.measure, one.condition) == (measure, condition)]
        below = sum(one.p <= 0.05 for one in same)
        values = [one.value for one in same]
        where = f" in “{condition}”" if condition else ""
        lines.append(
            f"{COUPLINGS[measure].replace('_', ' ')}{where}: {below} of {len(same)} specifications "
            f"give p ≤ 0.05, uncorrected; estimates {min(values):+.3f} to {max(values):+.3f}."
        )
    return lines
