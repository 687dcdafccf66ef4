"""Design of a session: what its conditions can show, computed before anyone is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import signal

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.synchrony.context.generalised import difference

WINDOW_S = 20.0
MEMORY_WINDOWS, WANDERING = 3.0, 0.5
"""A course as skin conductance gives it: half of its variance is remembered for a minute."""
HUGE = 5.0
POWER = 0.8
REPLICATES = 100


@dataclass(frozen=True, slots=True, eq=False)
class DesignPower(Result):
    """What a design can show of one measure between two of its conditions.

    order : labels of the blocks, block_s : how long each is
    min_p : median p of an effect of five standard deviations: no p below is to be expected
    effects, power : of each effect in standard deviations of the window values, how often p is at
        most `level`
    detectable : smallest of these effects found in 80 %; NaN where none is
    level : the level asked for
    """

    order: tuple[str, ...]
    block_s: float
    min_p: float
    effects: Floats
    power: Floats
    detectable: float
    level: float


def design_power(
    conditions: Sequence[str], minutes: float, repeats: int, level: float, seed: int = 0
) -> DesignPower:
    """Power of the contrast of the first two conditions, each coming `repeats` times in turn.

    Raises
    ------
    ValueError
        fewer than two conditions, or times and levels that make no sense
    SignalError
        fewer than three windows of 20 s a condition

    Examples
    --------
    Rest and talk in turn, three times each, against once each:

    >>> turns, once = (design_power(["rest", "talk"], 10.0, times, 0.05) for times in (3, 1))
    >>> turns.detectable < once.detectable
    True
    """
    if len(set(conditions)) < 2 or len(set(conditions)) != len(conditions):
        raise ValueError("give at least two conditions of different names")
    if not (minutes > 0.0 and repeats >= 1 and 0.0 < level < 1.0):
        raise ValueError("minutes, repeats and level must be positive, level below 1")
    order = tuple(conditions) * repeats
    block_s = 60.0 * minutes / len(order)
    middles_s = np.arange(int(60.0 * minutes / WINDOW_S)) * WINDOW_S + WINDOW_S / 2
    block = np.minimum((middles_s / block_s).astype(np.int64), len(order) - 1) % len(conditions)
    compared = block < 2
    counts = [int((block == k).sum()) for k in range(2)]
    if min(counts) < 3:
        raise SignalError(f"{min(counts)} windows of 20 s a condition; 3 are needed: record longer")
    places, side = np.flatnonzero(compared).astype(float), 0.5 - block[compared]
    courses = _courses(len(middles_s), seed)[:, compared]
    effects = np.array([0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0])
    power = np.array([np.mean(_p(places, courses, side, one) <= level) for one in effects])
    enough = effects[power >= POWER]
    return DesignPower(
        order=order,
        block_s=block_s,
        min_p=float(np.median(_p(places, courses, side, HUGE))),
        effects=effects,
        power=power,
        detectable=float(enough[0]) if len(enough) else float("nan"),
        level=level,
    )


def _p(places: Floats, courses: Floats, side: Floats, effect: float) -> Floats:
    return np.array([difference(places, one + effect * side, side).p for one in courses])


def _courses(windows: int, seed: int) -> Floats:
    """Courses of unit variance that wander as skin conductance, shape (replicates, windows)."""
    rng = np.random.default_rng(seed)
    pole, ahead = np.exp(-1.0 / MEMORY_WINDOWS), 60
    drive = rng.standard_normal((REPLICATES, windows + ahead)) * np.sqrt(1.0 - pole**2)
    wander = signal.lfilter([1.0], [1.0, -pole], drive, axis=1)[:, ahead:]
    new = rng.standard_normal((REPLICATES, windows))
    return np.asarray(np.sqrt(WANDERING) * wander + np.sqrt(1.0 - WANDERING) * new)
