"""Pairs of numbers, one for each person: (a, b), or (equation of a, equation of b)."""

from typing import TypeAlias

from dyadkit.dyad.arrays import Floats

Pair: TypeAlias = tuple[float, float]


def pair_of(values: Floats) -> Pair:
    """Two array elements as plain numbers."""
    return float(values[0]), float(values[1])
