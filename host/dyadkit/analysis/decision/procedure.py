"""Closed testing by a graph: who may be claimed when several tests share one error rate.

Each hypothesis holds a weight, its share of the error rate. One that is rejected hands its weight
on along the graph, so that later questions are only asked once earlier ones are answered. However
the tests depend on each other, a true hypothesis is rejected with at most the whole rate.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Floats


@dataclass(frozen=True, slots=True)
class Graph:
    """Weights of hypotheses by name, and to whom each hands its own on when it is rejected.

    weights : of sum 1 at most; 0 for those that are only asked after another
    passes : shares by name and heir; of sum 1 at most for each name
    """

    weights: Mapping[str, float]
    passes: Mapping[str, Mapping[str, float]]

    def corrected(self, p: Mapping[str, float]) -> dict[str, float]:
        """P values corrected for all of them, by name; those at most alpha may be claimed.

        Examples
        --------
        >>> halves = Graph({"a": 0.5, "b": 0.5}, {"a": {"b": 1.0}, "b": {"a": 1.0}})
        >>> halves.corrected({"a": 0.01, "b": 0.03})          # two of equal weight: Holm's method
        {'a': 0.02, 'b': 0.03}

        References
        ----------
        Bretz, Maurer, Brannath & Posch 2009, Statistics in Medicine 28, 586–604
        """
        names = list(p)
        weight = np.array([self.weights.get(name, 0.0) for name in names])
        passes = np.array([
            [self.passes.get(one, {}).get(heir, 0.0) for heir in names] for one in names
        ])  # fmt: skip
        left, floor, found = list(range(len(names))), 0.0, dict.fromkeys(names, 1.0)
        while left:
            needed = [p[names[k]] / weight[k] if weight[k] > 0.0 else np.inf for k in left]
            first = left[int(np.argmin(needed))]
            floor = max(floor, min(1.0, float(min(needed))))
            found[names[first]] = floor
            left.remove(first)
            weight, passes = _without(first, weight, passes, left)
        return found


def _without(gone: int, weight: Floats, passes: Floats, left: list[int]) -> tuple[Floats, Floats]:
    """Weights and passes once one is rejected: its heirs take both over."""
    moved, handed = weight.copy(), np.zeros_like(passes)
    for j in left:
        moved[j] += weight[gone] * passes[gone, j]
        back = 1.0 - passes[j, gone] * passes[gone, j]
        for k in left:
            if j != k and back > 0.0:
                handed[j, k] = (passes[j, k] + passes[j, gone] * passes[gone, k]) / back
    moved[gone] = 0.0
    return moved, handed
