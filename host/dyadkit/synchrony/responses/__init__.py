"""Responses, one by one: matched skin conductance responses (SCR), partner's answers, recovery.

`match_amico` pairs the responses of both people, `partner_response` asks whether and how each
answers the other's arousal peaks and how fast both settle, `stress_buffering` whether a person
settles faster while the partner acts.

Rules of this room: what a person's own past predicts is no answer to the other; a recovery cut
short counts as lasting so long or more.

Start reading at `partner.partner_response`, then `events` (what a peak is); answers are tested in
`synchrony.following`; `matched` and `amico` stand by themselves.
"""

from dyadkit.synchrony.responses.amico import Amico
from dyadkit.synchrony.responses.events import Peaks
from dyadkit.synchrony.responses.matched import Matches, match_amico
from dyadkit.synchrony.responses.partner import PartnerResponse, partner_response
from dyadkit.synchrony.responses.recovery import Recovery, stress_buffering

__all__ = [
    "Amico",
    "Matches",
    "PartnerResponse",
    "Peaks",
    "Recovery",
    "match_amico",
    "partner_response",
    "stress_buffering",
]
