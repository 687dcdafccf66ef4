"""Missed beats: clear rises between the chosen ones, again and again, that the rhythm hides."""

import numpy as np

from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.signals.ppg.path import MIN_INTERVAL_S, Rhythm
from dyadkit.signals.ppg.waveform import WORKING_HZ, gaussian, smooth

BIN = 5  # working samples per bin of the local mean
AROUND_S = 2.0
MANY = 0.25  # evidence left over, per chosen beat, that no rhythm may overrule
CLEAR_TRUST = 0.5  # below, rises are anyone's
FREE_STIFFNESS = 0.03


def freed(rhythm: Rhythm, evidence: Floats, at: Ints, trust: Floats) -> Rhythm | None:
    """The rhythm with less hold where it skipped clear rises; None where it skipped none.

    A run at twice the rate, or every second beat early and weak, looks to a rhythm that knows the
    beats around like a slow pulse with bumps; the bumps are beats if they come that regularly.

    Parameters
    ----------
    rhythm : that `at` was chosen by
    evidence : shape (n,), of each moment to be a beat
    at : shape (b,), the beats chosen
    trust : shape (n,), 0..1, how clear the wave is
    """
    relief = np.clip(_left_over(evidence, at) / MANY, 0, 1) ** 2 * (trust > CLEAR_TRUST)
    if not (relief > 0.1).any():
        return None
    free = np.minimum(FREE_STIFFNESS, rhythm.stiffness)
    return Rhythm(rhythm.period_s, rhythm.stiffness + (free - rhythm.stiffness) * relief)


def _left_over(evidence: Floats, at: Ints) -> Floats:
    """Evidence of rises that were not chosen, per chosen beat around, shape (n,)."""
    inner = evidence[1:-1]
    rises = np.flatnonzero((inner >= evidence[:-2]) & (inner > evidence[2:]) & (inner > 0)) + 1
    skipped = rises[_distance(rises, at) >= MIN_INTERVAL_S * WORKING_HZ]
    bins, bell = len(evidence) // BIN + 1, gaussian(AROUND_S, WORKING_HZ / BIN)
    left, chosen = (
        smooth(np.bincount(moments // BIN, weight, bins).astype(float), bell)
        for moments, weight in ((skipped, evidence[skipped]), (at, np.ones(len(at))))
    )
    centres = np.arange(bins) * BIN + BIN // 2
    return np.interp(np.arange(len(evidence)), centres, left / (chosen + 1e-9))


def _distance(moments: Ints, at: Ints) -> Floats:
    """From each moment to the nearest of `at`, in working samples; infinite without any."""
    if len(at) == 0:
        return np.full(len(moments), np.inf)
    after = np.searchsorted(at, moments)
    sides = np.stack([at[np.minimum(after, len(at) - 1)], at[np.maximum(after - 1, 0)]])
    return np.asarray(np.abs(sides - moments).min(axis=0), dtype=float)
