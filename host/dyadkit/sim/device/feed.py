"""Sensor feeds: what one person's sensors feel, recorded or made up, for a virtual wearable."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.sim.device.circuit import Circuit, Seen, filtered, mains

PAIR_HZ = 160.0
_UNITS_PER_VOLT = 16 / 7.8125e-6  # sixteenths of the converter's finest step


@dataclass(frozen=True, slots=True, eq=False)
class SensorFeed:
    """Feed of one wearable's sensors: the samples they will take, from when the world begins.

    After the last, the PPG sensor gives nothing and skin conductance rests at its last value.

    ppg_counts : shape (n, colours), 0..262143; columns are infrared, red, green
    ppg_rate_hz : TRUE rate of the sensor's samples, its oscillator's error included
    eda_usiemens : shape (m,), skin conductance, interpolated between the samples
    eda_rate_hz : samples per second of `eda_usiemens`
    eda_noise_v : rms noise at the converter's inputs
    electrode_v : the electrodes' own voltage, against the current
    mains_v, mains_hz : rms voltage of mains in series with the skin, and its frequency

    Raises
    ------
    ValueError
        a shape, type or rate is not as above

    Examples
    --------
    >>> from dyadkit.sim.people import bodies
    >>> person = bodies.meet(bodies.Encounter(), seconds=30.0, seed=1).a
    >>> counts = bodies.ppg_counts(person, np.arange(3000) / 100.0, seed=1)
    >>> feed = SensorFeed(counts, 100.0, person.eda_usiemens, bodies.RATE_HZ)
    >>> feed.ppg_counts.shape, feed.eda_usiemens.shape
    ((3000, 2), (480,))
    """

    ppg_counts: Ints
    ppg_rate_hz: float
    eda_usiemens: Floats
    eda_rate_hz: float
    eda_noise_v: float = 10e-6
    electrode_v: float = 0.0
    mains_v: float = 0.0
    mains_hz: float = 50.0

    def __post_init__(self) -> None:
        if self.ppg_counts.ndim != 2 or not 1 <= self.ppg_counts.shape[1] <= 3:
            raise ValueError("ppg_counts must have shape (n, colours) with 1 to 3 colours")
        if not np.issubdtype(self.ppg_counts.dtype, np.integer):
            raise ValueError("ppg_counts must be integers: the sensor counts")
        if self.ppg_rate_hz <= 0 or self.eda_rate_hz <= 0:
            raise ValueError("ppg_rate_hz and eda_rate_hz must be above 0")
        if self.eda_usiemens.ndim != 1 or not np.all(np.isfinite(self.eda_usiemens)):
            raise ValueError("eda_usiemens must be one row of finite values")


def write_ppg(feed: SensorFeed, path: Path) -> int:
    """Write the counts as the wearable's process reads them; the number of columns."""
    np.ascontiguousarray(feed.ppg_counts, dtype="<i4").tofile(path)
    return int(feed.ppg_counts.shape[1])


def units(volts: Floats | float) -> Ints:
    """Volts in the unit in which the virtual converter is told its inputs."""
    return np.asarray(np.rint(np.asarray(volts) * _UNITS_PER_VOLT), dtype=np.int64)


def write_electrodes(
    feed: SensorFeed, path: Path, random: np.random.Generator, circuit: Circuit
) -> None:
    """Write the front end's two voltages for each measuring period."""
    if not len(feed.eda_usiemens):
        np.zeros((1, 2), dtype="<i4").tofile(path)
        return
    seen = np.column_stack(electrodes(feed, circuit))
    seen += random.normal(0.0, feed.eda_noise_v, seen.shape)
    units(seen).astype("<i4").tofile(path)


def electrodes(feed: SensorFeed, circuit: Circuit) -> Seen:
    """The front end's two voltages for each measuring period, without noise."""
    seconds = len(feed.eda_usiemens) / feed.eda_rate_hz
    times_s = np.arange(max(1, round(seconds * PAIR_HZ))) / PAIR_HZ
    known_s = np.arange(len(feed.eda_usiemens)) / feed.eda_rate_hz
    siemens = 1e-6 * np.interp(times_s, known_s, feed.eda_usiemens)
    seen = filtered(circuit.steady(siemens, feed.electrode_v), PAIR_HZ)
    if not feed.mains_v:
        return seen
    hum_v = mains(siemens, times_s, feed.mains_v, feed.mains_hz)
    return Seen(seen.current_v + hum_v, seen.voltage_v)
