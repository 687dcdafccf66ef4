"""Calibration of a skin-conductance front end: its constants from readings of known resistors.

The converter's inputs load the filters before them, so that current and voltage have zeros of
millivolts and gains off by half a percent. All of it is linear: an open circuit gives the zero of
the current, two resistors give the zero of the voltage and the gain, the others check.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dyadkit.decoding.conductance import conductance_usiemens
from dyadkit.errors import SignalError
from dyadwire import frontend, messages

FITTED_OHM = (None, 100_000, 10_000)
RELATIVE_LIMIT = 0.005
ABSOLUTE_LIMIT_USIEMENS = 0.003
_MIN_CURRENT_V = 0.05


@dataclass(frozen=True, slots=True)
class JigReading:
    """Mean voltages read with one resistor of the jig (None: nothing connected)."""

    ohms: float | None
    current_v: float
    voltage_v: float


@dataclass(frozen=True, slots=True)
class CalibrationCheck:
    """Error of a calibrated reading, against a resistor that was not used to calibrate."""

    ohms: float
    measured_usiemens: float
    error_usiemens: float

    @property
    def is_within_limits(self) -> bool:
        """Whether the error is within 0.5 % or 3 nS, whichever is wider."""
        allowed = max(RELATIVE_LIMIT * 1e6 / self.ohms, ABSOLUTE_LIMIT_USIEMENS)
        return abs(self.error_usiemens) <= allowed


def constants(readings: Sequence[JigReading], *, day: int, jig: int) -> messages.Calibration:
    """Calibration of one wearable from its readings of the jig.

    Parameters
    ----------
    readings : at least those with an open circuit, 100 kohm and 10 kohm
    day : days since 2000-01-01
    jig : number of the jig

    Raises
    ------
    SignalError
        a reading is missing, or they cannot come from this circuit

    Examples
    --------
    A front end whose current is 2 mV too high, and whose voltage 1 %; 0.5 V and 0.07 V were on the
    two resistors. Once calibrated it reads 1 megohm as what it is, 1 microsiemens:

    >>> readings = [JigReading(None, 0.002, 0.505), JigReading(100_000, 0.752, 0.505)]
    >>> readings.append(JigReading(10_000, 1.052, 0.0707))
    >>> found = constants(readings, day=9000, jig=3)
    >>> found.zero_current_nv, found.gain_ppm
    (2000000, 10000)
    >>> round(usiemens(JigReading(1_000_000, 0.077, 0.505), found), 3)
    1.0
    """
    found = {reading.ohms: reading for reading in readings}
    missing = [ohms for ohms in FITTED_OHM if ohms not in found]
    if missing:
        names = ", ".join("an open circuit" if ohms is None else f"{ohms} ohm" for ohms in missing)
        raise SignalError(f"calibration needs a reading of {names}")
    zero_v = found[None].current_v
    pair = [found[ohms] for ohms in FITTED_OHM if ohms is not None]
    currents_v = np.array([reading.current_v - zero_v for reading in pair])
    if currents_v.min() < _MIN_CURRENT_V:
        raise SignalError("hardly any current through a jig resistor: check the leads and the jig")
    falls_v = currents_v * [float(reading.ohms or 0) for reading in pair] / frontend.CURRENT_OHM
    seen_v = [reading.voltage_v for reading in pair]
    gain = float((seen_v[0] - seen_v[1]) / (falls_v[0] - falls_v[1]))
    voltage_zero_v = float(seen_v[0] - gain * falls_v[0])
    if not 0.9 < gain < 1.1 or abs(voltage_zero_v) > 0.05 or abs(zero_v) > 0.05:
        raise SignalError(
            f"gain {gain:.3f} and zeros {1e3 * zero_v:.1f} and {1e3 * voltage_zero_v:.1f} mV"
            " are not those of this front end: are the jig's resistors in the order asked for?"
        )
    return messages.Calibration(
        round(zero_v * 1e9), round(voltage_zero_v * 1e9), round((gain - 1) * 1e6), day, jig
    )


def usiemens(reading: JigReading, calibration: messages.Calibration) -> float:
    """Conductance of one reading with these constants, in µS; NaN where it shows no voltage."""
    return float(conductance_usiemens(reading.current_v, reading.voltage_v, calibration))


def checks(
    readings: Sequence[JigReading], calibration: messages.Calibration
) -> tuple[CalibrationCheck, ...]:
    """Errors of the readings that were not used to calibrate, against their resistors."""
    return tuple(
        CalibrationCheck(reading.ohms, measured, measured - 1e6 / reading.ohms)
        for reading in readings
        if reading.ohms is not None and reading.ohms not in FITTED_OHM
        for measured in [usiemens(reading, calibration)]
    )
