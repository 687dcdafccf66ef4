"""Beat detection in a whole recording."""

from dataclasses import dataclass, replace

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Bools, Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.signals.contact import ANY_SENSOR, Sensor, faults, held
from dyadkit.signals.ppg import fiducial, period, template
from dyadkit.signals.ppg.beats import Beats, no_beats
from dyadkit.signals.ppg.certainty import certainty
from dyadkit.signals.ppg.missed_beats import freed
from dyadkit.signals.ppg.path import FLOOR, Lattice, Rhythm, best_path
from dyadkit.signals.ppg.timing import timing
from dyadkit.signals.ppg.unconfirmed import confirmed
from dyadkit.signals.ppg.waveform import (
    MAX_RATE_HZ,
    MIN_RATE_HZ,
    WORKING_HZ,
    Polarity,
    Waveform,
    condition,
    heartless,
)
from dyadkit.signals.ppg.waveform_error import waveform_error

MIN_S = 3.0  # shorter stretches do not tell a beat from a bump
FAINT = 1e-7  # upslope per second over the range of the input: below is rounding, not pulse
GAP_S = 0.5  # shorter losses are bridged by the wave itself

SPOILED_ERROR = 0.62  # residual over pulse from which on a pulse is spoiled
UNLIKE_UPSTROKE, UNLIKE_DOUBT = 0.65, 1.5
# A spoiled pulse still counts as a beat if no other place for it is at all likely.
HALF_TRUSTED_ODDS, MIN_ODDS = 0.021, 0.002
RIVALS_WEIGHT = 0.7  # of the odds of rivals beside the odds of shape, squared
AS_STEEP, CROWD_S, CROWD = 0.7, 3.0, 1.5  # rises for each beat within so many seconds around
FEW = 0.2  # share of pulses that must look like one for the rhythm to have a say
# Or the pulses are this much more alike than those found in noise of the wave's colour (3 draws).
# Less of a record does not tell: a few pulses of noise are alike by chance.
MORE_ALIKE, DRAWS, TELLING_S = 0.8, 3, 30.0

# How hard the rhythm holds: before a shape is learned, where the wave is clear, where it is buried.
STEADY_STIFFNESS, TRUSTED_STIFFNESS, DOUBTED_STIFFNESS = 0.6, 0.08, 1.1

NEAR_LIMIT = int(0.08 * WORKING_HZ)  # from a foot or crest, the low-pass reaches it
FOOT_S = 0.15  # from the foot of a rise to where it is steepest, at most

# Relative upslope at which steepness speaks neither for nor against a beat.
STEEP = 0.45
# Correlation with the usual upstroke: not a beat at all, neither way (clear, buried), surely one.
UNLIKE, NEUTRAL, NEUTRAL_IN_NOISE, ALIKE = 0.2, 0.628, 0.457, 0.926
# Relative size that speaks neither way (clear, buried), and beyond which size counts against.
WEAK, WEAK_IN_NOISE = 0.245, 0.4
HUGE, HUGE_PRICE = 1.74, 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Pulses(Result):
    """Pulses of one wave with all that is known of them, before they are reduced to beats.

    at : shape (b,), working-sample index of the steepest rise of each beat
    trough, crest : shape (b,), where each rise begins and ends
    doubt : shape (b,), how far each pulse is from the usual one; above 1 it is spoiled
    certainty : shape (b,), probability of each among all sequences of beats, 0..1
    likeness : of each moment to the usual upstroke
    evident : whether there is a heart in the record, if buried, or maybe noise only
    """

    at: Ints
    trough: Ints
    crest: Ints
    doubt: Floats
    certainty: Floats
    likeness: template.Likeness
    evident: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class ChannelReading(Result):
    """Examination of one channel, made once: beats and quality are both read from it.

    faults : shape (n,), `SignalFault` bits per input sample
    wave, pulses : None where nothing can be seen
    """

    faults: Ints
    rate_hz: float
    wave: Waveform | None = None
    pulses: Pulses | None = None

    @property
    def seen(self) -> Bools:
        """Samples that carry the pulse, those at a limit for a moment among them, shape (n,)."""
        return np.asarray((self.faults == 0) | held(self.faults, self.rate_hz))

    @property
    def duration_s(self) -> float:
        """Length of the recording in seconds."""
        return len(self.faults) / self.rate_hz


