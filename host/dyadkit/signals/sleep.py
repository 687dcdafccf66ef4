"""Sleep and wake of one person by movement: posture that holds still, and where it does not.

Movement is not sleep: lying still awake counts as sleep, and who moves a sleeper wakes it here.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from dyadkit.dyad.arrays import ArrayLike, Bools, Floats
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError

EPOCH_S = 5.0
MIN_TURN_DEGREES = 5.0
STILL_S = 300.0
"""No change of posture above 5° for 5 minutes is sustained inactivity (van Hees et al. 2015)."""
MIN_WAKE_S = 60.0
"""A turn in sleep takes seconds; movement that goes on for a minute is an awakening."""
MIN_NIGHT_S = 3600.0


@dataclass(frozen=True, slots=True, eq=False)
class Sleep(Result):
    """Sleep and wake in epochs of 5 s.

    asleep : shape (epochs,); False also where movement was not known, see `known`
    known : shape (epochs,)
    awakenings_s : begin of each spell of movement of a minute or more after sleep
    sleep_minutes, wake_minutes : of the known epochs
    """

    asleep: Bools
    known: Bools
    awakenings_s: Floats
    sleep_minutes: float
    wake_minutes: float


def sleep_by_movement(acceleration: ArrayLike, rate_hz: float) -> Sleep:
    """Sleep and wake from acceleration at a limb, in any unit, by changes of posture.

    Parameters
    ----------
    acceleration : shape (n, 3), NaN where missing
    rate_hz : samples per second, 0.2 or more

    Raises
    ------
    ValueError
        not three axes, or a rate that makes no sense
    SignalError
        less than an hour, or movement known for less than half of it

    Examples
    --------
    Two hours still, with ten minutes of turning in the middle:

    >>> turning = np.zeros(7200)
    >>> turning[3600:4200] = np.random.default_rng(0).uniform(-1, 1, 600)
    >>> found = sleep_by_movement(np.stack([np.cos(turning), np.sin(turning), 0 * turning], 1), 1.0)
    >>> found.awakenings_s.tolist(), found.wake_minutes
    ([3600.0], 10.0)

    References
    ----------
    van Hees et al. 2015, PLoS ONE 10, e0142533 (sustained inactivity from posture)
    """
    axes = np.asarray(acceleration, dtype=float)
    if axes.ndim != 2 or axes.shape[1] != 3 or not (np.isfinite(rate_hz) and rate_hz >= 0.2):
        raise ValueError(f"acceleration of shape {axes.shape} at {rate_hz} Hz: give (n, 3)")
    if len(axes) / rate_hz < MIN_NIGHT_S:
        raise SignalError(f"{len(axes) / rate_hz / 60:.0f} minutes are no night: record an hour")
    posture = _posture(axes, round(EPOCH_S * rate_hz))
    known = np.isfinite(posture)
    if known.mean() < 0.5:
        raise SignalError(f"movement is known for {known.mean():.0%} of the night: half is needed")
    moving = _spells_of_movement(posture)
    asleep = known & ~moving
    begins = np.flatnonzero(moving & ~np.roll(moving, 1))
    woken = [one for one in begins if one > 0 and asleep[one - 1]]
    return Sleep(
        asleep=asleep,
        known=known,
        awakenings_s=np.asarray(woken, dtype=float) * EPOCH_S,
        sleep_minutes=float(asleep.sum() * EPOCH_S / 60),
        wake_minutes=float((known & moving).sum() * EPOCH_S / 60),
    )


def _posture(axes: Floats, length: int) -> Floats:
    """Direction of gravity in each epoch as an angle on each axis, degrees, shape (epochs, 3)."""
    parts = axes[: len(axes) // length * length].reshape(-1, length, 3)
    known = np.isfinite(parts).all(axis=2).mean(axis=1) >= 0.5
    still = np.full((len(parts), 3), np.nan)
    still[known] = np.nanmedian(parts[known], axis=1)
    size = np.linalg.norm(still, axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        angles = np.degrees(np.arcsin(np.clip(still / size, -1.0, 1.0)))
    turned = np.abs(np.diff(angles, axis=0, prepend=angles[:1])).max(axis=1)
    turned[0] = 0.0 if known[0] else np.nan
    return np.where(known, np.nan_to_num(turned), np.nan)


def _spells_of_movement(turned: Floats) -> Bools:
    """Spells of movement that are no sleep.

    1. Turns less than a minute apart for a minute or more: single turns, before or after, are not
       of the spell, or its beginning would lie minutes too early.
    2. Less than five minutes between two spells are no sleep either.
    """
    turns = np.nan_to_num(turned) > MIN_TURN_DEGREES
    joined = _bridged(turns, MIN_WAKE_S)
    labels, count = ndimage.label(joined)
    lengths = np.bincount(labels, minlength=count + 1)
    return _bridged(joined & (lengths[labels] >= MIN_WAKE_S / EPOCH_S), STILL_S)


def _bridged(moving: Bools, pause_s: float) -> Bools:
    """With pauses shorter than `pause_s` filled."""
    filled = moving.copy()
    places = np.flatnonzero(moving)
    for first, second in zip(places, places[1:], strict=False):
        filled[first : second + 1] |= second - first < pause_s / EPOCH_S
    return filled
