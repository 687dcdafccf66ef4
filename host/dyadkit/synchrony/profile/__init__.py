"""The coregulation profile of a session: what it shows, in plain sentences, with their limits."""

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