def find_beats(
    ppg: ArrayLike,
    rate_hz: float,
    sensor: Sensor = ANY_SENSOR,
    polarity: Polarity = Polarity.FROM_WAVE,
) -> Beats:
    """Beats of one photoplethysmogram (PPG), sub-sample, each with a quality.

    Where the wave is clear the beats follow it, however irregular; where it is buried the rhythm
    around carries on and the quality says so. Nothing is found without contact.

    Parameters
    ----------
    ppg : shape (n,), raw counts or any unit; NaN where missing; either polarity
    rate_hz : samples per second, 16 to 20 000
    sensor : what the counts mean, for contact and saturation
    polarity : whether blood raises or lowers the counts, where known

    Returns
    -------
    beats in time order, in seconds from the first sample; none without 3 s of usable samples

    Raises
    ------
    ValueError
        the input is not one-dimensional or the rate is out of range

    Examples
    --------
    >>> import numpy as np
    >>> times_s = np.arange(0, 30, 0.01)
    >>> pulse = np.exp(3 * np.sin(2 * np.pi * 1.2 * times_s + np.sin(2 * np.pi * 1.2 * times_s)))
    >>> beats = find_beats(pulse, rate_hz=100.0)
    >>> float(np.median(np.diff(beats.times_s)).round(2))
    0.83
    """
    return beats_of(examine(ppg, rate_hz, sensor, polarity))


def examine(
    ppg: ArrayLike,
    rate_hz: float,
    sensor: Sensor = ANY_SENSOR,
    polarity: Polarity = Polarity.FROM_WAVE,
) -> ChannelReading:
    """Condition one channel and find its pulses; parameters as in `find_beats`."""
    counts = _checked(ppg, rate_hz)
    fault = faults(counts, rate_hz, sensor)
    nothing = ChannelReading(fault, rate_hz)
    if (fault == 0).sum() < MIN_S * rate_hz:
        return nothing
    wave = condition(counts, nothing.seen, rate_hz, polarity)
    at = np.minimum((np.arange(len(wave)) * rate_hz / WORKING_HZ).astype(int), len(counts) - 1)
    wave = replace(wave, cut_off=held(fault, rate_hz)[at])
    pulses = find_pulses(wave)
    if pulses is not None:
        pulses = replace(pulses, evident=_evident(wave, pulses))
    return ChannelReading(fault, rate_hz, wave, pulses)


def beats_of(reading: ChannelReading) -> Beats:
    """Time, quality, amplitude and level of each pulse of a reading."""
    if reading.wave is None or reading.pulses is None:
        return no_beats(reading.duration_s)
    wave, pulses = reading.wave, reading.pulses
    rise_s = fiducial.beat_times_s(wave, pulses.at, pulses.likeness.size)
    found = timing(wave, rise_s, pulses.doubt, pulses.likeness.shape)
    beats = Beats(
        times_s=found.times_s,
        quality=1 / (1 + pulses.doubt**2 * _rivals(pulses)),
        amplitude=wave.pulse[pulses.crest] - wave.pulse[pulses.trough],
        baseline=wave.baseline[pulses.at],
        duration_s=reading.duration_s,
        gaps_s=_gaps_s(reading.seen, reading.rate_hz),
        timing_error_s=found.error_s,
        cut_off=_at_limit(wave, pulses),
    )
    return confirmed(beats)


