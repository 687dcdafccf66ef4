"""How far each second of a photoplethysmogram can be trusted, and why not."""

from dataclasses import dataclass

import numpy as np

from dyadkit.arrays import ArrayLike, Floats, Ints
from dyadkit.result import Result
from dyadkit.signals.contact import ANY_SENSOR, Sensor
from dyadkit.signals.ppg.beats import TRUSTED
from dyadkit.signals.ppg.finding import Reading, examine
from dyadkit.signals.ppg.waveform import WORKING_HZ
from dyadkit.signals.reason import Reason

__all__ = ["PpgQuality", "Reason", "judge_ppg", "ppg_quality", "quality_of"]

JERK = 1.7  # times the usual upslope: no pulse rises like this, a movement does
MOVED = 3.0  # times the usual acceleration change
MOVED_LEAST = 0.02  # of the mean acceleration (gravity): sensor noise is below


@dataclass(frozen=True, slots=True, eq=False)
class PpgQuality(Result):
    """Trust in each whole or started second; arrays of shape (seconds,).

    quality : 0..1; 0 without contact, below 0.5 the beats are guesses
    reasons : `Reason` bits for what is wrong; 0 where nothing is
    """

    quality: Floats
    reasons: Ints


def ppg_quality(ppg: ArrayLike, rate_hz: float, sensor: Sensor = ANY_SENSOR) -> Floats:
    """Trust in each second of one photoplethysmogram, 0..1, shape (ceil(n / rate_hz),).

    The share of the wave's rising energy that has the shape of this record's own upstroke: a
    template measure tells corrupted seconds better than moments of the distribution.

    References
    ----------
    Orphanidou et al. 2015, IEEE J Biomed Health Inform 19(3), doi:10.1109/JBHI.2014.2338351
    """
    return judge_ppg(ppg, rate_hz, sensor).quality


def judge_ppg(
    ppg: ArrayLike,
    rate_hz: float,
    sensor: Sensor = ANY_SENSOR,
    acceleration: ArrayLike | None = None,
) -> PpgQuality:
    """As `ppg_quality`, with reasons.

    Parameters
    ----------
    ppg : shape (n,), raw counts or any unit; NaN where missing
    rate_hz : samples per second, 20 to 2000
    sensor : what the counts mean
    acceleration : shape (m, 3), any unit, covering the same time; tells motion from weak signal
    """
    return quality_of(examine(ppg, rate_hz, sensor), acceleration)


def quality_of(reading: Reading, acceleration: ArrayLike | None = None) -> PpgQuality:
    """Quality of a channel that was already examined."""
    seconds = int(np.ceil(reading.duration_s))
    reasons = _faults_by_second(reading, seconds)
    quality = np.zeros(seconds)
    if reading.wave is None or reading.pulses is None:
        return PpgQuality(quality, reasons | np.where(reasons == 0, int(Reason.LOW_SNR), 0))
    likeness = reading.pulses.likeness
    quality = _by_second(likeness.trust, seconds)
    poor = quality < TRUSTED
    moved = _by_second((likeness.size > JERK).astype(float), seconds) > 0
    if acceleration is not None:
        shaken = _shaken(np.asarray(acceleration, dtype=float), seconds)
        moved |= shaken
    reasons[poor & moved] |= int(Reason.MOTION)
    reasons[poor & (reasons == 0)] |= int(Reason.LOW_SNR)
    return PpgQuality(quality, reasons)


def _by_second(values: Floats, seconds: int) -> Floats:
    """Mean of working-rate values in each second; the last, started one counts what it has."""
    index = (np.arange(len(values)) / WORKING_HZ).astype(int)
    count = np.bincount(index, minlength=seconds)
    return np.asarray(np.bincount(index, values, seconds) / np.maximum(count, 1))[:seconds]


def _faults_by_second(reading: Reading, seconds: int) -> Ints:
    """Faults that spoil at least a quarter of their second."""
    index = (np.arange(len(reading.faults)) / reading.rate_hz).astype(int)
    reasons = np.zeros(seconds, dtype=np.int64)
    for reason in Reason:
        hit = (reading.faults & int(reason)) > 0
        share = np.bincount(index, hit, seconds) / np.bincount(index, minlength=seconds)
        reasons[share >= 0.25] |= int(reason)
    return reasons


def _shaken(acceleration: Floats, seconds: int) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Seconds in which the acceleration varies far more than usual."""
    size = np.linalg.norm(acceleration, axis=1)
    parts = np.array_split(size, seconds)
    spread = np.array([np.nanstd(part) if np.isfinite(part).any() else 0.0 for part in parts])
    usual = max(float(np.median(spread)), MOVED_LEAST * float(np.nanmedian(size)))
    return np.asarray(spread > MOVED * usual)
