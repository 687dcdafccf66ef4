"""Decision: what of a session's estimates may be said, under one error budget.

Every default test of a session is in one family; what its closed procedure rejects may be claimed,
and nothing else. All sentences of summary, profile, report, weeks and JSON are the statements made
here, so no two can contradict each other.

Rules of this room: it computes no estimate; a positive statement has a corrected p (or a belief) on
its side of the budget; whatever is not shown is said to be not shown, which claims nothing.

Start reading at `statements.said_of`; `family` is the budget, `procedure` the closed procedure,
`proposal` how a test from elsewhere enters.
"""

from dyadkit.analysis.decision.evidence import PRIMARY, TWO_PEOPLE, Evidence, Resting
from dyadkit.analysis.decision.family import ALPHA, Family
from dyadkit.analysis.decision.proposal import Proposal
from dyadkit.analysis.decision.statement import About, Statement
from dyadkit.analysis.decision.statements import said_of

__all__ = [
    "ALPHA",
    "PRIMARY",
    "TWO_PEOPLE",
    "About",
    "Evidence",
    "Family",
    "Proposal",
    "Resting",
    "Statement",
    "said_of",
]
"""What the rest of the product needs."""
