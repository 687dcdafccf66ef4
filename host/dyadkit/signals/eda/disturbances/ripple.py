"""Ripple in skin conductance: a regular wave, of breathing or of rocking, that is no response.

Responses come when they come, rise fast and fall slowly: what they change is spread over all
frequencies up to half a hertz, and a train that comes as a metronome has strong harmonics. A wave
has one frequency. Where most of the change within a minute is at one, and little at twice as much,
it is taken out before responses are looked for.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d, minimum_filter1d

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.dyad.result import Result
from dyadkit.signals.eda.grid import Grid

WORKING_HZ = 8.0
WINDOW_S, HOP_S = 60.0, 15.0  # a dozen breaths
MIN_HZ, MAX_HZ = 0.1, 0.6  # 6 to 36 a minute: breathing and rocking
CHANGE_HZ = (0.05, 1.2)  # where responses change
SPREAD = 0.15  # of its frequency, by which a wave wanders
MIN_SHARE = 0.5  # of the change within a minute, by the wave
MAX_SECOND = 0.1  # of the wave's change, by its second harmonic: a train of responses has 0.2
MIN_USIEMENS = 0.02  # a smaller wave passes for no response
CLIPPED_SD = 3.0  # single large responses do not hide a wave
LASTING_S = 30.0  # between the beginnings of two minutes that show it
APART_S = 300.0  # it goes on between two minutes this near
EDGE_S = 60.0  # before the first and after the last, too
WANDER_S, FOLLOW_S = 3.0, 6.0  # how fast the wave's frequency and its size may vary


@dataclass(frozen=True, slots=True)
class Waves:
    """The strongest wave of each window, arrays of shape (windows,); `clear` where it is one."""

    starts_s: Floats
    hz: Floats
    clear: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Ripple(Result):
    """Regular wave in skin conductance that was not read as responses.

    usiemens : shape (n,), the wave; 0 where there is none
    height_usiemens : shape (n,), how far it goes up and down there
    per_minute : usual number of waves; NaN without any
    """

    usiemens: Floats
    height_usiemens: Floats
    per_minute: float

    @property
    def share(self) -> float:
        """Share of the recording with a wave, 0 to 1."""
        return float(np.mean(self.height_usiemens > 0)) if len(self.usiemens) else 0.0


def ripple(values: Floats, known: Bools, rate_hz: float) -> Ripple:
    """The wave in `values`, shape (n,), µS, read where they are `known`, shape (n,)."""
    grid = Grid.of(len(values), rate_hz, WORKING_HZ)
    placed, weights = (points[:: grid.points_per_sample] for points in grid.place(values, known))
    hz = grid.measured_rate_hz
    at = np.flatnonzero(weights)
    if len(at) < WINDOW_S * hz:
        return still(len(values))
    held = np.interp(np.arange(len(placed)), at, placed[at])
    waves = _lasting(_waves(held, hz))
    if not waves.clear.any():
        return still(len(values))
    there = _covered(waves, len(held), hz)
    wave, height = (part * there for part in _followed(held, waves, hz))
    times_s = np.arange(len(held)) / hz + (grid.samples_per_point - 1) / 2 / rate_hz
    samples_s = np.arange(len(values)) / rate_hz
    return Ripple(
        np.interp(samples_s, times_s, wave),
        np.interp(samples_s, times_s, height),
        60 * float(np.median(waves.hz[waves.clear])),
    )


def still(samples: int) -> Ripple:
    """No wave at all."""
    return Ripple(np.zeros(samples), np.zeros(samples), float("nan"))


def _waves(held: Floats, rate_hz: float) -> Waves:
    """The strongest wave of each minute, and whether it is most of what changes there."""
    size, hop = round(WINDOW_S * rate_hz), max(1, round(HOP_S * rate_hz))
    change = np.diff(held, append=held[-1]) * rate_hz
    windows = np.lib.stride_tricks.sliding_window_view(change, size)[::hop]
    windows = windows - np.median(windows, axis=1, keepdims=True)
    usual = CLIPPED_SD * 1.4826 * np.median(np.abs(windows), axis=1, keepdims=True)
    taper = np.hanning(size)
    power = np.abs(np.fft.rfft(taper * np.clip(windows, -usual, usual), axis=1)) ** 2
    hz = np.asarray(np.fft.rfftfreq(size, 1 / rate_hz), dtype=float)
    power[:, (hz < CHANGE_HZ[0]) | (hz > CHANGE_HZ[1])] = 0.0
    searched = np.flatnonzero((hz >= MIN_HZ) & (hz <= MAX_HZ))
    peak_hz = hz[searched[np.argmax(power[:, searched], axis=1)]]
    wave, second = (_power_at(power, hz, harmonic * peak_hz) for harmonic in (1, 2))
    height = 2 * np.sqrt(wave / size / np.sum(taper**2)) / (2 * np.pi * peak_hz)
    clear = (wave > MIN_SHARE * power.sum(axis=1)) & (second < MAX_SECOND * wave)
    return Waves(np.arange(len(windows)) * hop / rate_hz, peak_hz, clear & (height > MIN_USIEMENS))


def _power_at(power: Floats, hz: Floats, at_hz: Floats) -> Floats:
    """Power of each window within a wave's wandering around its frequency `at_hz`."""
    reach_hz = np.maximum(SPREAD * at_hz, 2 / WINDOW_S)
    return np.asarray((power * (np.abs(hz - at_hz[:, None]) <= reach_hz[:, None])).sum(axis=1))


def _lasting(waves: Waves) -> Waves:
    """The same, clear only where a window half a minute away or more shows the wave, too."""
    apart_s = np.abs(waves.starts_s[:, None] - waves.starts_s)
    alike = np.abs(waves.hz[:, None] / waves.hz - 1) <= SPREAD
    partner = alike & (apart_s >= LASTING_S) & (apart_s <= APART_S) & waves.clear
    return Waves(waves.starts_s, waves.hz, waves.clear & partner.any(axis=1))


def _covered(waves: Waves, points: int, rate_hz: float) -> Bools:
    """Points of clear windows, between them, and a little beyond."""
    there = np.zeros(points, dtype=bool)
    for start_s in waves.starts_s[waves.clear]:
        there[round(start_s * rate_hz) : round((start_s + WINDOW_S) * rate_hz)] = True
    wide, narrow = (
        2 * round(span_s * rate_hz) + 1 for span_s in (APART_S / 2, APART_S / 2 - EDGE_S)
    )
    joined = minimum_filter1d(maximum_filter1d(np.pad(there, wide), wide), narrow)
    return np.asarray(joined[wide : wide + points], dtype=bool)


def _followed(held: Floats, waves: Waves, rate_hz: float) -> tuple[Floats, Floats]:
    """What oscillates at the wave's frequency, and its height, both varying slowly."""
    times_s = np.arange(len(held)) / rate_hz
    clear = waves.clear
    hz = np.interp(times_s, waves.starts_s[clear] + WINDOW_S / 2, waves.hz[clear])
    turn = np.exp(-2j * np.pi * np.cumsum(hz) / rate_hz)
    flat = held - gaussian_filter1d(held, FOLLOW_S * rate_hz)
    wandering = np.unwrap(np.angle(gaussian_filter1d(flat * turn, WANDER_S * rate_hz)))
    turn *= np.exp(-1j * gaussian_filter1d(wandering, WANDER_S * rate_hz))
    slow = gaussian_filter1d(flat * turn, FOLLOW_S * rate_hz)
    return 2 * np.real(slow * np.conj(turn)), 2 * np.abs(slow)
