"""Two people's analytic signals in one band, at rest or shifted against each other."""

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy import fft

from dyadkit.dyad.arrays import Bools, Floats, Ints
from dyadkit.errors import SignalError
from dyadkit.synchrony.grid import bridged
from dyadkit.synchrony.phase.band import (
    Complexes,
    analytic,
    analytic_in_band,
    leaning_on_gaps,
)

Band: TypeAlias = tuple[float, float]
MIN_COVERAGE = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class BandPair:
    """Both analytic signals and where each is known."""

    a: Complexes
    b: Complexes
    known_a: Bools
    known_b: Bools

    @classmethod
    def of(cls, x: Floats, y: Floats, rate_hz: float, band: Band | None) -> "BandPair":
        """Series of shape (n,), NaN where missing; gaps too long for the band's filter drop out."""
        known_x, known_y = (_known(series, rate_hz, band) for series in (x, y))
        shared = float(np.mean(known_x & known_y))
        if shared < MIN_COVERAGE:
            raise SignalError(
                f"only {shared:.0%} of the recording is free of gaps in both people, "
                f"{MIN_COVERAGE:.0%} are needed: choose a better part or a wider band"
            )
        of_x, of_y = (
            analytic(bridged(series))
            if band is None
            else analytic_in_band(bridged(series), rate_hz, band)
            for series in (x, y)
        )
        return cls(of_x, of_y, known_x, known_y)

    def difference(self, shift: int) -> Complexes:
        """Cross-spectrum of a[t] with b[t + shift] where both are known."""
        b, known_b = np.roll(self.b, -shift), np.roll(self.known_b, -shift)
        return (self.a * b.conj())[self.known_a & known_b]

    def frequency_hz(self, rate_hz: float) -> float:
        """Mean instantaneous frequency, weighted by power."""
        turns = sum(np.vdot(one[:-1], one[1:]) / np.vdot(one, one) for one in (self.a, self.b))
        return float(np.angle(turns)) * rate_hz / (2.0 * math.pi)

    def plv_at_every_shift(self) -> Floats:
        """PLV of a[t] with b[t + s], s = 0 … n - 1; 0 where nothing overlaps."""
        sums = np.abs(_circular(_phasors(self.a, self.known_a), _phasors(self.b, self.known_b)))
        overlap = _circular(
            *(known.astype(np.complex128) for known in (self.known_a, self.known_b))
        ).real
        return np.asarray(sums / np.maximum(overlap, 1.0))

    def lag_indices(self, shifts: Ints) -> tuple[Floats, Floats]:
        """PLI and wPLI at each of `shifts`."""
        pli, wpli = np.zeros(len(shifts)), np.zeros(len(shifts))
        for place, shift in enumerate(shifts):
            difference = self.difference(int(shift))
            pli[place], wpli[place] = lag_index(difference), weighted_lag_index(difference)
        return pli, wpli


def lag_index(difference: Complexes) -> float:
    """Phase-lag index of cross-spectrum samples; 0 without any."""
    return abs(float(np.mean(np.sign(difference.imag)))) if len(difference) else 0.0


def weighted_lag_index(difference: Complexes) -> float:
    """Weighted phase-lag index of cross-spectrum samples; 0 without any."""
    total = float(np.sum(np.abs(difference.imag)))
    return abs(float(np.sum(difference.imag))) / total if total > 0.0 else 0.0


def _known(series: Floats, rate_hz: float, band: Band | None) -> Bools:
    missing = ~np.isfinite(series)
    return ~missing if band is None else ~leaning_on_gaps(missing, rate_hz, band[1] - band[0])


def _phasors(one: Complexes, known: Bools) -> Complexes:
    return np.asarray(np.exp(1j * np.angle(one)) * known, dtype=np.complex128)


def _circular(a: Complexes, b: Complexes) -> Complexes:
    """Sum over t of a[t] times conjugate b[t + s], t + s taken around, for every s."""
    return fft.fft(fft.fft(a) * fft.fft(b).conj()) / len(a)
