"""Layout of the tables: which stretches of a session are cells, person by person."""

from collections.abc import Iterator, Sequence

import numpy as np

from dyadkit.analysis.tables.cells import TableCell, TableSpan, cells_of
from dyadkit.dyad.traces import PERSONS, Mark, PersonName
from dyadkit.signals import PhysiologyPair
from dyadkit.signals.physiology import SERIES_HZ
from dyadkit.synchrony.context import condition_spans


def condition_table(bodies: PhysiologyPair, marks: Sequence[Mark]) -> tuple[TableCell, ...]:
    """Every measure of both people in each condition, repeated ones together; none without marks.

    A condition that is marked for one person is a row of that person only.

    Parameters
    ----------
    bodies : of both people
    marks : of the session
    """
    return tuple(
        cell
        for person in PERSONS
        for span in condition_stretches(marks, person, len(bodies.a.times_s))
        for cell in cells_of(person, bodies.person(person), span)
    )


def epoch_table(
    bodies: PhysiologyPair, marks: Sequence[Mark], epoch_s: float = 30.0
) -> tuple[TableCell, ...]:
    """Every measure of both people in whole epochs, which begin with each condition.

    Without conditions they begin with the session.

    Raises
    ------
    ValueError
        epochs shorter than ten seconds
    """
    if not epoch_s >= 10.0:
        raise ValueError(f"epochs of {epoch_s:g} s: give 10 or more, papers have 30 or 60")
    return tuple(
        cell
        for person in PERSONS
        for span in _epochs(marks, person, len(bodies.a.times_s), epoch_s)
        for cell in cells_of(person, bodies.person(person), span)
    )


def conditions_of(marks: Sequence[Mark], person: PersonName, samples: int) -> list[Mark]:
    """Conditions of one person, or of both, in order of time, each with an end in the session."""
    return [
        mark
        for mark in condition_spans(marks, samples / SERIES_HZ)
        if mark.person in (None, person) and mark.start_s < samples / SERIES_HZ
    ]


def condition_stretches(marks: Sequence[Mark], person: PersonName, samples: int) -> list[TableSpan]:
    """One stretch a label of condition, all its times together."""
    conditions = conditions_of(marks, person, samples)
    found = []
    for label in dict.fromkeys(mark.label for mark in conditions):
        inside = np.zeros(samples, dtype=bool)
        for mark in conditions:
            if mark.label == label:
                inside[slice(*_places(mark, samples))] = True
        places = np.flatnonzero(inside)
        if len(places):
            first, last = int(places[0]), int(places[-1])
            found.append(TableSpan(label, 0, first, inside[first : last + 1]))
    return found


def _epochs(
    marks: Sequence[Mark], person: PersonName, samples: int, epoch_s: float
) -> Iterator[TableSpan]:
    whole = Mark(0.0, samples / SERIES_HZ, "", "condition")
    length, number = round(epoch_s * SERIES_HZ), 0
    for mark in conditions_of(marks, person, samples) or [whole]:
        first, last = _places(mark, samples)
        for begins in range(first, last - length + 1, length):
            number += 1
            yield TableSpan(mark.label, number, begins, np.ones(length, dtype=bool))


def _places(mark: Mark, samples: int) -> tuple[int, int]:
    """First sample of a condition and the one after its last."""
    first, last = (
        int(np.clip(np.ceil(at_s * SERIES_HZ - 1e-6), 0, samples))
        for at_s in (mark.start_s, mark.stop_s)
    )
    return first, last
