"""Missing by condition: a hole that coincides with a condition may be what the condition did."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from dyadkit.analysis.decision import About, Statement
from dyadkit.analysis.tables.layout import condition_stretches
from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.traces import PERSONS, Mark, PersonName
from dyadkit.signals import Physiology, PhysiologyPair

LITTLE, LESS = 0.7, 0.25
"""A condition has a hole of its own where less than this share is seen, and so much less than of
all other conditions together."""
_LIMITS = (
    "What is missing in one condition makes its numbers those of its calm part: crying, movement "
    "and a sensor that came off are not missing at random."
)


def missing_by_condition(bodies: PhysiologyPair, marks: Sequence[Mark]) -> tuple[Statement, ...]:
    """A sentence a person and signal whose holes lie in some conditions and not in the others."""
    return tuple(
        one for person in PERSONS for one in _of_person(person, bodies.person(person), marks)
    )


def _of_person(person: PersonName, body: Physiology, marks: Sequence[Mark]) -> Iterator[Statement]:
    spans = condition_stretches(marks, person, len(body.times_s))
    if len(spans) < 2:
        return
    for signal, words, series in _signals(body):
        seen = {one.condition: np.isfinite(one.of(series)) for one in spans}
        if not any(known.any() for known in seen.values()):
            continue
        holes = _holes(seen)
        if holes:
            yield _said(person, signal, words, holes)


def _signals(body: Physiology) -> tuple[tuple[str, str, Floats], ...]:
    return (
        ("heart_rate", "Heart rate", body.heart_rate_bpm),
        ("eda", "Skin conductance", body.tonic_usiemens),
    )


def _holes(seen: Mapping[str, Floats]) -> dict[str, tuple[float, float]]:
    """By condition with a hole, the share seen of it and of all others."""
    found = {}
    for label, known in seen.items():
        others = np.concatenate([one for name, one in seen.items() if name != label])
        share, of_others = float(known.mean()), float(others.mean())
        if share < LITTLE and share < of_others - LESS:
            found[label] = (share, of_others)
    return found


def _said(
    person: PersonName, signal: str, words: str, holes: Mapping[str, tuple[float, float]]
) -> Statement:
    each = ", ".join(
        f"{share:.0%} of “{label}” (of the other conditions {of_others:.0%})"
        for label, (share, of_others) in holes.items()
    )
    sentence = f"{words} of {person} was seen in {each}: it is missing by condition."
    return Statement(
        sentence, About.COVERAGE, signal, positive=False, limits=_LIMITS, person=person
    )
