"""Correction of p values for the number of tests, and p values in print: one way for all."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

_Name = TypeVar("_Name", bound=Hashable)

MIN_PRINTED = 0.001


def holm(p: Mapping[_Name, float]) -> dict[_Name, float]:
    """P values corrected for their number, by name; tests may depend on each other in any way.

    Examples
    --------
    >>> holm({"eda": 0.01, "heart_rate": 0.04, "phase": 0.03})
    {'eda': 0.03, 'phase': 0.06, 'heart_rate': 0.06}

    References
    ----------
    Holm 1979, Scandinavian Journal of Statistics 6, 65–70
    """
    corrected, floor = {}, 0.0
    for rank, name in enumerate(sorted(p, key=lambda name: p[name])):
        floor = max(floor, min(1.0, (len(p) - rank) * p[name]))
        corrected[name] = floor
    return corrected


def printed_p(p: float) -> str:
    """A p value for a table: three decimals, never zero; a dash where there is none.

    Examples
    --------
    >>> printed_p(0.0213), printed_p(4e-6), printed_p(float("nan"))
    ('0.021', '< 0.001', '–')
    """
    if p != p:
        return "–"
    return f"< {MIN_PRINTED}" if p < MIN_PRINTED else f"{p:.3f}"


def p_words(p: float) -> str:
    """A p value for a sentence.

    Examples
    --------
    >>> p_words(0.0213), p_words(4e-6)
    ('p = 0.021', 'p < 0.001')
    """
    printed = printed_p(p)
    return f"p {printed}" if printed.startswith("<") else f"p = {printed}"
