"""Signal quality of a photoplethysmogram (PPG): how far each second is trusted, and why not."""

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Bools, Floats
from dyadkit.signals.contact import ANY_SENSOR, Sensor
from dyadkit.signals.ppg.beats import TRUSTED, Beats
from dyadkit.signals.ppg.finding import ChannelReading, Pulses, beats_of, examine
from dyadkit.signals.ppg.waveform import WORKING_HZ
from dyadkit.signals.reason import SignalFault
from dyadkit.signals.seconds import (
    StreamQuality,
    faults_by_second,
    seconds_of,
    shaken,
    share_by_second,
)

__all__ = ["SignalFault", "StreamQuality", "judge_ppg", "ppg_quality", "quality_of"]

JERK = 1.7  # times the usual upslope: no pulse rises like this, a movement does
SILENT_S = 1.2  # from the nearest beat on, there is nothing to trust
MIN_DOUBT, MAX_DOUBT = 3e-5, 1e3  # beyond, a pulse is as good or as bad as can be


def ppg_quality(ppg: ArrayLike, rate_hz: float, sensor: Sensor = ANY_SENSOR) -> Floats:
    """Signal quality index of each second of a photoplethysmogram (PPG), 0..1.

    From what is left of each beat after the record's own usual pulse is taken out: template
    measures tell corrupted seconds better than moments of the distribution do. It judges the
    wave; whether a beat may be used is `Beats.quality`, which also weighs the rhythm around it.

    Parameters
    ----------
    ppg : shape (n,), raw counts or any unit; NaN where missing
    rate_hz : samples per second, 16 to 20 000
    sensor : what the counts mean

    Returns
    -------
    shape (ceil(n / rate_hz),), never NaN: 0 without signal or pulse, below 0.5 not to be used

    Raises
    ------
    ValueError
        the input is not one-dimensional or the rate is out of range

    Examples
    --------
    A finger that lifts off for four seconds, where the counts stand still:

    >>> import numpy as np
    >>> phase = 2 * np.pi * 1.2 * np.arange(0, 20, 0.01)
    >>> pulse = np.exp(3 * np.sin(phase + np.sin(phase)))
    >>> pulse[800:1200] = pulse[800]
    >>> ppg_quality(pulse, rate_hz=100.0)[6:14].round(1).tolist()
    [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0]

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
) -> StreamQuality:
    """Signal quality of each second of a photoplethysmogram as `ppg_quality`, with reasons.

    Parameters
    ----------
    ppg : shape (n,), raw counts or any unit; NaN where missing
    rate_hz : samples per second, 16 to 20 000
    sensor : what the counts mean
    acceleration : shape (m, 3), any unit, covering the same time; tells motion from weak signal

    Raises
    ------
    ValueError
        the input is not one-dimensional or the rate is out of range

    Examples
    --------
    >>> import numpy as np
    >>> phase = 2 * np.pi * 1.2 * np.arange(0, 20, 0.01)
    >>> pulse = np.exp(3 * np.sin(phase + np.sin(phase)))
    >>> pulse[800:1000], pulse[1000:1200] = pulse[800], np.nan
    >>> reasons = judge_ppg(pulse, rate_hz=100.0).reasons
    >>> [SignalFault(int(reason)).name for reason in reasons[8:12]]
    ['NO_CONTACT', 'NO_CONTACT', 'LINK_GAP', 'LINK_GAP']
    """
    return quality_of(examine(ppg, rate_hz, sensor), acceleration)


def quality_of(reading: ChannelReading, acceleration: ArrayLike | None = None) -> StreamQuality:
    """Quality of a channel that was already examined.

    A second may look like a pulse and yet hold no beat that counts, where the rhythm around it does
    not fit: it has a reason, too.
    """
    seconds = seconds_of(len(reading.faults), reading.rate_hz)
    reasons = faults_by_second(reading.faults, reading.rate_hz)
    seen = share_by_second(reading.seen, reading.rate_hz)
    quality = _between_beats(reading.pulses, seconds) * seen
    poor = (quality < TRUSTED) | _without_beats(beats_of(reading), seconds)
    moved = _jerked(reading, seconds)
    if acceleration is not None:
        moved |= shaken(np.asarray(acceleration, dtype=float), seconds)
    reasons[poor & moved & (reasons == 0)] |= int(SignalFault.MOTION)
    reasons[poor & (reasons == 0)] |= int(SignalFault.LOW_SNR)
    return StreamQuality(quality, reasons)


def _between_beats(pulses: Pulses | None, seconds: int) -> Floats:
    """Trust in the shape of the pulses around the middle of each second; 0 where none is near."""
    if pulses is None:
        return np.zeros(seconds)
    times_s, middle_s = pulses.at / WORKING_HZ, np.arange(seconds) + 0.5
    doubt = 2 * np.log(np.clip(pulses.doubt, MIN_DOUBT, MAX_DOUBT))
    after = np.clip(np.searchsorted(times_s, middle_s), 1, max(1, len(times_s) - 1))
    ends = np.abs(times_s[[np.minimum(after, len(times_s) - 1), after - 1]] - middle_s)
    near = ends.min(axis=0) <= SILENT_S
    carried = np.interp(middle_s, times_s, doubt)
    return np.where(near, 1 / (1 + np.exp(carried)), 0.0)


def _without_beats(beats: Beats, seconds: int) -> Bools:
    """Seconds around whose middle neither the beat before nor the one after is trusted."""
    after = np.searchsorted(beats.times_s, np.arange(seconds) + 0.5)
    trusted = np.r_[False, beats.trusted, False]
    return np.asarray(~(trusted[after] | trusted[after + 1]))


def _jerked(reading: ChannelReading, seconds: int) -> Bools:
    """Seconds that hold a rise no pulse makes."""
    if reading.pulses is None:
        return np.zeros(seconds, dtype=bool)
    size = reading.pulses.likeness.size
    index = (np.flatnonzero(size > JERK) / WORKING_HZ).astype(int)
    return np.bincount(index, minlength=seconds)[:seconds] > 0
