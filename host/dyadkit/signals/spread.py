"""Root mean square of intervals or of their steps, with the limits of the heart's own."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Floats

JACKKNIFE_PARTS = 10
# Noise moves intervals by half of its predicted variance in the median record, by this share of it
# at most in 19 of 20: what is left of a pulse is noise and shape. Errors of this many standard
# deviations on either side of both ends then leave out 1 record in 20.
NOISE_SHARE, SPREADS = 0.75, 1.2
# What a limit cuts off goes with the level and the height of the pulse, and these with breath and
# interval, as the heart does: such errors may take away as well as add. Their correlation, at most.
IN_STEP = 0.5
RESOLUTION_MS = 1.0  # of beats timed between samples, however clear the wave
Limits = tuple[float, float]
NOT_KNOWN: Limits = (float("nan"), float("nan"))


@dataclass(frozen=True, slots=True)
class Spread:
    """A root mean square as measured, its standard error, and what noise adds, all in ms.

    cut_off : share of it that was found in waves at a limit of the sensor
    unseen : share of the recording that was not seen, for which the seen part has to stand
    """

    measured_ms: float
    error_ms: float
    noise_ms: float
    count: int
    cut_off: float
    unseen: float

    @property
    def limits_ms(self) -> Limits:
        """Least and most that the heart's own figure can be.

        1. At most, nothing of what was measured is noise; at least, all that noise can be. Where
           the wave is cut off, errors go with the heart: they add more, or hide some of it.
        2. Noise and heart are not quite independent over so few intervals.
        3. What was not seen may have been otherwise.
        """
        square, noise_square = self.measured_ms**2, NOISE_SHARE * self.noise_ms**2
        chance = np.sqrt(8 / max(self.count, 1)) * self.noise_ms
        unseen = 2 * np.hypot(self.error_ms * np.sqrt(self.unseen), RESOLUTION_MS)
        margin = SPREADS * self.measured_ms * float(np.hypot(chance, unseen))
        in_step = 2 * IN_STEP * self.cut_off * self.measured_ms * self.noise_ms
        return (
            float(np.sqrt(max(square - noise_square - margin - in_step, 0.0))),
            float(np.sqrt(square + margin + in_step)),
        )

    @property
    def stated_ms(self) -> float:
        """The figure as measured; NaN where its doubt exceeds it."""
        low_ms, high_ms = self.limits_ms
        known = high_ms - low_ms <= max(self.measured_ms, RESOLUTION_MS)
        return self.measured_ms if known else np.nan


NO_SPREAD = Spread(np.nan, np.nan, np.nan, 0, 0.0, 1.0)


def spread_of(squares: Floats, noise_squares: Floats, cut_off: float, coverage: float) -> Spread:
    """Root of the mean of squares, its standard error by the block jackknife, and what noise adds.

    Parameters
    ----------
    squares : shape (n,), in s², in time order; a tenth of them is left out after another
    noise_squares : shape (n,), what noise alone would give of each
    cut_off, coverage : shares found at a limit of the sensor, and seen at all
    """
    if len(squares) < JACKKNIFE_PARTS:
        return NO_SPREAD
    parts = np.array_split(squares, JACKKNIFE_PARTS)
    left = [(squares.sum() - part.sum()) / (len(squares) - len(part)) for part in parts]
    without = np.sqrt(left)
    error_s = np.sqrt((JACKKNIFE_PARTS - 1) * np.mean((without - without.mean()) ** 2))
    return Spread(
        1e3 * float(np.sqrt(squares.mean())),
        1e3 * float(error_s),
        1e3 * float(np.sqrt(noise_squares.mean())),
        len(squares),
        cut_off,
        1.0 - coverage,
    )
