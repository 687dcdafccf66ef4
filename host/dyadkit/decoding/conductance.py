"""Skin conductance (EDA) out of the two voltages of the ratiometric front end."""

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Counts, Floats, Ints
from dyadwire import frontend, messages


def conductance_usiemens(
    current_v: ArrayLike, voltage_v: ArrayLike, calibration: messages.Calibration | None
) -> Floats:
    """Skin conductance in µS from voltages of equal shape; NaN where no voltage lies over the skin.

    G = gain · (I - I0) / (R · (V - V0)): I is the voltage over the resistor R that carries the
    skin's current, V the one over the skin; without calibration the gain is 1, I0 and V0 are 0.

    Examples
    --------
    1 µA through the skin at 0.5 V, and an electrode without voltage:

    >>> conductance_usiemens([0.15, 0.15], [0.5, 0.0], None).round(3).tolist()
    [2.0, nan]
    """
    zero_current_v = calibration.zero_current_nv * 1e-9 if calibration else 0.0
    zero_voltage_v = calibration.zero_voltage_nv * 1e-9 if calibration else 0.0
    gain = 1 + calibration.gain_ppm * 1e-6 if calibration else 1.0
    current, voltage = (
        np.asarray(current_v) - zero_current_v,
        np.asarray(voltage_v) - zero_voltage_v,
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        siemens = np.where(voltage > 0, current / (frontend.CURRENT_OHM * voltage), np.nan)
    return np.asarray(gain * siemens * 1e6)


def conductance_of_counts(
    current: Counts | Ints,
    voltage: Counts | Ints,
    infos: tuple[messages.StreamInfo, messages.StreamInfo],
    calibration: messages.Calibration | None,
) -> Floats:
    """Skin conductance in µS from the counts of the two streams and what these count."""
    return conductance_usiemens(_volts(current, infos[0]), _volts(voltage, infos[1]), calibration)


def _volts(counts: Counts | Ints, info: messages.StreamInfo) -> Floats:
    return np.asarray(counts.astype(np.int64) * info.unit_numerator / info.unit_denominator)
