"""Following of events: does one person respond when the other did, more than either would alone.

A test on onsets instead of waveforms, so that responses may be few, late, or tied for a part of the
session only. Each person's own rate is modelled from the own past, slow drifts and the marked
conditions; what the partner's onsets add to it is a score with a known law, so no shifts are drawn
and what both do at a marked time is no evidence.

Rules of this room: onsets in seconds in, frozen results out; one direction at a time is asked, and
two are corrected together.

Start reading at `estimate.couple_events`; `intensity` is the own rate, `score` what the partner
adds, `law` what chance gives.
"""

from dyadkit.synchrony.following.estimate import (
    EventCoupling,
    Following,
    Search,
    couple_events,
    follows,
    scores_of,
)
from dyadkit.synchrony.following.train import Train

__all__ = ["EventCoupling", "Following", "Search", "Train", "couple_events", "follows", "scores_of"]
