"""Skin conductance of one person: what to trust, its level (SCL) and its responses (SCR).

Rules of this room: conductance in µS; tonic + phasic + residual is what was measured; level,
responses and driver are never negative, and NaN where the sample is not skin.

Start reading at `decompose`, which gives all of it at once; `artefacts` says which samples are not
skin, `faults` why. `tonic_level` and `event_responses` read a decomposition, `LiveEda` makes it
while it happens. Behind it: `grid` and `fit` bring a recording of any rate, stretch by stretch, to
`deconvolution.split`, the quadratic program; `bateman` is the shape of one response, `personal`
finds how fast this person's decay, `responses` reads single ones from the driver. What is not the
skin's is found in `disturbances`, and `notes` says it to people.
"""

from dyadkit.signals.eda.decomposition import Decomposition, decompose
from dyadkit.signals.eda.deconvolution import HUMAN, Model
from dyadkit.signals.eda.disturbances.artefact import artefacts, faults
from dyadkit.signals.eda.disturbances.contact import MAX_RATE_HZ, MIN_RATE_HZ
from dyadkit.signals.eda.events import SWEAT, EventResponse, Latency, event_responses
from dyadkit.signals.eda.level import TonicLevel, tonic_level
from dyadkit.signals.eda.live import LiveEda, LiveSkin
from dyadkit.signals.eda.notes import notes_of
from dyadkit.signals.eda.quality import judge_eda
from dyadkit.signals.eda.responses import Response

__all__ = [
    "HUMAN",
    "MIN_RATE_HZ",
    "MAX_RATE_HZ",
    "SWEAT",
    "Decomposition",
    "EventResponse",
    "Latency",
    "LiveEda",
    "LiveSkin",
    "Model",
    "Response",
    "TonicLevel",
    "artefacts",
    "decompose",
    "event_responses",
    "faults",
    "judge_eda",
    "notes_of",
    "tonic_level",
]
