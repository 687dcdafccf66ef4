"""Evidence of a session: every estimate that a statement may be made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dyadkit.analysis.decision.proposal import Proposal
from dyadkit.analysis.decision.statement import Statement
from dyadkit.synchrony.chance import NullResult
from dyadkit.synchrony.context import Contrast
from dyadkit.synchrony.coupling import Coupling, Strength
from dyadkit.synchrony.following import EventCoupling
from dyadkit.synchrony.profile import Untested
from dyadkit.synchrony.responses import PartnerResponse
from dyadkit.synchrony.verdicts import PersonPair

_NAN = float("nan")
TWO_PEOPLE = "two people"
"""Among the refusals: a and b hold the same samples, and agree as anything does with itself."""

PRIMARY = "primary"
"""Among the refusals: why what the plan declared could not be tested."""


@dataclass(frozen=True, slots=True, eq=False)
class Resting:
    """The dyad's own rest, by the same estimates as the session; empty or None where unknown."""

    strength: Mapping[str, Strength] = field(default_factory=dict)
    events: EventCoupling | None = None
    person: PersonPair | None = None

    @property
    def known(self) -> bool:
        """Whether there is any rest to compare with."""
        return bool(self.strength) or self.events is not None or self.person is not None


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """All of a session that statements are made of; what was not measured is empty or None.

    coupling, strength : by signal, of the waveforms; events : of skin responses
    refusals : by signal, why it could not be tested
    same_time : by signal, against partners of other sessions at the same time
    finest_lag_s : lags shorter than this may be the clocks'; NaN where that is not known
    primary : names of the tests that were declared to be asked first; empty where none were
    marked : whether conditions were marked, and so belong to what chance gives
    proposals : tests from elsewhere, which enter by `proposal`
    untested : comparisons of conditions that could not be made
    remarks : statements from elsewhere that claim nothing
    """

    coupling: Mapping[str, Coupling]
    strength: Mapping[str, Strength]
    events: EventCoupling | None
    responses: PartnerResponse | None
    person: PersonPair | None
    contrasts: tuple[Contrast, ...]
    refusals: Mapping[str, str]
    same_time: Mapping[str, NullResult] = field(default_factory=dict)
    resting: Resting = field(default_factory=Resting)
    finest_lag_s: float = _NAN
    marked: bool = False
    proposals: tuple[Proposal, ...] = ()
    primary: tuple[str, ...] = ()
    untested: tuple[Untested, ...] = ()
    remarks: tuple[Statement, ...] = ()
