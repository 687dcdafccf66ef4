"""Family of a session's tests: the error budget, and which question opens which.

1. Coupling comes first: does either's skin follow the other's (two directions), do the heart rates
   move together. Where responses are too few to be asked, the waveform of the skin stands in.
2. Recovery with the partner is asked once something in the skin is shown.
3. What differs between conditions has a share of its own, where conditions were marked: it can be
   true of two strangers, and there can be many such tests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dyadkit.analysis.decision.procedure import Graph

ALPHA = 0.05
"""Chance of a report on two strangers who differ in no condition to claim anything at all."""
TESTS_SHARE = 0.6
"""Of that, where verdicts on persons are given: named at a belief of 0.7, they name about 2 % of
strangers, so the tests are left with 3."""
SKIN_B_AFTER_A, SKIN_A_AFTER_B = "skin: b follows a", "skin: a follows b"
SKIN_WAVEFORM, HEART_RATE = "skin waveform", "heart rate"
RECOVERY_A, RECOVERY_B = "recovery of a", "recovery of b"
SKIN = (SKIN_B_AFTER_A, SKIN_A_AFTER_B, SKIN_WAVEFORM)
COUPLINGS = (*SKIN, HEART_RATE)
RECOVERIES = (RECOVERY_A, RECOVERY_B)
CONTEXTS_SHARE = 0.3
TO_RECOVERY = 0.2


@dataclass(frozen=True, slots=True)
class Family:
    """Corrected p of every test of a session, by name, against the whole budget of `ALPHA`."""

    p: Mapping[str, float]
    corrected: Mapping[str, float]

    @classmethod
    def of(
        cls, p: Mapping[str, float], share: float = 1.0, primary: Sequence[str] = ()
    ) -> "Family":
        """All tests of one session by name, NaN where one gave nothing; their share of the budget.

        Names other than those of coupling and recovery are contexts. What was declared `primary`
        is asked first, with the whole share; the others share what it hands on.
        """
        known = {name: value for name, value in p.items() if value == value}
        graph = _graph(list(known))
        first = [name for name in primary if name in known]
        found = (_after(first, graph) if first else graph).corrected(known)
        return cls(p, {name: min(1.0, one / share) for name, one in found.items()})

    def shows(self, name: str) -> bool:
        """Whether a test's alternative may be claimed."""
        return self.corrected.get(name, 1.0) <= ALPHA


def _graph(names: list[str]) -> Graph:
    couplings = [name for name in names if name in COUPLINGS]
    recoveries = [name for name in names if name in RECOVERIES]
    contexts = [name for name in names if name not in (*COUPLINGS, *RECOVERIES)]
    share = CONTEXTS_SHARE if couplings else 1.0
    own = 1.0 - share if contexts else 1.0
    weights = dict.fromkeys(couplings, own / max(len(couplings), 1))
    weights |= dict.fromkeys(contexts, share / max(len(contexts), 1))
    passes: dict[str, dict[str, float]] = {}
    for one in couplings:
        others = [name for name in couplings if name != one]
        opened = TO_RECOVERY if one in SKIN and recoveries else 0.0
        opened = 1.0 if opened and not others else opened
        passes[one] = _evenly(others, 1.0 - opened) | _evenly(recoveries, opened)
    for one in recoveries:
        others = [name for name in recoveries if name != one]
        passes[one] = _evenly(others or couplings, 1.0)
    for one in contexts:
        others = [name for name in contexts if name != one]
        passes[one] = _evenly(others or couplings, 1.0)
    return Graph(weights, passes)


def _after(first: list[str], graph: Graph) -> Graph:
    """The graph of all others, entered only through the tests that come first."""
    later = {name: weight for name, weight in graph.weights.items() if name not in first}
    whole = sum(later.values())
    opened = {name: weight / whole for name, weight in later.items() if weight > 0.0}
    passes = {
        name: {heir: share for heir, share in heirs.items() if heir not in first}
        for name, heirs in graph.passes.items()
    }
    return Graph(_evenly(first, 1.0), passes | dict.fromkeys(first, opened))


def _evenly(heirs: list[str], share: float) -> dict[str, float]:
    return {name: share / len(heirs) for name in heirs}


def context(measure: str, first: str, second: str) -> str:
    """Name of the test of a contrast."""
    return f"{measure}: {first} against {second}"


def context_level(comparisons: int) -> float:
    """P at which the first of so many comparisons between conditions may be claimed."""
    return ALPHA * TESTS_SHARE * CONTEXTS_SHARE / comparisons
