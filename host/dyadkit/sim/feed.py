"""What one person's sensors feel: recorded or made up, written down for the virtual wearable."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dyadkit.arrays import Floats, Ints

PAIR_HZ = 160.0
_UNITS_PER_VOLT = 16 / 7.8125e-6  # sixteenths of the converter's finest step
_ELECTRODE_V = 0.499
_SUPPLY_V = 2.038
_DRIVER_OHM = 260e3
_SHUNT_OHM = 150e3
REFERENCE_UNITS = round(1.3 * _UNITS_PER_VOLT)


@dataclass(frozen=True, slots=True, eq=False)
class SensorFeed:
    """Samples the sensors will take.

    ppg_counts : shape (n, colours), 0..262143; columns are infrared, red, green
    ppg_rate_hz : TRUE rate of the sensor's samples, its oscillator's error included
    eda_usiemens : shape (m,), skin conductance, interpolated between the samples
    eda_rate_hz : samples per second of `eda_usiemens`
    start_s : true time of the first samples; before it the PPG sensor gives nothing and skin
        conductance rests at its first value; after the last the same with the last value
    eda_noise_v : rms noise at the converter's inputs
    """

    ppg_counts: Ints
    ppg_rate_hz: float
    eda_usiemens: Floats
    eda_rate_hz: float
    start_s: float = 0.0
    eda_noise_v: float = 10e-6

    def __post_init__(self) -> None:
        if self.ppg_counts.ndim != 2 or not 1 <= self.ppg_counts.shape[1] <= 3:
            raise ValueError("ppg_counts must have shape (n, colours) with 1 to 3 colours")
        if not np.issubdtype(self.ppg_counts.dtype, np.integer):
            raise ValueError("ppg_counts must be integers: the sensor counts")
        if self.ppg_rate_hz <= 0 or self.eda_rate_hz <= 0:
            raise ValueError("ppg_rate_hz and eda_rate_hz must be above 0")
        if self.eda_usiemens.ndim != 1 or not np.all(np.isfinite(self.eda_usiemens)):
            raise ValueError("eda_usiemens must be one row of finite values")
        if self.start_s < 0:
            raise ValueError("start_s must not be before the world begins")


def write_ppg(feed: SensorFeed, path: Path) -> int:
    """Write the counts as the wearable's process reads them; the number of columns."""
    np.ascontiguousarray(feed.ppg_counts, dtype="<i4").tofile(path)
    return int(feed.ppg_counts.shape[1])


def write_electrodes(feed: SensorFeed, path: Path, random: np.random.Generator) -> None:
    """Write the front end's two voltages for each measuring period.

    With a conductance G the electrodes stand at 0.499 V until the driver's resistors limit the
    current; the current is read over 150 kohm.
    """
    if not len(feed.eda_usiemens):
        np.zeros((1, 2), dtype="<i4").tofile(path)
        return
    seconds = len(feed.eda_usiemens) / feed.eda_rate_hz
    times_s = np.arange(max(1, round(seconds * PAIR_HZ))) / PAIR_HZ
    known_s = np.arange(len(feed.eda_usiemens)) / feed.eda_rate_hz
    siemens = 1e-6 * np.interp(times_s, known_s, feed.eda_usiemens)
    skin_v = np.minimum(_ELECTRODE_V, _SUPPLY_V / (1 + _DRIVER_OHM * siemens))
    volts = np.column_stack([skin_v * siemens * _SHUNT_OHM, skin_v])
    volts += random.normal(0.0, feed.eda_noise_v, volts.shape)
    np.rint(volts * _UNITS_PER_VOLT).astype("<i4").tofile(path)
