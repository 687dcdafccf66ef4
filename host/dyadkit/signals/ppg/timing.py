"""Timing of each beat by its rise, or the whole pulse where noise hides the rise, and its error.

The usual pulse is fitted to every beat in height, level and place. What is left of a beat (noise,
movement, a change of shape) is put on the usual pulse in the place of other beats, and these are
timed as the recording was: they would all be equal if nothing moved them. So the error needs no
model of the noise and no constant.
"""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.signals.ppg import fiducial, template
from dyadkit.signals.ppg.waveform import (
    SLOPE_S,
    WORKING_HZ,
    Waveform,
    cubic,
    gaussian,
    gaussian_slope,
    smooth,
)

BEFORE, AFTER = int(0.28 * WORKING_HZ), int(0.70 * WORKING_HZ)
NEXT = int(0.16 * WORKING_HZ)  # the next rise begins this long before its steepest point
MAX_SHIFT = 0.06 * WORKING_HZ  # a pulse found at all lies no further from where it was found
TURNS = 2  # each improves the place, and with it the usual pulse
MOVES = (1, 2, 3)  # beats along, to where what is left of a beat is put
MIN_BEATS = 8
FAST = 3  # working samples between those whose bend is the wave's fast part, of 4 to 8 Hz
FAST_SHARE = 0.27  # of the variance of white noise, low-passed as waves are, that is in it
AROUND = 6.0  # beats: noise comes and goes within some
NOISY = 0.5  # share of the unevenness of the intervals that noise explains, where it has the say
CALM = 0.25  # share of the beats, the least noisy
ROUGHNESS = 6.0  # variance of second differences of independent errors: 1 + 4 + 1


@dataclass(frozen=True, slots=True, eq=False)
class Timing(Result):
    """Times of the beats of one wave; arrays of shape (b,).

    times_s : of the rise, or of the whole pulse, which is moved to where the rises are on average
    error_s : standard error of each: what noise moves it by
    """

    times_s: Floats
    error_s: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """The usual pulse in every beat: shape (cut,), height and shift (b,), what is left (b, cut)."""

    shape: Floats
    height: Floats
    shift: Floats
    left: Floats


def timing(wave: Waveform, rise_s: Floats, doubt: Floats, upstroke: Floats) -> Timing:
    """Time of each beat and how far noise moves it.

    The rise follows the heart more closely than the whole pulse, whose run-off goes with breath
    and rate. Where most of the unevenness is noise, the whole pulse is less uneven, and better.

    Parameters
    ----------
    wave : the pulse wave
    rise_s : shape (b,), the time of each rise
    doubt : shape (b,), how far each pulse is from the usual one; above 1 it is spoiled, and says
        nothing of the others
    upstroke : the record's usual upstroke, that rises are timed by

    References
    ----------
    Cook & Stefanski 1994, J Am Stat Assoc 89(428): errors measured by adding more of the same
    """
    at = rise_s * WORKING_HZ
    sound = (at > BEFORE + 1) & (at < len(wave) - AFTER - 3) & (doubt < 1)
    if sound.sum() < MIN_BEATS:
        return Timing(rise_s, np.full(len(at), np.inf))
    own = _own(at)
    fit = _fit(wave, at[sound], own[sound])
    squares = _rise_squares(fit, upstroke) + _shift_squares(fit, own[sound])
    error_s = np.sqrt(smooth(squares, gaussian(AROUND, 1.0)))
    error_s = np.interp(at, at[sound], error_s) * np.maximum(doubt, 1.0)
    return _nearer(Timing(rise_s, error_s), _whole_s(wave, rise_s, sound, own), sound)


def _nearer(rise: Timing, whole_s: Floats, sound: Bools) -> Timing:
    """The rises; the whole pulses where noise has the say and these are more even.

    Both hold the heart's own unevenness, so that what one has less of is noise. The noise of calm
    beats counts: movement elsewhere is no reason to time these less closely.
    """
    uneven = _unevenness(rise.times_s, sound)
    noise = ROUGHNESS * float(np.quantile(rise.error_s[sound] ** 2, CALM))
    if noise < NOISY**2 * uneven or _unevenness(whole_s, sound) >= uneven:
        return rise
    return Timing(whole_s, rise.error_s)


