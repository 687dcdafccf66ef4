"""Fit of the model to a whole recording, stretch by stretch, on the grid of its solution."""

from dataclasses import dataclass, replace

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.signals.eda.deconvolution import Model, split
from dyadkit.signals.eda.disturbances.contact import MIN_USIEMENS
from dyadkit.signals.eda.grid import Grid

MIN_S = 10.0  # less trusted signal than this cannot tell tonic from phasic
BRIDGE_S = 5.0  # level and decay carry over an untrusted stretch up to this long


@dataclass(frozen=True, slots=True)
class Fit:
    """Fit of the model at every grid point, each array of shape (points,), µS.

    measured : conductance; NaN where nothing trusted was measured
    tonic, phasic, driver : NaN outside `stretches`
    stretches : the spans of points that were solved together
    price : what the explanation costs there, µS²·s; 0 outside `stretches`
    """

    grid: Grid
    model: Model
    measured: Floats
    tonic: Floats
    phasic: Floats
    driver: Floats
    stretches: tuple[slice, ...]
    price: Floats

    @classmethod
    def of(
        cls,
        values: Floats,
        trusted: Bools,
        grid: Grid,
        model: Model,
        disturbed: Bools | None = None,
    ) -> "Fit":
        """Solve the trusted samples of `values`, shape (n,); untrusted ones carry no weight.

        Across `disturbed` samples, shape (n,), the level may jump.
        """
        placed, weights = grid.place(values, trusted)
        loose = None if disturbed is None else grid.flags_at_points(disturbed)
        tonic, phasic, driver = np.full((3, len(placed)), np.nan)
        stretches = _stretches(weights, grid.rate_hz)
        price = np.zeros(len(placed))
        for part in stretches:
            free = None if loose is None else loose[part]
            found = split(placed[part], weights[part], grid.rate_hz, model, free)
            tonic[part], phasic[part], driver[part] = found.tonic, found.phasic, found.driver
            price[part] = found.price
        placed[weights == 0] = np.nan
        return cls(grid, model, placed, tonic, phasic, driver, stretches, price)

    def residual(self) -> tuple[Floats, Floats]:
        """Measured values and what the model leaves of them, at the measured points only."""
        every = slice(None, None, self.grid.points_per_sample)
        residual = self.measured - self.tonic - self.phasic
        return self.measured[every], residual[every]

    def replaced(self, part: "Fit") -> "Fit":
        """The same, with what another fit of this grid found where it has solved."""
        there = np.isfinite(part.tonic)
        return replace(
            self,
            tonic=np.where(there, part.tonic, self.tonic),
            phasic=np.where(there, part.phasic, self.phasic),
            driver=np.where(there, part.driver, self.driver),
            price=np.where(there, part.price, self.price),
        )

    def change(self, span_s: float) -> Floats:
        """Change within `span_s` around each measured point over the root of the level, √µS.

        What a movement changes grows with the level, but less than in proportion.
        """
        measured, _ = self.residual()
        known = np.isfinite(measured)
        if known.sum() < 2:
            return np.zeros(len(measured))
        index = np.arange(len(measured))
        held = np.interp(index, index[known], measured[known])
        half = max(1, round(span_s * self.grid.measured_rate_hz / 2))
        apart = np.pad(held, half, mode="edge")
        level = np.maximum(held, MIN_USIEMENS)
        return np.asarray((apart[2 * half :] - apart[: -2 * half]) / np.sqrt(level))

    def noise_usiemens(self) -> float:
        """Standard deviation of the residual, which artefacts do not raise; 0 without any."""
        _, residual = self.residual()
        known = residual[np.isfinite(residual)]
        return 1.4826 * float(np.median(np.abs(known))) if len(known) else 0.0

    def quiet_noise_usiemens(self) -> float:
        """The same by its lower quartile: artefacts that are many raise a median, too."""
        _, residual = self.residual()
        known = residual[np.isfinite(residual)]
        return float(np.quantile(np.abs(known), 0.25)) / 0.3186 if len(known) else 0.0


def _stretches(weights: Floats, rate_hz: float) -> tuple[slice, ...]:
    """Spans between long interruptions that hold enough signal to be solved."""
    measured = np.flatnonzero(weights)
    runs = np.split(measured, np.flatnonzero(np.diff(measured) > BRIDGE_S * rate_hz) + 1)
    return tuple(
        slice(int(run[0]), int(run[-1]) + 1) for run in runs if weights[run].sum() >= MIN_S
    )
