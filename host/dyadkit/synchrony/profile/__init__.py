"""The coregulation profile of a session: what it shows, in plain sentences, with their limits."""

from dyadkit.synchrony.profile.cautions import Caution, Pattern
from dyadkit.synchrony.profile.evidence import Evidence, Recovery, Responsiveness, Usual
from dyadkit.synchrony.profile.session import CoregulationProfile, coregulation_profile
from dyadkit.synchrony.profile.statements import Statement, Topic

__all__ = [
    "Caution",
    "CoregulationProfile",
    "Evidence",
    "Pattern",
    "Recovery",
    "Responsiveness",
    "Statement",
    "Topic",
    "Usual",
    "coregulation_profile",
]
