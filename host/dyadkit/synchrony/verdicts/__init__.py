"""Verdicts on persons: is each calmed or wound up by the partner, compared with one who stays put.

A bivariate spectral model of slow arousal, which need not swing; beliefs by Laplace's method over
two kinds of own dynamics and four directions of pull. Where the coupled oscillators describe the
dyad, theirs is the sharper likelihood and is used instead.

Rules of this room: beliefs with intervals, never a point value to trend; what cannot be told says
how long a recording could tell.

Start reading at `estimate.judge_persons`; `spectrum` is the model, `laplace` what is believed.
"""

from dyadkit.synchrony.verdicts.course import VerdictCourse, follow_verdicts
from dyadkit.synchrony.verdicts.estimate import (
    NAMED_AT,
    PairRegime,
    PersonPair,
    PersonVerdict,
    Verdict,
    judge_persons,
)

__all__ = [
    "NAMED_AT",
    "PairRegime",
    "PersonPair",
    "PersonVerdict",
    "Verdict",
    "VerdictCourse",
    "follow_verdicts",
    "judge_persons",
]
