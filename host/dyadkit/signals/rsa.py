"""Respiratory sinus arrhythmia (RSA): what breathing does to the intervals, in the age's own band.

Breath moves the heart at its own frequency, and that falls from an infant's to an adult's. A band
for adults holds hardly any of an infant's breath, so the band follows the age. Where the age is not
known, the data say which band fits, and the assumption is stated.
"""

from dataclasses import dataclass

import numpy as np
from scipy import signal
from scipy.interpolate import CubicSpline

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.dyad.people import AgeBand, Person
from dyadkit.dyad.result import Result
from dyadkit.signals.ppg.intervals import Intervals
from dyadkit.signals.respiration import Respiration
from dyadkit.signals.rhythm import HeartRhythm
from dyadkit.signals.spread import NOISE_SHARE

GRID_HZ = 4.0
Band = tuple[float, float]
ADULT_HZ: Band = (0.15, 0.40)
CHILD_HZ: Band = (0.15, 0.60)
INFANT_HZ: Band = (0.24, 1.04)
BANDS_HZ = {
    AgeBand.INFANT: INFANT_HZ,
    AgeBand.TODDLER: INFANT_HZ,
    AgeBand.CHILD: CHILD_HZ,
    AgeBand.ADOLESCENT: ADULT_HZ,
    AgeBand.ADULT: ADULT_HZ,
    AgeBand.OLDER: ADULT_HZ,
}
EDGE_HZ = 0.02
"""The filter's edges lie this far outside of the band, so that breath at an edge counts whole."""
TAPS = 331
"""Of the band-pass: what twice `EDGE_HZ` of transition costs a Hamming window at 4 Hz."""
MAX_CYCLES = 0.45
"""Of a wave between two beats, up to which its loss is given back: beyond, noise would grow."""
WINDOW_S = {ADULT_HZ: 20.0, CHILD_HZ: 16.0, INFANT_HZ: 12.0}
"""Hann window of the local power: half of it counts, three breaths at the usual rate of the age."""
MIN_SEEN = 0.8
MIN_KNOWN_SHARE = 0.5
MAX_BRIDGED_S = 2.5
"""Intervals this far apart are joined by the curve: an early beat, not a gap."""
FAST_BPM = 105.0
"""A heart above this at rest is a child's; of an adult in effort RSA is no index either."""
MIN_S = 60.0
MAX_DOUBT = 0.6
"""Of ln RSA: where noise may be more of it, nothing is stated; the middle is then within 0.3."""


@dataclass(frozen=True, slots=True, eq=False)
class Rsa(Result):
    """Respiratory sinus arrhythmia (RSA) of one person, as a number and as a series.

    band_hz : what counts as breath; NaN where it is not known
    ln_ms2 : natural logarithm of the power of intervals in that band; NaN where too little was
        seen, the rhythm is not the sinus node's, or breathing lies outside of the band
    interval : of `ln_ms2`, between all and nothing of what noise in the wave can add
    wave_ms : shape (n,), intervals within the band on a 4 Hz grid, NaN where not seen
    assumption : what the band rests on, a sentence; empty where the age is known
    why : why there is no number; empty where there is one
    noise_ms2 : what noise in the wave adds to its power in all likelihood, taken off every figure
    """

    band_hz: Band
    ln_ms2: float
    interval: Band
    wave_ms: Floats
    assumption: str = ""
    why: str = ""
    noise_ms2: float = 0.0

    @property
    def series_ln_ms2(self) -> Floats:
        """Course of ln RSA, shape (n,) at 4 Hz; NaN where less than half of the window was seen."""
        half = round(WINDOW_S.get(self.band_hz, 20.0) * GRID_HZ / 2)
        return local_ln_power(self.wave_ms, half, self.noise_ms2)

    def ln_of(self, part_ms: Floats) -> float:
        """Ln RSA of a part of `wave_ms`; NaN where there is none, or none of the whole."""
        known = part_ms[np.isfinite(part_ms)]
        if self.why or not len(known):
            return np.nan
        return _ln(float(_less_noise(np.asarray(np.mean(known**2)), self.noise_ms2)))


@dataclass(frozen=True, slots=True)
class BandChoice:
    """Band that RSA is read in, what it rests on, and why it cannot be told."""

    band_hz: Band
    assumption: str = ""
    why: str = ""


