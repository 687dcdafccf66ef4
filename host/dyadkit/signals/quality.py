"""How far each second of a photoplethysmogram can be trusted, and why not."""

from dataclasses import dataclass

import numpy as np

from dyadkit.arrays import ArrayLike, Bools, Floats, Ints
from dyadkit.result import Result
from dyadkit.signals.contact import ANY_SENSOR, Sensor
from dyadkit.signals.ppg.beats import TRUSTED, Beats
from dyadkit.signals.ppg.finding import Reading, beats_of, examine
from dyadkit.signals.ppg.waveform import WORKING_HZ
from dyadkit.signals.reason import Reason

__all__ = ["PpgQuality", "Reason", "judge_ppg", "ppg_quality", "quality_of"]

JERK = 1.7  # times the usual upslope: no pulse rises like this, a movement does
SILENT_S = 1.2  # from the nearest beat on, there is nothing to trust
SPOILED_SHARE = 0.25
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

    From what is left of each beat after the record's own usual pulse is taken out: template
    measures tell corrupted seconds better than moments of the distribution do.

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
    reading = examine(ppg, rate_hz, sensor)
    return quality_of(reading, beats_of(reading), acceleration)


def quality_of(reading: Reading, beats: Beats, acceleration: ArrayLike | None = None) -> PpgQuality:
    """Quality of a channel that was already examined, from the beats read from it."""
    seconds = int(np.ceil(reading.duration_s))
    reasons = _faults_by_second(reading, seconds)
    quality = _between_beats(beats, seconds) * _share_by_second(reading.faults == 0, reading)
    poor = quality < TRUSTED
    moved = _jerked(reading, seconds)
    if acceleration is not None:
        moved |= _shaken(np.asarray(acceleration, dtype=float), seconds)
    reasons[poor & moved & (reasons == 0)] |= int(Reason.MOTION)
    reasons[poor & (reasons == 0)] |= int(Reason.LOW_SNR)
    return PpgQuality(quality, reasons)


def _between_beats(beats: Beats, seconds: int) -> Floats:
    """Beat quality carried to the middle of each second; 0 where no beat is near."""
    if len(beats) == 0:
        return np.zeros(seconds)
    middle_s = np.arange(seconds) + 0.5
    doubt = np.log(np.clip(1 / np.maximum(beats.quality, 1e-6) - 1, 1e-9, None))
    after = np.clip(np.searchsorted(beats.times_s, middle_s), 1, max(1, len(beats) - 1))
    ends = np.abs(beats.times_s[[np.minimum(after, len(beats) - 1), after - 1]] - middle_s)
    near = ends.min(axis=0) <= SILENT_S
    carried = np.interp(middle_s, beats.times_s, doubt)
    return np.where(near, 1 / (1 + np.exp(carried)), 0.0)


def _jerked(reading: Reading, seconds: int) -> Bools:
    """Seconds that hold a rise no pulse makes."""
    if reading.pulses is None:
        return np.zeros(seconds, dtype=bool)
    size = reading.pulses.likeness.size
    index = (np.flatnonzero(size > JERK) / WORKING_HZ).astype(int)
    return np.bincount(index, minlength=seconds)[:seconds] > 0


def _share_by_second(hit: Bools, reading: Reading) -> Floats:
    """Share of each second's samples that are hit."""
    index = (np.arange(len(hit)) / reading.rate_hz).astype(int)
    return np.asarray(np.bincount(index, hit) / np.bincount(index))


def _faults_by_second(reading: Reading, seconds: int) -> Ints:
    """Faults that spoil at least a quarter of their second."""
    reasons = np.zeros(seconds, dtype=np.int64)
    for reason in Reason:
        share = _share_by_second((reading.faults & int(reason)) > 0, reading)
        reasons[share >= SPOILED_SHARE] |= int(reason)
    return reasons


def _shaken(acceleration: Floats, seconds: int) -> Bools:
    """Seconds in which the acceleration varies far more than usual."""
    size = np.linalg.norm(acceleration, axis=1)
    parts = np.array_split(size, seconds)
    spread = np.array([np.nanstd(part) if np.isfinite(part).any() else 0.0 for part in parts])
    usual = max(float(np.median(spread)), MOVED_LEAST * float(np.nanmedian(size)))
    return np.asarray(spread > MOVED * usual)
