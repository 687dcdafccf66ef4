"""Signal quality of one stream, second by second, with reasons: the same for every stream."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.signals.reason import SignalFault

SPOILED_SHARE = 0.25
MOVED = 3.0  # times the usual acceleration change
MIN_MOVED = 0.02  # of the mean acceleration (gravity): sensor noise is below


@dataclass(frozen=True, slots=True, eq=False)
class StreamQuality(Result):
    """Signal quality of each whole or started second of a stream; arrays of shape (seconds,).

    quality : 0..1; 0 where the sensor gave nothing, below 0.5 not to be used
    reasons : `SignalFault` bits for what is wrong; 0 where nothing is
    """

    quality: Floats
    reasons: Ints

    def lasting(self, seconds: int) -> "StreamQuality":
        """The same over so many seconds; what was not recorded is a gap."""
        missing = max(0, seconds - len(self.quality))
        return StreamQuality(
            np.pad(self.quality[:seconds], (0, missing)),
            np.pad(self.reasons[:seconds], (0, missing), constant_values=int(SignalFault.LINK_GAP)),
        )


def seconds_of(samples: int, rate_hz: float) -> int:
    """Whole or started seconds; one that holds no sample has not started."""
    return int((samples - 1) / rate_hz) + 1 if samples else 0


def trusted_share(values: Floats) -> float:
    """Share of a series that is known, 0 to 1: how far a signal is trusted, wherever it is said."""
    return float(np.isfinite(values).mean()) if len(values) else 0.0


def nothing_seen(seconds: int) -> StreamQuality:
    """The quality of a stream that was never there."""
    return StreamQuality(np.empty(0), np.empty(0, dtype=np.int64)).lasting(seconds)


def share_by_second(hit: Bools, rate_hz: float) -> Floats:
    """Share of each second's samples that are hit, shape (seconds,)."""
    index = (np.arange(len(hit)) / rate_hz).astype(int)
    return np.asarray(np.bincount(index, hit) / np.bincount(index))


def faults_by_second(faults: Ints, rate_hz: float) -> Ints:
    """`SignalFault` bits that spoil at least a quarter of their second, shape (seconds,)."""
    reasons = np.zeros(seconds_of(len(faults), rate_hz), dtype=np.int64)
    for reason in SignalFault:
        share = share_by_second((faults & int(reason)) > 0, rate_hz)
        reasons[share >= SPOILED_SHARE] |= int(reason)
    return reasons


def shaken(acceleration: Floats, seconds: int) -> Bools:
    """Seconds in which the acceleration, shape (m, 3), varies far more than usual."""
    size = np.linalg.norm(acceleration, axis=1)
    known = np.isfinite(size)
    if not known.any():
        return np.zeros(seconds, dtype=bool)
    still = float(np.median(size[known]))
    spread = _spread(size - still, known, seconds)
    usual = max(float(np.median(spread)), MIN_MOVED * still)
    return np.asarray(spread > MOVED * usual)


def movement(acceleration: Floats, seconds: int) -> Floats:
    """Standard deviation of the acceleration's size in each second, in g; NaN where unknown.

    Parameters
    ----------
    acceleration : shape (m, 3), in any unit: what it usually is is taken for gravity
    seconds : of the session
    """
    size = np.linalg.norm(acceleration, axis=1)
    known = np.isfinite(size)
    gravity = float(np.median(size[known])) if known.any() else 0.0
    if not gravity > 0.0:
        return np.full(seconds, np.nan)
    part = (np.arange(len(size)) * seconds // len(size))[known]
    spread = _spread(size / gravity - 1.0, known, seconds)
    return np.where(np.bincount(part, minlength=seconds) > 0, spread, np.nan)


def _spread(values: Floats, known: Bools, parts: int) -> Floats:
    """Standard deviation of the known values of each of so many equal parts; 0 of none."""
    part = (np.arange(len(values)) * parts // len(values))[known]
    count = np.maximum(np.bincount(part, minlength=parts), 1)
    mean = np.bincount(part, values[known], parts) / count
    return np.asarray(np.sqrt(np.bincount(part, (values[known] - mean[part]) ** 2, parts) / count))