def band_of(person: Person, heart_bpm: float, breathing: Respiration) -> BandChoice:
    """The RSA band of a person, by age; where that is not known, by breath and heart.

    Examples
    --------
    >>> nothing = Respiration(np.zeros(0), np.zeros(0), np.zeros(0))
    >>> band_of(Person(age_years=0.5), 140.0, nothing)
    BandChoice(band_hz=(0.24, 1.04), assumption='', why='')
    >>> band_of(Person(), 70.0, nothing).assumption
    'age unknown: RSA in the band of adults, 0.15 to 0.40 Hz'

    References
    ----------
    Adults: Task Force 1996, Circulation 93(5). Infants and toddlers: Bar-Haim, Marshall & Fox 2000,
    Dev Psychobiol 37(1). Children: Finley & Nugent 1995, J Auton Nerv Syst 51(2). Breath by age:
    Fleming et al. 2011, Lancet 377.
    """
    known = breathing.breaths_per_minute[np.isfinite(breathing.breaths_per_minute)]
    seen = len(known) >= MIN_KNOWN_SHARE * max(len(breathing.breaths_per_minute), 1)
    breath_hz = float(np.median(known)) / 60.0 if seen and len(known) else np.nan
    band = BANDS_HZ.get(person.band)
    if band is not None:
        return BandChoice(band, why=_outside(breath_hz, band))
    if np.isnan(breath_hz) and heart_bpm > FAST_BPM:
        why = f"age unknown, and a heart of {heart_bpm:.0f} a minute may be a child's: tell the age"
        return BandChoice(ADULT_HZ, why=why)
    fast = breath_hz > ADULT_HZ[1]
    band, whose = (INFANT_HZ, "infants") if fast else (ADULT_HZ, "adults")
    because = f", because of {60 * breath_hz:.0f} breaths a minute" * fast
    low, high = band
    assumed = f"age unknown: RSA in the band of {whose}, {low:.2f} to {high:.2f} Hz{because}"
    return BandChoice(band, assumed, _outside(breath_hz, band))


def _outside(breath_hz: float, band: Band) -> str:
    """Why breath at this frequency has no RSA in the band; empty where it may have."""
    if not (breath_hz < band[0] or breath_hz > band[1]):
        return ""
    low, high = (60 * edge for edge in band)
    return (
        f"{60 * breath_hz:.0f} breaths a minute lie outside of the band of {low:.0f} to {high:.0f}"
    )


def rsa(found: Intervals, duration_s: float, choice: BandChoice, rhythm: HeartRhythm) -> Rsa:
    """Respiratory sinus arrhythmia (RSA) of normal intervals in the band of `choice`.

    Intervals become a smooth curve on a 4 Hz grid (a straight line between beats would lose half
    of an infant's), which a band-pass splits; its mean square is the number.

    Parameters
    ----------
    found : inter-beat intervals of the whole recording
    duration_s : length of the recording
    choice : from `band_of`
    rhythm : of the recording; only the sinus node's follows breath
    """
    curve, seen = _curve_ms(found, int(duration_s * GRID_HZ))
    wave = _in_band(curve, seen, _reachable(choice.band_hz, found), _usual_s(found))
    known = np.isfinite(wave)
    power, noise = (
        (float(np.mean(wave[known] ** 2)), NOISE_SHARE * _noise_ms2(found, choice.band_hz))
        if known.sum() >= MIN_S * GRID_HZ
        else (0.0, 0.0)
    )
    interval = (_ln(power - noise), _ln(power))
    why = choice.why or _unsaid(interval, rhythm)
    value = np.nan if why else _ln(power - 0.5 * noise)
    return Rsa(choice.band_hz, value, interval, wave, choice.assumption, why, 0.5 * noise)


def _unsaid(interval: Band, rhythm: HeartRhythm) -> str:
    if not rhythm.vagal:
        return "the rhythm is irregular"
    if np.isnan(interval[1]):
        return f"less than {MIN_S:.0f} s of normal intervals were seen"
    if not interval[1] - interval[0] <= MAX_DOUBT:
        return "noise in the pulse wave may be as large as what breathing does"
    return ""


def no_rsa(samples: int, why: str) -> Rsa:
    """RSA of one whose beats are not known, on so many samples of the grid."""
    nan = float("nan")
    return Rsa((nan, nan), nan, (nan, nan), np.full(samples, np.nan), why=why)


def local_ln_power(wave: Floats, half: int, noise: float) -> Floats:
    """Logarithm of the mean square in a Hann window of 2 · half + 1 samples, shape of `wave`."""
    kernel = np.hanning(2 * half + 3)[1:-1]
    known = np.isfinite(wave)
    weight = np.convolve(known, kernel, "same")
    square = np.convolve(np.where(known, wave, 0.0) ** 2, kernel, "same")
    with np.errstate(divide="ignore", invalid="ignore"):
        course = np.log(_less_noise(square / weight, noise))
    course[(weight < MIN_KNOWN_SHARE * kernel.sum()) | ~np.isfinite(course)] = np.nan
    return np.asarray(course[: len(wave)])


