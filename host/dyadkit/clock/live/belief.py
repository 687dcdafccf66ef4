"""The gate of a running clock: which readings it believes, for crystals drift and do not jump.

Offline, the future tells a slow path from a moving clock. Online there are only the habits of
crystals: a reading far from where the crystal must be is kept back until it is clear what it was.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dyadkit.clock.estimate.reference_boot import KNOT_S
from dyadkit.clock.estimate.smoother import Filter
from dyadkit.clock.live.wearable import SpanReading, WearableClock

_DOUBTED = 1.5
"""A reading more deviations than this from where the crystal must be counts less ..."""
_GATE = 4.0
"""... from this many on it is not believed ..."""
_PATIENCE = 45
"""... until this many were kept back in a row."""
_OTHER_S = 0.5
"""So far off, it is not the same clock."""
_WARMING_SPANS = 3
_WARMING_WALK = 2e-12
_BENDING_SPANS, _BENDING = 3, 2.5
_BENDING_WALK = 1e-13
"""Rate let go by 2.4 ppm within a minute, as where a board is put on."""
_GROWN = 0.75
_EVEN = 0.15
_SLOW_SD_S = 1e-3
"""How well a slow path's delay is known from the fastest round trip of a minute; twice that,
because neighbouring minutes err alike."""
_SLOW_ALIKE_S = 0.6e-3
"""How much of that does not average out, because the rooms of many minutes share it."""
_DRAWN_SPANS = 3
"""From so many readings kept back in a row on, the clock itself may be what is wrong."""
_NORMAL_95 = 1.96
_SETTLED = 6
"""Readings a clock needs before it may doubt one."""
_SLEW_WALK = 1e-8


def learn(state: Filter, clocks: Sequence[WearableClock], readings: Sequence[SpanReading]) -> None:
    """Update with the readings that crystals can explain, and keep the others back.

    1. A clock with few readings so far believes everything: it has no ground to doubt.
    2. Both wearables far off the same way at once is no crystal but the reference: it is let go,
       and both are believed.
    3. One far off is kept back, until `_reconsider` knows what it was; half a second off is
       another clock under the same boot number.
    4. Any reading near enough ends a row of kept ones: the path was slow and is well again. It
       counts less the further off it is, and may let the rate bend if the path is not slow now.
    """
    readings = [_freed(state, reading) for reading in readings]
    surprises = [state.surprise(r.wearable, r.at_s, r.offset_s, r.variance) for r in readings]
    far = [
        abs(surprise) > _GATE and clocks[reading.wearable].accepted >= _SETTLED
        for reading, surprise in zip(readings, surprises, strict=True)
    ]
    if len(readings) == 2 and all(far) and surprises[0] * surprises[1] > 0:
        state.loosen_reference(KNOT_S, _SLEW_WALK)
        far = [False, False]
    for reading, surprise, strange in zip(readings, surprises, far, strict=True):
        clock = clocks[reading.wearable]
        if strange:
            if abs(state.surprise_s(reading.wearable, reading.at_s, reading.offset_s)) > _OTHER_S:
                clock.contradict()
            clock.kept_back.append(reading)
            _reconsider(state, clock)
        else:
            clock.kept_back.clear()
            if not clock.slow_s:
                _let_bend(state, clock, reading, surprise)
            _believe(state, clock, reading, max(1.0, abs(surprise) / _DOUBTED))


def widened_s(systematic_s: float, clock: WearableClock, state: Filter) -> float:
    """A wearable's systematic half-width, with what a slow path may have left in its clock.

    While the path is slow that is alike in every reading; after it, readings that are kept back
    tell how far the clock may have been drawn away.
    """
    slow_s = kept_back_s = 0.0
    if clock.slow_s:
        slow_s = _NORMAL_95 * _SLOW_ALIKE_S
    elif len(clock.kept_back) >= _DRAWN_SPANS:
        last = clock.kept_back[-1]
        kept_back_s = state.surprise_s(last.wearable, last.at_s, last.offset_s)
    return float(np.linalg.norm([systematic_s, slow_s, kept_back_s]))


def _freed(state: Filter, reading: SpanReading) -> SpanReading:
    """A reading that a slow path has moved, put back by what the path is slower by.

    Only one of the two ways was slow if the reading is off by about that much.
    """
    surprise_s = state.surprise_s(reading.wearable, reading.at_s, reading.offset_s)
    if abs(surprise_s) <= reading.slow_s / 2 or not reading.slow_s:
        return reading
    by_path_s = np.sign(surprise_s) * reading.slow_s
    variance = reading.variance + _SLOW_SD_S**2
    return replace(reading, offset_s=reading.offset_s - by_path_s, variance=variance)


def _let_bend(state: Filter, clock: WearableClock, reading: SpanReading, surprise: float) -> None:
    """Let the crystal's rate go where a few readings in a row surprise the same way.

    Each may be chance; together they are a change of rate too slow for the gate.
    """
    clock.surprises.append(surprise)
    signed = np.array(clock.surprises)
    alike = len(signed) == _BENDING_SPANS and np.ptp(np.sign(signed)) == 0
    if alike and abs(signed.sum()) > _BENDING * np.sqrt(_BENDING_SPANS):
        state.loosen(reading.wearable, _BENDING_SPANS * KNOT_S, _BENDING_WALK)
        clock.surprises.clear()


def _reconsider(state: Filter, clock: WearableClock) -> None:
    """Tell a crystal that is being warmed from a path that became slower.

    The crystal runs away steadily, the path jumps and stays.

    1. Kept back for a quarter of an hour: that is how the path is now. The clock begins anew, with
       its skew nearly kept, from the last three readings.
    2. Fewer than three, or the last three do not grow steadily: all stay kept back.
    3. Steady growth: the crystal is being warmed. Its rate is let go from the first of these on.
    """
    recent = clock.kept_back[-_WARMING_SPANS:]
    if len(clock.kept_back) >= _PATIENCE:
        state.restart(recent[0].wearable)
        clock.accepted = 0
    elif len(recent) < _WARMING_SPANS or not _steady(state, recent):
        return
    else:
        state.loosen(recent[0].wearable, state.at_s - recent[0].at_s + KNOT_S, _WARMING_WALK)
    for reading in recent:
        _believe(state, clock, reading, 1.0)
    clock.kept_back.clear()


def _believe(state: Filter, clock: WearableClock, reading: SpanReading, doubt: float) -> None:
    variance = reading.variance * doubt**2
    state.update(reading.wearable, reading.at_s, reading.offset_s, variance)
    clock.accepted += 1


def _steady(state: Filter, recent: list[SpanReading]) -> bool:
    """Whether three surprises in a row grow evenly."""
    first, middle, last = (state.surprise_s(r.wearable, r.at_s, r.offset_s) for r in recent)
    growing = abs(first) < _GROWN * abs(last) and first * last > 0
    return growing and abs(middle - (first + last) / 2) < _EVEN * abs(last)
