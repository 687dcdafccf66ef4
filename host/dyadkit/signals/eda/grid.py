"""Even grid that a recording of any rate is solved on, and the way back to its own samples."""

import math
from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats

FINE_HZ = 16.0  # coarser grids let the onsets of close responses merge


@dataclass(frozen=True, slots=True)
class Grid:
    """Grid of points over a recording of so many samples, 16 to 32 points per second by default.

    Fast recordings are averaged in whole blocks, slow ones get unmeasured points between. No sample
    is ever invented: a point without a measurement has weight 0.
    """

    samples: int
    sample_rate_hz: float
    samples_per_point: int
    points_per_sample: int

    @classmethod
    def of(cls, samples: int, rate_hz: float, min_hz: float = FINE_HZ) -> "Grid":
        """The grid of `min_hz` or up to twice as many points per second."""
        block = max(1, int(rate_hz // min_hz))
        return cls(samples, rate_hz, block, math.ceil(min_hz / rate_hz))

    @property
    def rate_hz(self) -> float:
        """Points per second."""
        return self.sample_rate_hz * self.points_per_sample / self.samples_per_point

    @property
    def measured_rate_hz(self) -> float:
        """Points per second that samples can fall on."""
        return self.sample_rate_hz / self.samples_per_point

    def place(self, values: Floats, trusted: Bools) -> tuple[Floats, Floats]:
        """Values at the points and the seconds each stands for, 0 where too little is trusted."""
        counts = self._blocks(trusted.astype(float)).sum(axis=1)
        sums = self._blocks(np.where(trusted, values, 0.0)).sum(axis=1)
        counts[counts < self.samples_per_point / 2] = 0.0
        placed = np.zeros(max(0, (len(counts) - 1) * self.points_per_sample + 1))
        weights = np.zeros_like(placed)
        placed[:: self.points_per_sample] = sums / np.maximum(counts, 1.0)
        weights[:: self.points_per_sample] = counts / self.sample_rate_hz
        return placed, weights

    def flags_at_samples(self, measured: Bools) -> Bools:
        """Flags of the measured points given to all the samples each stands for."""
        flags = np.zeros(self.samples, dtype=bool)
        flags[: len(measured) * self.samples_per_point] = np.repeat(
            measured, self.samples_per_point
        )
        return flags

    def flags_at_points(self, flags: Bools) -> Bools:
        """Points that stand for, or lie between, flagged samples."""
        measured = self._blocks(flags.astype(float)).max(axis=1, initial=0.0) > 0
        points = np.repeat(measured, self.points_per_sample)
        return points[: max(0, (len(measured) - 1) * self.points_per_sample + 1)]

    def at_samples(self, points: Floats) -> Floats:
        """`points` read at the samples' own times; NaN beside a NaN point."""
        times_s = np.arange(self.samples) / self.sample_rate_hz
        if not len(points):
            return np.full(self.samples, np.nan)
        return np.asarray(np.interp(times_s, self.times_s(len(points)), points))

    def masses_at_samples(self, points: Floats) -> Floats:
        """`points` added up at the sample nearest to each, so that their sum is kept."""
        nearest = np.rint(self.times_s(len(points)) * self.sample_rate_hz).astype(np.int64)
        nearest = np.minimum(nearest, self.samples - 1)
        return np.bincount(nearest, weights=points, minlength=self.samples).astype(float)

    def times_s(self, points: int) -> Floats:
        """When each of `points` was, shape (points,), from the first sample on."""
        middle = (self.samples_per_point - 1) / 2 / self.sample_rate_hz
        return middle + np.arange(points) / self.rate_hz

    def _blocks(self, values: Floats) -> Floats:
        count = self.samples // self.samples_per_point
        whole = values[: count * self.samples_per_point]
        return whole.reshape(count, self.samples_per_point)