def _less_noise(power: Floats, noise: float) -> Floats:
    """Power without noise; a quarter stays where breathing is weaker than noise."""
    return np.asarray(np.maximum(power - noise, 0.25 * power))


def _curve_ms(found: Intervals, samples: int) -> tuple[Floats, Bools]:
    """Normal intervals as a smooth curve on the grid, and where it rests on them."""
    grid_s = np.arange(samples) / GRID_HZ
    middle_s = 0.5 * (found.start_s + found.stop_s)[found.normal]
    length_ms = 1e3 * found.interval_s[found.normal]
    curve, seen = np.full(samples, np.nan), np.zeros(samples, dtype=bool)
    if len(middle_s) < 4:
        return curve, seen
    breaks = np.flatnonzero(np.diff(middle_s) > MAX_BRIDGED_S) + 1
    for part in np.split(np.arange(len(middle_s)), breaks):
        if len(part) < 4:
            continue
        inside = (grid_s >= middle_s[part[0]]) & (grid_s <= middle_s[part[-1]])
        curve[inside] = CubicSpline(middle_s[part], length_ms[part])(grid_s[inside])
        seen |= inside
    return curve, seen


def _in_band(curve: Floats, seen: Bools, band: Band, beat_s: float) -> Floats:
    """The curve within the band; NaN where it was not seen, or too near to where it was not."""
    if not seen.any() or not band[1] > band[0] + 2 * EDGE_HZ:
        return np.full(len(curve), np.nan)
    whole = np.interp(np.arange(len(curve)), np.flatnonzero(seen), curve[seen])
    kernel = _band_pass(band, beat_s)
    reach = TAPS // 2
    padded = np.pad(whole - whole.mean(), reach, mode="reflect", reflect_type="odd")
    wave = signal.fftconvolve(padded, kernel, "valid")
    near = np.convolve(seen, np.ones(round(1.0 / band[0] * GRID_HZ)), "same")
    full = near >= MIN_SEEN * near.max()
    return np.where(seen & full, wave, np.nan)


def _band_pass(band: Band, beat_s: float) -> Floats:
    """Kernel that keeps the band, and gives back what a curve through so rare beats has lost.

    A cubic spline through points `beat_s` apart passes a wave of frequency f by
    3 sinc⁴(f beat_s) / (2 + cos 2π f beat_s): three quarters of it at the slowest hearts.

    References
    ----------
    Unser, Aldroubi & Eden 1993, IEEE Trans Signal Process 41(2), 834–848
    """
    low, high = band[0] - EDGE_HZ, min(band[1] + EDGE_HZ, 0.49 * GRID_HZ)
    inside_hz = np.linspace(low, high, 64)
    cycles = np.minimum(inside_hz * beat_s, MAX_CYCLES)
    passed = 3.0 * np.sinc(cycles) ** 4 / (2.0 + np.cos(2.0 * np.pi * cycles))
    edges_hz = np.r_[0.0, low - EDGE_HZ, inside_hz, high + EDGE_HZ, GRID_HZ / 2]
    gains = np.r_[0.0, 0.0, 1.0 / passed, 0.0, 0.0]
    return np.asarray(signal.firwin2(TAPS, edges_hz, gains, fs=GRID_HZ))


def _usual_s(found: Intervals) -> float:
    """The usual interval; 0 where none is normal."""
    return float(np.median(found.interval_s[found.normal])) if found.normal.any() else 0.0


def _reachable(band: Band, found: Intervals) -> Band:
    """The band below half of the heart rate: beats show no faster breath."""
    usual_s = _usual_s(found)
    return (band[0], min(band[1], 0.5 / usual_s)) if usual_s > 0.0 else band


def _noise_ms2(found: Intervals, band: Band) -> float:
    """Power in the band of what noise in the wave does to the intervals, at most.

    Each beat's error shortens one interval and lengthens the next: its spectrum rises with the
    square of the frequency, and little of it lies in the band of a slow breath.
    """
    beat_hz = 1.0 / _usual_s(found)
    low, high = _reachable(band, found)
    frequency_hz = np.linspace(low, high, 64)
    density = 4.0 * (1.0 - np.cos(2.0 * np.pi * frequency_hz / beat_hz)) / beat_hz
    of_a_beat = 0.5 * float(np.mean(found.error_s[found.normal] ** 2))
    return 1e6 * of_a_beat * float(np.trapezoid(density, frequency_hz))


def _ln(power: float) -> float:
    return float(np.log(power)) if power > 0.0 else np.nan
