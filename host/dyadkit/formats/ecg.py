"""Heartbeats of an electrocardiogram, found by sleepecg, as inter-beat intervals."""

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.series import Series
from dyadkit.errors import extra

MIN_S, MAX_S = 0.25, 2.5
"""240 to 24 beats a minute: beyond, an interval is a beat found twice or not at all."""
MAX_OFF = 0.35
"""Of the local median: an interval further off is a doubled, missed or ectopic beat. Breathing
moves intervals by up to a quarter, and over several beats."""
NEIGHBOURS = 11
MIN_STRETCH_S = 10.0


def intervals_of(ecg: Series) -> tuple[Series | None, str]:
    """Inter-beat intervals in s at the beats that end them, and what there is to say of them.

    Intervals that no heart makes are left out, so that they become gaps. None where no two beats
    are found.

    Raises
    ------
    MissingExtraError
        sleepecg is not installed
    """
    with extra("files"):
        from sleepecg.heartbeats import detect_heartbeats
    times_s = ecg.when_s
    beats = []
    for part in _known_stretches(ecg.values):
        step_s = np.diff(times_s[part])
        if len(step_s) == 0 or step_s.sum() < MIN_STRETCH_S:
            continue
        rate_hz = 1 / float(np.median(step_s))
        beats.append(times_s[part][detect_heartbeats(ecg.values[part], rate_hz)])
    found = [(one[1:], np.diff(one)) for one in beats if len(one) > 1]
    if not found:
        return None, "no heartbeats were found in the ECG"
    ends_s, lengths_s = (np.concatenate(column) for column in zip(*found, strict=True))
    good = _plausible(lengths_s)
    said = f"heartbeats found in the ECG by sleepecg, {good.sum()} of {len(good)} intervals kept"
    if good.sum() < 2:
        return None, said
    return Series(lengths_s[good], times_s=ends_s[good], unit="s", sensor="ecg"), said


def _known_stretches(values: Floats) -> list[np.ndarray]:
    """Indices of each stretch without a missing value."""
    known = np.flatnonzero(np.isfinite(values))
    return np.split(known, np.flatnonzero(np.diff(known) > 1) + 1) if len(known) else []


def _plausible(lengths_s: Floats) -> np.ndarray:
    half = NEIGHBOURS // 2
    padded = np.pad(lengths_s, half, mode="reflect" if len(lengths_s) > half else "edge")
    usual_s = np.median(np.lib.stride_tricks.sliding_window_view(padded, NEIGHBOURS), axis=1)
    near = np.abs(lengths_s - usual_s) <= MAX_OFF * usual_s
    return near & (lengths_s >= MIN_S) & (lengths_s <= MAX_S)
