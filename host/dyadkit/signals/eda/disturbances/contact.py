"""Sample faults of skin conductance that values alone show: missing, no contact, cut off."""

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Bools, Floats, Ints
from dyadkit.errors import SignalError
from dyadkit.signals.reason import SignalFault

MIN_USIEMENS = 0.05  # below it, electrodes do not touch skin (Kleckner et al. 2018)
MAX_USIEMENS = 100.0  # above it, they touch each other
MIN_RATE_HZ, MAX_RATE_HZ = 1.0, 20_000.0
FLAT_S = 60.0  # even coarse converters see skin change within this time
CLIPPED_S = 1.0  # no crest stays on one value this long, unless it is cut off
COARSEST_USIEMENS = 0.05
ARRIVAL_S, CUT_STEPS = 0.5, 4  # a crest flattens before its top, a cut arrives over many steps
NEGATIVE_SHARE = 0.1  # an amplifier's offset makes few values negative, taking the mean out half


def conductance(eda_usiemens: ArrayLike, rate_hz: float) -> Floats:
    """The argument as a series, shape (n,), NaN where missing, or an error that says why not."""
    values = np.asarray(eda_usiemens, dtype=float)
    if values.ndim != 1:
        raise ValueError(f"eda_usiemens has shape {values.shape}; give one series, shape (n,)")
    if not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
        raise ValueError(
            f"rate_hz is {rate_hz}; skin conductance is sampled at {MIN_RATE_HZ:g} to "
            f"{MAX_RATE_HZ:g} Hz"
        )
    return np.where(np.isfinite(values), values, np.nan)


def refuse_other_units(values: Floats) -> None:
    """Refuse values, shape (n,), that cannot be microsiemens of skin, by what they may be.

    Raises
    ------
    SignalError
        too large, too small, or negative
    """
    known = values[np.isfinite(values)]
    usual = float(np.median(known)) if len(known) else 0.0
    if usual > MAX_USIEMENS:
        raise SignalError(
            f"half of the values are above {usual:.0f}, but skin conducts at most "
            f"{MAX_USIEMENS:.0f} µS: divide nanosiemens by 1000, convert ohms and raw counts first"
        )
    if len(known) and np.mean(known < -MIN_USIEMENS) > NEGATIVE_SHARE:
        raise SignalError(
            f"{np.mean(known < 0):.0%} of the values are negative, but conductance is not: undo "
            "z-scores or a high-pass, give what was measured in µS"
        )
    if usual > 0 and known.max() < MIN_USIEMENS:
        raise SignalError(
            f"no value reaches {MIN_USIEMENS} µS, the least that skin conducts: multiply siemens "
            "by 1 000 000 and millisiemens by 1000; if these are µS, the electrodes had no contact"
        )


def contact_faults(values: Floats, rate_hz: float) -> Ints:
    """`SignalFault` bits per sample, shape (n,): link gap, no contact, saturated."""
    faults = np.where(np.isnan(values), int(SignalFault.LINK_GAP), 0)
    faults[(values < MIN_USIEMENS) | _flat(values, rate_hz)] |= int(SignalFault.NO_CONTACT)
    faults[(values > MAX_USIEMENS) | _clipped(values, rate_hz)] |= int(SignalFault.SATURATED)
    return faults


def _flat(values: Floats, rate_hz: float) -> Bools:
    starts, lengths = _runs(values)
    return np.repeat(lengths >= min(FLAT_S * rate_hz, len(values)), lengths)


def _clipped(values: Floats, rate_hz: float) -> Bools:
    """Plateaus on the highest value that the signal runs into at full speed."""
    if not np.isfinite(values).any():
        return np.zeros(len(values), dtype=bool)
    starts, lengths = _runs(values)
    earlier = values[np.maximum(starts - max(1, round(ARRIVAL_S * rate_hz)), 0)]
    cut = np.abs(values[starts] - earlier) >= CUT_STEPS * resolution(values)
    plateau = (lengths >= CLIPPED_S * rate_hz) & (values[starts] == np.nanmax(values))
    return np.repeat(plateau & cut, lengths)


def resolution(values: Floats) -> float:
    """The smallest step the values take, at most 0.05 µS: no converter worth using is coarser."""
    steps = np.abs(np.diff(values))
    return float(np.min(steps, initial=COARSEST_USIEMENS, where=steps > 1e-9))


def _runs(values: Floats) -> tuple[Ints, Ints]:
    """First index and length of each run of equal values."""
    starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]][: len(values)])
    return starts, np.diff(np.r_[starts, len(values)])
