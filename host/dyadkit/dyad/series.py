"""Series: one signal of one person as another program or sensor gave it, before any time line."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Floats
from dyadkit.dyad.result import Result


@dataclass(frozen=True, slots=True, eq=False, init=False)
class Series(Result):
    """One signal as it was sampled, with what it is measured in and by.

    values : shape (n,), in `unit`; NaN where missing
    rate_hz : samples per second of an evenly sampled series, which begins at `start_s`
    times_s : shape (n,), increasing, instead of a rate: seconds from any common origin, or Unix
        time; longer pauses than usual are gaps
    unit : such as "µS", "bpm", "ms" or "counts"
    sensor : what measured it; "max3010x" has a known full scale, empty is any sensor

    Raises
    ------
    ValueError
        neither or both of rate and times, arrays of other shapes, times that do not increase

    Examples
    --------
    >>> Series([2.0, 2.1, 2.3], rate_hz=4.0, unit="µS").when_s.tolist()
    [0.0, 0.25, 0.5]
    """

    values: Floats
    rate_hz: float | None = None
    times_s: Floats | None = None
    unit: str = ""
    sensor: str = ""
    start_s: float = 0.0

    def __init__(
        self,
        values: ArrayLike,
        rate_hz: float | None = None,
        times_s: ArrayLike | None = None,
        unit: str = "",
        sensor: str = "",
        start_s: float = 0.0,
    ) -> None:
        column = _column("values", values)
        times = None if times_s is None else _column("times_s", times_s)
        _refuse(column, rate_hz, times, start_s)
        for name, value in (
            ("values", column), ("rate_hz", rate_hz), ("times_s", times),
            ("unit", unit), ("sensor", sensor), ("start_s", start_s),
        ):  # fmt: skip
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def when_s(self) -> Floats:
        """Time of each sample, shape (n,), in seconds of the series' own origin."""
        if self.times_s is not None:
            return self.times_s
        return np.asarray(self.start_s + np.arange(len(self)) / (self.rate_hz or 1.0))


def _column(name: str, values: ArrayLike) -> Floats:
    try:
        column = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be numbers, shape (n,)") from None
    if column.ndim != 1 or not len(column):
        raise ValueError(f"{name} has shape {column.shape}: give one series, shape (n,), n > 0")
    return column


def _refuse(values: Floats, rate_hz: float | None, times_s: Floats | None, start_s: float) -> None:
    if (rate_hz is None) == (times_s is None):
        raise ValueError("give either rate_hz (evenly sampled) or times_s (one time a value)")
    if rate_hz is not None and not (np.isfinite(rate_hz) and rate_hz > 0):
        raise ValueError(f"rate_hz is {rate_hz}: give samples per second, above 0")
    if not np.isfinite(start_s):
        raise ValueError(f"start_s is {start_s}: give seconds")
    if times_s is None:
        return
    if len(times_s) != len(values):
        raise ValueError(f"{len(times_s)} times for {len(values)} values: give one each")
    backwards = np.flatnonzero(~(np.diff(times_s) > 0))
    if not np.isfinite(times_s).all() or len(backwards):
        at = int(backwards[0]) + 1 if len(backwards) else int(np.argmin(np.isfinite(times_s)))
        raise ValueError(
            f"times_s must be known and increase, but sample {at} is at {times_s[at]:g} s: sort "
            "them, drop doubles"
        )
