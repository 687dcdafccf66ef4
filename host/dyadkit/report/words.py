"""Tables, statements with their place in the list, and numbers as a reader wants them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dyadkit.analysis.decision import About, Statement
from dyadkit.analysis.findings import Findings
from dyadkit.dyad.arrays import Floats

UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of words."""

    caption: str
    head: tuple[str, ...]
    body: Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Said:
    """A statement with its number in the session's list, by which the page and `why` call it."""

    number: int
    statement: Statement

    @property
    def positive(self) -> bool:
        """Whether it claims something."""
        return self.statement.positive

    @property
    def text(self) -> str:
        """The sentence, as it was decided."""
        return self.statement.sentence


def said_about(findings: Findings, *topics: About) -> list[Said]:
    """Statements on these topics, in the session's order."""
    return [
        Said(number, one)
        for number, one in enumerate(findings.said, start=1)
        if one.about in topics
    ]


def numbers_of(found: Iterable[Said]) -> str:
    """Numbers of statements, as a page carries them."""
    return " ".join(str(one.number) for one in found)


def limits_of(found: Iterable[Said]) -> list[str]:
    """What statements do not mean, each once."""
    return list(dict.fromkeys(one.statement.limits for one in found if one.statement.limits))


def median(values: Floats) -> float:
    """Median of the known values; NaN where none is."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")


def number(value: float, form: str) -> str:
    """A number in the given form, a dash where it is not known."""
    return form.format(value) if np.isfinite(value) else UNKNOWN


def listed(parts: Sequence[str]) -> str:
    """Words in a row.

    Examples
    --------
    >>> listed(["a pulse", "a skin", "b skin"])
    'a pulse, a skin and b skin'
    """
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
