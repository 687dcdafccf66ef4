"""The even grid a recording of any rate is solved on, and the way back to its own samples."""

import math
from dataclasses import dataclass

import numpy as np

from dyadkit.arrays import Bools, Floats

LEAST_RATE_HZ = 16.0  # below it the onsets of close responses merge


@dataclass(frozen=True, slots=True)
class Grid:
    """Fast recordings are averaged in whole blocks, slow ones get unmeasured points between.

    No sample is ever invented: a point without a measurement has weight 0.
    """

    samples: int
    sample_rate_hz: float
    samples_per_point: int
    points_per_sample: int

    @classmethod
    def of(cls, samples: int, rate_hz: float) -> "Grid":
        """The grid between 16 and 32 Hz that fits `samples` at `rate_hz`."""
        block = max(1, int(rate_hz // LEAST_RATE_HZ))
        return cls(samples, rate_hz, block, math.ceil(LEAST_RATE_HZ / rate_hz))

    @property
    def rate_hz(self) -> float:
        """Points per second."""
        return self.sample_rate_hz * self.points_per_sample / self.samples_per_point

    def place(self, values: Floats, trusted: Bools) -> tuple[Floats, Floats]:
        """Values at the points and the seconds each stands for, 0 where nothing was trusted."""
        blocks = self.samples // self.samples_per_point
        inside = slice(0, blocks * self.samples_per_point)
        whole = trusted[inside].reshape(blocks, -1).all(axis=1)
        means = np.where(trusted, values, 0.0)[inside].reshape(blocks, -1).mean(axis=1)
        placed = np.zeros(max(0, (blocks - 1) * self.points_per_sample + 1))
        weights = np.zeros_like(placed)
        placed[:: self.points_per_sample] = means
        weights[:: self.points_per_sample] = whole * self.samples_per_point / self.sample_rate_hz
        return placed, weights

    def at_samples(self, points: Floats) -> Floats:
        """`points` read at the samples' own times; NaN beside a NaN point."""
        times_s = np.arange(self.samples) / self.sample_rate_hz
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