def find_pulses(wave: Waveform) -> Pulses | None:
    """Beats of a conditioned wave, or None when no pulse shape can be learned from it.

    First by steepness under a steady rhythm; then again with the record's own upstroke as the
    measure, the rhythm binding only where the wave itself is not to be trusted, and once more
    without it where it skipped clear rises.

    1. The steepest rises are as faint as rounding: no pulse, None.
    2. No shape is known yet. Size alone speaks, so beats must lie on peaks of it (`loose` is
       infinite) and the rhythm, from the wave's autocorrelation, is rather stiff everywhere.
    3. Twice, because a better path teaches a better shape: the beats of the last path teach the
       upstroke (too few of them: None), and the rhythm comes from these beats, each with the
       weight of its likeness. Where the wave is buried beats may lie anywhere, so that the rhythm
       carries on.
    4. Where clear rises were left out again and again, once more with less hold: at twice the
       rate, say, or every second beat weak. Shape and evidence stay.
    5. A path may run through what is not usable; no beat there is kept. None may be left.
    6. How sure each beat is, is asked of the lattice that the last path was chosen in.
    """
    level = template.usual_upslope(wave)
    if np.median(level) <= FAINT * np.ptp(wave.baseline + wave.pulse):
        return None
    n = len(wave)
    expected_s = period.from_wave(wave)
    steady = Rhythm(expected_s, np.full(n, STEADY_STIFFNESS))
    lattice = Lattice.of(_steepness(wave, level), steady, loose=np.inf)
    at = best_path(lattice)
    likeness = None
    for _ in range(2):
        shape = template.learn(wave.slope, at[wave.usable[at]], level)
        if shape is None:
            return None
        likeness = template.compare(wave, shape, level)
        weight = likeness.correlation[at] * np.minimum(1.0, likeness.trust[at] + 0.1)
        rhythm = _rhythm(at, weight, likeness.trust)
        evidence = _evidence(likeness, wave.usable)
        lattice = Lattice.of(evidence, rhythm)
        at = best_path(lattice)
    assert likeness is not None
    free = freed(rhythm, evidence, at, likeness.trust)
    if free is not None:
        lattice = Lattice.of(evidence, free)
        at = best_path(lattice)
    at = at[wave.usable[at]]
    if len(at) == 0:
        return None
    return _measured(wave, at, certainty(lattice, at), likeness)


def _evident(wave: Waveform, pulses: Pulses) -> bool:
    """Whether pulses look like one pulse, or at least more so than what is found in mere noise."""
    if np.mean(pulses.doubt < 1) >= FEW:
        return True
    if len(wave) < TELLING_S * WORKING_HZ:
        return False
    in_noise = [find_pulses(heartless(wave, seed)) for seed in range(DRAWS)]
    usual = [float(np.median(found.doubt)) for found in in_noise if found is not None]
    return bool(usual) and float(np.median(pulses.doubt)) < MORE_ALIKE * min(usual)


def _measured(wave: Waveform, at: Ints, sure: Floats, likeness: template.Likeness) -> Pulses:
    """The pulses at `at`, each with its rise and with what speaks against it."""
    unlike = likeness.correlation[at] < UNLIKE_UPSTROKE
    steepest = fiducial.steepest(wave, at)
    trough, crest = fiducial.rises(wave, steepest)
    doubt = waveform_error(wave, steepest, wave.pulse[crest] - wave.pulse[trough]) / SPOILED_ERROR
    unlike |= _crowded(wave, likeness, at) | _cut_off(wave.usable, steepest)
    doubt = np.where(unlike, np.maximum(doubt, UNLIKE_DOUBT), doubt)
    return Pulses(steepest, trough, crest, doubt, sure, likeness)


def _at_limit(wave: Waveform, pulses: Pulses) -> Bools:
    """Pulses whose foot or crest the sensor did not see."""
    if len(wave.cut_off) == 0:
        return np.zeros(len(pulses.at), dtype=bool)
    before = np.cumsum(np.r_[0, wave.cut_off])
    stop = np.minimum(pulses.crest + NEAR_LIMIT, len(wave))
    return np.asarray(before[stop] > before[np.maximum(pulses.trough - NEAR_LIMIT, 0)])


def _cut_off(usable: Bools, at: Ints) -> Bools:
    """Rises so soon after the signal begins that their foot was not seen."""
    begins = np.flatnonzero(usable & ~np.r_[False, usable[:-1]])
    last = np.clip(np.searchsorted(begins, at, side="right") - 1, 0, None)
    return np.asarray(at - begins[last] < FOOT_S * WORKING_HZ)


