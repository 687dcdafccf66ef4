"""Proposal: how a test from elsewhere enters the decisions of a session.

Whoever adds a question to a session gives its p and both sentences, and does not decide. Whether it
is shown follows from the one budget, by what it hangs on:

1. `opened_by` names tests of the family. The question is asked once one of them is shown, and lives
   on what that one hands on: it costs nobody anything, and nothing is said of it before. This is
   the way for whatever makes no sense without a coupling.
2. Without a gate it shares the part of the budget that is for differences within a session, with
   the contrasts of conditions: the more there are, the smaller the p each needs.

What is claimed by belief instead of a p has no place here: its errors are counted in
`family.TESTS_SHARE`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from dyadkit.analysis.decision.family import Family
from dyadkit.analysis.decision.statement import Statement


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """A test proposed to the decisions of a session, with what is said either way.

    test : its name in the family, unlike any other
    p : uncorrected, NaN where the data gave none; the test must hold 5 % of its own on strangers
    shown : what is said if it may be claimed; `positive`, p and corrected p are filled in
    not_shown : what is said if not; it must claim nothing
    opened_by : names of tests of which one must be shown before; see `family`

    Raises
    ------
    ValueError
        no name, no chance between 0 and 1, or both sentences alike
    """

    test: str
    p: float
    shown: Statement
    not_shown: Statement
    opened_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what could not be decided."""
        if not self.test:
            raise ValueError("a proposal needs the name of its test")
        if not (0.0 <= self.p <= 1.0 or self.p != self.p):
            raise ValueError(f"p of {self.test} must be 0 to 1, not {self.p}")
        if self.shown.sentence == self.not_shown.sentence:
            raise ValueError(f"{self.test} says the same whether it is shown or not")


def proposed(proposals: Iterable[Proposal], family: Family) -> list[Statement]:
    """What is said of each proposal; of those whose gate is closed nothing."""
    return [
        _decided(one, family)
        for one in proposals
        if not one.opened_by or any(family.shows(gate) for gate in one.opened_by)
    ]


def _decided(one: Proposal, family: Family) -> Statement:
    claimed = family.shows(one.test)
    corrected = family.corrected.get(one.test, float("nan"))
    said = one.shown if claimed else one.not_shown
    return replace(said, positive=claimed, p=one.p, p_corrected=corrected)