def _unevenness(times_s: Floats, sound: Bools) -> float:
    """Mean square of the differences between successive intervals of sound beats."""
    steps = np.diff(times_s, 2)[sound[2:] & sound[1:-1] & sound[:-2]]
    return float(np.mean(steps**2)) if len(steps) else 0.0


def _whole_s(wave: Waveform, rise_s: Floats, sound: Bools, own: Floats) -> Floats:
    """Time of each sound pulse as a whole; the rise's where the pulse is spoiled."""
    at = rise_s[sound] * WORKING_HZ
    moved = np.zeros(len(at))
    for _ in range(TURNS):
        shift = _fit(wave, at + moved, own[sound]).shift
        moved = np.clip(moved + shift, -MAX_SHIFT, MAX_SHIFT)
    whole_s = rise_s.copy()
    whole_s[sound] += (moved - np.median(moved)) / WORKING_HZ
    return whole_s


def _own(at: Floats) -> Floats:
    """1 where a beat's cut is its own, 0 where the next beat has begun; shape (b, cut)."""
    until = np.diff(at, append=at[-1] + BEFORE + AFTER) - NEXT
    return np.asarray(np.arange(-BEFORE, AFTER) < np.maximum(until, NEXT)[:, None], dtype=float)


def _fit(wave: Waveform, place: Floats, own: Floats) -> _Fit:
    """Least squares of the usual pulse, its slope (a small shift) and a level in every beat."""
    cuts = cubic(wave.pulse, np.clip(place[:, None] + np.arange(-BEFORE, AFTER), 1, len(wave) - 3))
    count = own.sum(axis=1, keepdims=True)
    centred = own * (cuts - (own * cuts).sum(axis=1, keepdims=True) / count)
    size = np.sqrt((centred**2).sum(axis=1, keepdims=True) / count) + 1e-300
    shape = np.median(centred / size, axis=0)
    parts = np.stack([shape, np.gradient(shape), np.ones(len(shape))])
    masked = parts * own[:, None, :]
    normal = masked @ parts.T + 1e-9 * np.eye(3)
    weight = np.linalg.solve(normal, masked @ cuts[:, :, None])[:, :, 0]
    height = weight[:, 0]
    shift = -weight[:, 1] / np.where(height > 0, height, np.inf)
    return _Fit(shape, height, shift, own * (cuts - weight @ parts))


def _rise_squares(fit: _Fit, upstroke: Floats) -> Floats:
    """Squared error of each rise within its pulse, shape (b,), by what is left of other beats."""
    clean = np.maximum(fit.height, np.median(fit.height) / 10)[:, None] * fit.shape
    squares = np.zeros(len(clean))
    for move in MOVES:
        off_s = _rise_s(clean + np.roll(fit.left, -move, axis=0), upstroke)
        squares += (off_s - np.median(off_s)) ** 2 / len(MOVES)
    return squares


def _shift_squares(fit: _Fit, own: Floats) -> Floats:
    """Squared error of the place of each pulse, shape (b,), by noise as strong as the fast part.

    The fit takes a shift for the pulse's own, also that which noise makes: what is left does not
    show it. It is that of a line fitted to white noise; slow changes of shape are not counted.
    """
    bent = fit.left[:, FAST:-FAST] - 0.5 * (fit.left[:, 2 * FAST :] + fit.left[:, : -2 * FAST])
    whole = own[:, 2 * FAST :]
    white = (whole * bent**2).sum(axis=1) / whole.sum(axis=1) / FAST_SHARE
    slope = np.gradient(fit.shape)
    height = np.maximum(fit.height, np.median(fit.height) / 10)
    return np.asarray(white / (height**2 * ((own * slope**2).sum(axis=1))) / WORKING_HZ**2)


def _rise_s(cuts: Floats, upstroke: Floats) -> Floats:
    """Time of the rise in each cut, in seconds from its beginning."""
    count, length = cuts.shape
    flat = cuts.ravel()
    slope = smooth(flat, gaussian_slope(SLOPE_S, WORKING_HZ))
    nowhere = np.zeros(0, dtype=bool)
    train = Waveform(flat, slope, flat, nowhere, 1)
    begins = np.arange(count) * length
    at: Ints = fiducial.steepest(train, begins + BEFORE)
    size = template.sizes(slope, upstroke)
    return np.asarray(fiducial.beat_times_s(train, at, size) - begins / WORKING_HZ)
