"""Course of a dyad's dynamics along a session: escalation and repair."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Floats
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.synchrony.dynamics.oscillator.fit import OscillatorFit, fit_oscillator
from dyadkit.synchrony.dynamics.oscillator.regime import Regime


@dataclass(frozen=True, slots=True, eq=False)
class DynamicsCourse(Result):
    """Course of a dyad's dynamics: one oscillator fit a window, NaN where a window cannot tell.

    times_s : shape (windows,), middle of each window
    regimes, regime_probability : the verdict of each window and the belief in the likeliest one
    growth, growth_interval : shape (windows,) and (windows, 2), s⁻¹
    variance_ratio, variance_ratio_interval : shape (windows, 2) for a and b, (windows, 2, 2)
    p_coupled : shape (windows,), each window for itself: not corrected for their number
    notes : why a window is empty, or what to beware of
    """

    times_s: Floats
    window_s: float
    regimes: tuple[Regime, ...]
    regime_probability: Floats
    growth: Floats
    growth_interval: Floats
    variance_ratio: Floats
    variance_ratio_interval: Floats
    p_coupled: Floats
    notes: tuple[str, ...]

    @property
    def covered(self) -> float:
        """Share of the course's own time that lies in a window; below 1 where steps are wider."""
        if len(self.times_s) < 2:
            return 1.0
        return min(1.0, self.window_s / float(np.median(np.diff(self.times_s))))

    def stretches(self) -> list[tuple[float, float, Regime]]:
        """Middles of the first and last window, in seconds, of each run of one decided regime.

        Undecided windows between two of the same regime do not interrupt it; one window alone,
        which shares most of its data with neighbours that did not decide alike, is no run.
        """
        runs: list[tuple[float, float, Regime, int]] = []
        for time_s, regime in zip(self.times_s.tolist(), self.regimes, strict=True):
            if regime is Regime.UNDECIDED:
                continue
            if runs and runs[-1][2] is regime:
                runs[-1] = (runs[-1][0], time_s, regime, runs[-1][3] + 1)
            else:
                runs.append((time_s, time_s, regime, 1))
        return [
            (first_s, last_s, regime) for first_s, last_s, regime, windows in runs if windows > 1
        ]


def follow_oscillator(
    a: ArrayLike,
    b: ArrayLike,
    rate_hz: float,
    window_s: float = 300.0,
    step_s: float = 60.0,
    seed: int = 0,
) -> DynamicsCourse:
    """Course of regime, growth and variance ratios in sliding windows along a session.

    Windows of less than ten periods decide little: five minutes suit periods up to 30 s.
    Overlapping windows share data, so neighbours agree more than chance.

    Parameters
    ----------
    a, b : shape (n,), arousal of each person, NaN missing
    rate_hz : samples per second
    window_s, step_s : length of a window and distance between windows, in seconds
    seed : as of `fit_oscillator`, the same in each window

    Raises
    ------
    ValueError for windows that are not positive or series that differ; SignalError where the
    series are shorter than one window

    Examples
    --------
    >>> from dyadkit.sim.people.influence import Oscillates
    >>> stiffness = -((2 * np.pi / 20) ** 2)                                # periods of 20 s
    >>> follows = Oscillates((stiffness, stiffness), (-0.08, -0.08), coupling=(0.0, 0.04))
    >>> a, b = follows.arousal(np.random.default_rng(2), 600.0).level[::16].T         # at 1 Hz
    >>> found = follow_oscillator(a, b, rate_hz=1.0, window_s=300.0, step_s=150.0)
    >>> [str(regime) for regime in found.regimes]
    ['one-way', 'one-way', 'undecided']
    >>> [(first_s, last_s) for first_s, last_s, regime in found.stretches()]
    [(150.0, 300.0)]
    """
    first, second = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if not (window_s > 0 and step_s > 0 and rate_hz > 0):
        raise ValueError("window_s, step_s and rate_hz must be positive")
    length, step = round(window_s * rate_hz), max(1, round(step_s * rate_hz))
    if len(first) < length:
        raise SignalError(
            f"{len(first) / rate_hz:.0f} s are less than one window of {window_s:.0f} s"
        )
    starts = np.arange(0, len(first) - length + 1, step)
    fits, notes = [], []
    for start in starts:
        window = slice(start, start + length)
        fit, note = _fit(first[window], second[window], rate_hz, seed)
        fits.append(fit)
        notes.append(note)
    middles_s = np.asarray(starts + length / 2, dtype=float) / rate_hz
    return _course(middles_s, window_s, fits, notes)


def _fit(a: Floats, b: Floats, rate_hz: float, seed: int) -> tuple[OscillatorFit | None, str]:
    try:
        fit = fit_oscillator(a, b, rate_hz, seed)
    except SignalError as error:
        return None, str(error)
    return fit, fit.note


def _course(
    times_s: Floats, window_s: float, fits: Sequence[OscillatorFit | None], notes: Sequence[str]
) -> DynamicsCourse:
    def column(name: str, empty: object) -> Floats:
        return np.array([getattr(fit, name) if fit else empty for fit in fits], dtype=float)

    nan = float("nan")
    return DynamicsCourse(
        times_s=times_s,
        window_s=window_s,
        regimes=tuple(fit.regime if fit else Regime.UNDECIDED for fit in fits),
        regime_probability=column("regime_probability", nan),
        growth=column("growth", nan),
        growth_interval=column("growth_interval", (nan, nan)),
        variance_ratio=column("variance_ratio", (nan, nan)),
        variance_ratio_interval=column("variance_ratio_interval", ((nan, nan), (nan, nan))),
        p_coupled=column("p_coupled", nan),
        notes=tuple(notes),
    )
