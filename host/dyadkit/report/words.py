"""Tables of words, and numbers as a reader wants them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Floats

UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of words."""

    caption: str
    head: tuple[str, ...]
    body: Sequence[tuple[str, ...]]


def median(values: Floats) -> float:
    """Median of the known values; NaN where none is."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")


def number(value: float, form: str) -> str:
    """A number in the given form, a dash where it is not known."""
    return form.format(value) if np.isfinite(value) else UNKNOWN