def _crowded(wave: Waveform, likeness: template.Likeness, at: Ints) -> Bools:
    """Beats among far more rises just like them: a wave too fast for any heart, such as light."""
    size = likeness.size
    alike = (likeness.correlation > NEUTRAL) & (size > AS_STEEP) & wave.usable
    alike[1:-1] &= (size[1:-1] >= size[:-2]) & (size[1:-1] > size[2:])
    rises = np.flatnonzero(alike)
    near = int(CROWD_S * WORKING_HZ)
    low, high = at - near, at + near
    count, own = (
        np.searchsorted(moments, high) - np.searchsorted(moments, low) for moments in (rises, at)
    )
    crowded = count > CROWD * own
    return np.asarray(crowded | (crowded.mean() > 0.5))


def _rivals(pulses: Pulses) -> Floats:
    """Factor on the doubt of each pulse: below 1 without rivals, above 1 with likely ones.

    A clear wave needs no such help. Where there may be no heart in the record at all, that no
    rhythm competes says nothing.
    """
    buried = 1 - pulses.likeness.trust[pulses.at]
    odds = (1 - pulses.certainty) / np.maximum(pulses.certainty, MIN_ODDS)
    floor = MIN_ODDS if pulses.evident else HALF_TRUSTED_ODDS
    return np.asarray((np.maximum(odds, floor) / HALF_TRUSTED_ODDS) ** (RIVALS_WEIGHT * buried))


def _checked(ppg: ArrayLike, rate_hz: float) -> Floats:
    """The input as one-dimensional floats."""
    counts = np.asarray(ppg, dtype=float)
    if counts.ndim != 1:
        raise ValueError(f"ppg must be one-dimensional, got shape {counts.shape}: pass one channel")
    if not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
        raise ValueError(
            f"rate_hz is {rate_hz}: beats can be found between {MIN_RATE_HZ:g} and "
            f"{MAX_RATE_HZ:g} Hz"
        )
    return counts


def _gaps_s(usable: Bools, rate_hz: float) -> Floats:
    """Spans, shape (g, 2), of at least `GAP_S` without usable samples."""
    edges = np.flatnonzero(np.diff(np.r_[False, ~usable, False].astype(int)))
    spans = edges.reshape(-1, 2) / rate_hz
    return np.asarray(spans[np.diff(spans, axis=1)[:, 0] >= GAP_S])


def _rhythm(at: Ints, weight: Floats, trust: Floats) -> Rhythm:
    stiffness = DOUBTED_STIFFNESS + (TRUSTED_STIFFNESS - DOUBTED_STIFFNESS) * trust
    return Rhythm(period.from_beats(at, weight, len(trust)), stiffness)


def _steepness(wave: Waveform, level: Floats) -> Floats:
    """Evidence from size alone: grows to 1 at the usual upslope, falls off beyond."""
    size = wave.slope / level
    excess = 1 - 0.25 * np.log(np.maximum(size, 1.0))
    evidence = np.where(size < 1, (size - STEEP) / (1 - STEEP), excess)
    return np.where(wave.usable, np.maximum(evidence, FLOOR), FLOOR)


def _evidence(likeness: template.Likeness, usable: Bools) -> Floats:
    """The lesser of what shape and size say: a weak beat of the right shape is a beat."""
    trust, correlation = likeness.trust, likeness.correlation
    neutral = NEUTRAL_IN_NOISE + (NEUTRAL - NEUTRAL_IN_NOISE) * trust
    reach = np.where(correlation < neutral, neutral - UNLIKE, ALIKE - neutral)
    by_shape = (correlation - neutral) / reach
    weak = np.log(WEAK_IN_NOISE + (WEAK - WEAK_IN_NOISE) * trust)
    size = np.log(np.maximum(likeness.size, 1e-3))
    by_size = np.where(size < 0, 1 - size / weak, 1 - HUGE_PRICE * (size - np.log(HUGE)))
    evidence = np.clip(np.minimum(by_shape, by_size), FLOOR, 1.0)
    return np.where(usable, evidence, FLOOR)
