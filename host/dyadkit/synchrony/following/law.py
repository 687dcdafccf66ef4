"""Chance law of following: the largest score over lags, of the session or of parts of it.

Scores are standard normal with a known correlation between lags, whoever the people are. So one
simulation serves all sessions: of the largest score of the whole, of the evidence for following in
some of five stretches, and of the smaller p of the two. Where responses are few or come in volleys
the law promises too much: no p is smaller than the share of the rolls with as large a score.
"""

import functools
from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.synchrony.following.rolls import STRETCHES, share_above
from dyadkit.synchrony.following.score import WIDTH_S, LagScores

DRAWS = 40_000
SEED = 20_240
IN_STRETCH, EFFECT = 0.4, 1.5
"""Prior share of stretches with following, and its usual size there, in standard deviations."""
TAIL = 0.995
"""Beyond this quantile an exponential tail takes over from counting draws."""


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """Simulated chance: sorted draws of both statistics, and of the smaller p of the two."""

    whole: Floats
    parts: Floats
    smaller: Floats


def p_of(scores: LagScores) -> tuple[float, int]:
    """Chance of so much following at any lag, and the index of the lag that stands out most."""
    law = _law(tuple(np.round(scores.lags_s, 6).tolist()))
    evidence = _evidence(scores.stretches)
    whole, parts = float(scores.whole.max()), float(evidence.max())
    rolled_whole, rolled_parts = _rolled_shares(scores)
    p_whole = max(_above(whole, law.whole), rolled_whole)
    p_parts = max(_above(parts, law.parts), rolled_parts)
    best = int(scores.whole.argmax() if p_whole <= p_parts else evidence.argmax())
    return _above(-np.log(min(p_whole, p_parts)), law.smaller), best


def _rolled_shares(scores: LagScores) -> tuple[float, float]:
    """How often rolls of the partner reach the session's largest score, and evidence of parts."""
    lags, spread = len(scores.lags_s), np.sqrt(scores.rolls.dispersion)
    parts, rolled = (
        _evidence(one / spread) for one in (scores.plain_stretches, scores.rolls.stretches)
    )
    return (
        share_above(scores.rolls.whole, float(scores.plain_whole.max()), lags),
        share_above(rolled, float(parts.max()), lags),
    )


def _evidence(stretches: Floats) -> Floats:
    """Log likelihood that some stretches, and others not, follow; (..., stretches, lags)."""
    ratio = np.exp(np.minimum(EFFECT * stretches - EFFECT**2 / 2, 50.0))
    return np.asarray(np.log(1.0 - IN_STRETCH + IN_STRETCH * ratio).sum(axis=-2))


@functools.lru_cache(maxsize=8)
def _law(lags_s: tuple[float, ...]) -> Law:
    lags = np.array(lags_s)
    apart = lags[:, None] - lags
    values, vectors = np.linalg.eigh(np.exp(-(apart**2) / (4 * WIDTH_S**2)))
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    rng = np.random.default_rng(SEED)
    whole, parts = np.empty(DRAWS), np.empty(DRAWS)
    for part in np.array_split(np.arange(DRAWS), 20):
        fields = rng.standard_normal((len(part), STRETCHES, len(lags))) @ root.T
        whole[part] = fields.sum(axis=1).max(axis=-1) / np.sqrt(STRETCHES)
        parts[part] = _evidence(fields).max(axis=-1)
    smaller = [np.array([_above(one, null) for one in own]) for own, null in
               ((whole, np.sort(whole)), (parts, np.sort(parts)))]  # fmt: skip
    excess = np.sort(-np.log(np.minimum(*smaller)))
    return Law(np.sort(whole), np.sort(parts), excess)


def _above(value: float, null: Floats) -> float:
    """Chance of a value at least as large."""
    start = int(TAIL * len(null))
    if value <= null[start]:
        return max(len(null) - int(np.searchsorted(null, value)), 1) / len(null)
    mean_excess = float((null[start:] - null[start]).mean())
    return float((1.0 - TAIL) * np.exp(-(value - null[start]) / mean_excess))
