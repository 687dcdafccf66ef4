"""Family of a session's tests: the error budget, and which question opens which.

1. Coupling comes first: does either's skin follow the other's (two directions), do the heart rates
   move together. Where responses are too few to be asked, the waveform of the skin stands in.
2. Recovery with the partner is asked once something in the skin is shown.
3. What differs between conditions has a share of its own, where conditions were marked: it can be
   true of two strangers, and there can be many such tests.
4. What else is proposed (`proposal`) hangs on a gate, as recovery does, or shares with the third.
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
TO_GATED = 0.2
"""Of what a shown coupling hands on: to the questions it opens, the rest to the other couplings."""


@dataclass(frozen=True, slots=True)
class Family:
    """Corrected p of every test of a session, by name, against the whole budget of `ALPHA`."""

    p: Mapping[str, float]
    corrected: Mapping[str, float]

    @classmethod
    def of(
        cls,
        p: Mapping[str, float],
        share: float = 1.0,
        gates: Mapping[str, tuple[str, ...]] | None = None,
        primary: Sequence[str] = (),
    ) -> "Family":
        """All tests of one session by name, NaN where one gave nothing; their share of the budget.

        gates : by name, the tests of which one must be shown before this is asked; names other
        than those, coupling and recovery are contexts
        primary : what was declared is asked first, with the whole share, and hands it on
        """
        known = {name: value for name, value in p.items() if value == value}
        opened = dict.fromkeys(RECOVERIES, SKIN) | dict(gates or {})
        gated = {name: opened[name] for name in known if name in opened}
        graph = _graph(list(known), gated)
        first = [name for name in primary if name in known]
        found = (_after(first, graph) if first else graph).corrected(known)
        return cls(p, {name: min(1.0, one / share) for name, one in found.items()})

    def shows(self, name: str) -> bool:
        """Whether a test's alternative may be claimed."""
        return self.corrected.get(name, 1.0) <= ALPHA


def _graph(names: list[str], gated: Mapping[str, tuple[str, ...]]) -> Graph:
    """Weights at first, and who inherits: couplings and contexts stand alone, the gated hang on."""
    couplings = [name for name in names if name in COUPLINGS]
    contexts = [name for name in names if name not in couplings and name not in gated]
    share = CONTEXTS_SHARE if couplings else 1.0
    own = 1.0 - share if contexts else 1.0
    weights = dict.fromkeys(couplings, own / max(len(couplings), 1))
    weights |= dict.fromkeys(contexts, share / max(len(contexts), 1))
    passes = {}
    for one in names:
        alike = [couplings, contexts, [name for name in gated if gated[name] == gated.get(one)]]
        peers = next(group for group in alike if one in group)
        others = [name for name in peers if name != one] or [c for c in couplings if c != one]
        opens = [name for name, gates in gated.items() if one in gates]
        passes[one] = _handed_on(others, opens)
    return Graph(weights, passes)


def _handed_on(others: list[str], opens: list[str]) -> dict[str, float]:
    """Shares of a shown test's weight: to its peers, and to what it opens."""
    if not (others and opens):
        return _evenly(others or opens, 1.0)
    return _evenly(others, 1.0 - TO_GATED) | _evenly(opens, TO_GATED)


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
