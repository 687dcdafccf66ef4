"""Response by response: matched skin conductance responses, the partner's answers, recovery.

`match_amico` pairs the responses of both people, `partner_response` asks whether and how each
answers the other's arousal peaks and how fast both settle, `stress_buffering` whether a person
settles faster while the partner acts.
"""

from dyadkit.synchrony.responses.amico import Amico
from dyadkit.synchrony.responses.answers import Answer, Direction
from dyadkit.synchrony.responses.events import Peaks
from dyadkit.synchrony.responses.matched import Matches, match_amico
from dyadkit.synchrony.responses.partner import PartnerResponse, partner_response
from dyadkit.synchrony.responses.recovery import Recovery, stress_buffering

__all__ = [
    "Amico",
    "Answer",
    "Direction",
    "Matches",
    "PartnerResponse",
    "Peaks",
    "Recovery",
    "match_amico",
    "partner_response",
    "stress_buffering",
]
