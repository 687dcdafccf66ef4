"""Stress buffering: does a person's level rise less in a stressor with the partner than alone.

One question that was asked beforehand, about one measure of one person: its p is its own and enters
no session's family. The level is used, not single responses: infants and cold hands have none.
"""

from dataclasses import dataclass

from dyadkit.analysis.tables.cells import TableCell, cells_of
from dyadkit.analysis.tables.layout import condition_stretches, conditions_of
from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import Dyad, PersonName
from dyadkit.errors import SignalError
from dyadkit.sessions.extraction import extraction_of
from dyadkit.signals import Physiology
from dyadkit.signals.physiology import SERIES_HZ
from dyadkit.synchrony.chance.correction import p_words
from dyadkit.synchrony.context import Contrast, contrast_conditions, in_windows

WINDOW_S = 20.0
WORDS = {"heart_rate": "heart rate", "ln_rsa": "ln RSA", "scl": "skin conductance level"}
ALPHA = 0.05
_LIMITS = (
    "A difference between being alone and with the partner is not yet comfort: order, practice and "
    "talk differ too. Let half of the dyads begin with the partner."
)


@dataclass(frozen=True, slots=True, eq=False)
class Buffering(Result):
    """Level of one measure of one person in a stressor with the partner, against alone.

    contrast : with the partner minus alone, by generalised least squares on windows of 20 s
    alone, together : the level in each, with what was seen of it
    sentence, limits : what is shown, and what that does not mean
    """

    person: str
    measure: str
    contrast: Contrast
    alone: TableCell
    together: TableCell
    sentence: str
    limits: str = _LIMITS


@dataclass(frozen=True, slots=True)
class BufferingQuestion:
    """Whose stress is asked about, in which measure, and the labels of both conditions."""

    person: PersonName
    alone: str
    together: str
    measure: str = "heart_rate"


def stress_buffering_of(dyad: Dyad, asked: BufferingQuestion) -> Buffering:
    """Stress buffering of one person by the partner, on the level of heart rate, ln RSA or SCL.

    Parameters
    ----------
    dyad : in which both conditions are marked; blocks of each in turn tell most
    asked : whose, where, and in what

    Raises
    ------
    ValueError
        a measure that is none of these
    SignalError
        a condition is not marked, or too little of it was seen

    Examples
    --------
    >>> from dyadkit.dyad.traces import Mark
    >>> from dyadkit.sim.people import bodies
    >>> from dataclasses import replace
    >>> dyad = bodies.perfect_dyad(bodies.meet(bodies.Encounter(), 480.0, seed=1))
    >>> marks = tuple(Mark(120.0 * k, 120.0 * k + 120.0, ("alone", "held")[k % 2], "condition")
    ...               for k in range(4))
    >>> asked = BufferingQuestion("a", alone="alone", together="held")
    >>> found = stress_buffering_of(replace(dyad, marks=marks), asked)
    >>> found.contrast.windows, found.alone.unit
    ((12, 12), 'bpm')
    """
    if asked.measure not in WORDS:
        raise ValueError(f"{asked.measure!r} is no level: {', '.join(WORDS)} are")
    bodies = extraction_of(dyad)
    body = bodies.a if asked.person == "a" else bodies.b
    spans = {one.condition: one for one in
             condition_stretches(dyad.marks, asked.person, len(body.times_s))}  # fmt: skip
    for label in (asked.alone, asked.together):
        if label not in spans:
            known = ", ".join(f"“{one}”" for one in spans) or "none"
            raise SignalError(f"“{label}” is not marked for person {asked.person} ({known} are)")
    series = _series(body, asked.measure)
    if not (series == series).any():
        why = f": {body.rsa.why}" if asked.measure == "ln_rsa" and body.rsa.why else ""
        raise SignalError(f"{WORDS[asked.measure]} of {asked.person} is not known{why}")
    course = in_windows((series, series), SERIES_HZ, lambda one, _: _mean(one), WINDOW_S, WINDOW_S)
    conditions = conditions_of(dyad.marks, asked.person, len(body.times_s))
    found = contrast_conditions(course, conditions, asked.together, asked.alone)
    alone, together = (
        next(one for one in cells_of(asked.person, body, spans[label])
             if one.measure == asked.measure)
        for label in (asked.alone, asked.together)
    )  # fmt: skip
    return Buffering(
        asked.person, asked.measure, found, alone, together, _sentence(asked, found, alone.unit)
    )


def _sentence(asked: BufferingQuestion, found: Contrast, unit: str) -> str:
    low, high = found.interval
    size = f"{found.difference:+.2g} {unit}, 95 % {low:+.2g} to {high:+.2g}, {p_words(found.p)}"
    what = WORDS[asked.measure][:1].upper() + WORDS[asked.measure][1:]
    if not found.p <= ALPHA:
        return (
            f"{what} of {asked.person} is not shown to differ between “{asked.together}” and "
            f"“{asked.alone}” ({size})."
        )
    way = "lower" if found.difference < 0 else "higher"
    return (
        f"{what} of {asked.person} is {way} in “{asked.together}” than in “{asked.alone}” ({size})."
    )


def _series(body: Physiology, measure: str) -> Floats:
    if measure == "ln_rsa":
        return body.rsa.series_ln_ms2
    return body.heart_rate_bpm if measure == "heart_rate" else body.tonic_usiemens


def _mean(values: Floats) -> float:
    known = values[values == values]
    return float(known.mean()) if 2 * len(known) >= len(values) else float("nan")
