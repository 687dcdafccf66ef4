"""Coregulation profile of a session: what it shows, in plain sentences, with their limits.

Rules of this room: it estimates as little as it can and decides by stated thresholds; undecided is
an answer; a cautionary pattern is named only above chance and above this dyad's own baseline.

Start reading at `session.coregulation_profile`, then `evidence` (what it is read from),
`regulation` and `contexts` (who makes the evidence), `statements` and `cautions` (what is said).
"""

from dyadkit.synchrony.profile.cautions import Caution, Pattern
from dyadkit.synchrony.profile.contexts import contrasts_of
from dyadkit.synchrony.profile.evidence import (
    ProfileEvidence,
    RecoveryEvidence,
    Responsiveness,
    Usual,
)
from dyadkit.synchrony.profile.occasion import Signal, usual_at_rest
from dyadkit.synchrony.profile.regulation import (
    Regulation,
    recovery_of,
    regulation_of,
    responsiveness_of,
)
from dyadkit.synchrony.profile.session import CoregulationProfile, coregulation_profile
from dyadkit.synchrony.profile.statements import Statement, Topic

__all__ = [
    "Caution",
    "CoregulationProfile",
    "ProfileEvidence",
    "Pattern",
    "RecoveryEvidence",
    "Regulation",
    "Responsiveness",
    "Signal",
    "Statement",
    "Topic",
    "Usual",
    "contrasts_of",
    "coregulation_profile",
    "recovery_of",
    "regulation_of",
    "responsiveness_of",
    "usual_at_rest",
]
