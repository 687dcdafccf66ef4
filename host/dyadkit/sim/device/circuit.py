"""The skin-conductance front end as equations: from a skin to the voltages the converter sees.

The same circuit as `hardware/design.py`, solved by hand instead of by ngspice; a test holds the
two together. Steady levels are exact but for the amplifiers' finite gain; what changes with time
passes the circuit's filters. The relays' resistance is left out, with R24 that takes it out again.
"""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadwire import frontend

# An ADS1115 input draws charge while it converts: as resistances against ground and within a pair,
# at +-2.048 V (current) and +-1.024 V (voltage), over the share of time a conversion takes.
CONVERTING_SHARE = (1 / 860 + 30e-6) * 160
CURRENT_LOAD_OHM = (6.0e6, 4.9e6)  # each input to ground, one to the other
VOLTAGE_LOAD_OHM = (3.0e6, 2.4e6)

SENSING_S = 33e-3
"""Time constant of the input that senses the electrode (R9 with C9): the current's own, so that a
sag of the supply reaches both alike."""
_OFFSET_MAX_V = 150e-6
_GAIN_ERROR = 0.0015


class Seen(NamedTuple):
    """Voltages that the converter sees: over the current resistor, and over the skin."""

    current_v: Floats
    voltage_v: Floats


@dataclass(frozen=True, slots=True)
class Circuit:
    """One wearable's front end.

    offsets_v : of the four amplifiers: driver, receiver, buffer of the electrode, of the level
    gains : of the converter, in the range of the current and in that of the voltage
    """

    supply_v: float = frontend.SUPPLY_V
    divider_ohm: tuple[float, float, float] = frontend.DIVIDER_OHM
    driver_ohm: float = float(sum(frontend.DRIVER_OHM))
    current_ohm: float = frontend.CURRENT_OHM
    input_ohm: float = frontend.INPUT_OHM
    offsets_v: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    gains: tuple[float, float] = (1.0, 1.0)

    @classmethod
    def drawn(cls, random: np.random.Generator) -> Self:
        """One of the many that can be built from real parts."""

        def near(amount: float, tolerance: float) -> float:
            return amount * (1 + tolerance * float(random.uniform(-1, 1)))

        high, step, low = frontend.DIVIDER_OHM
        offsets = random.normal(0, _OFFSET_MAX_V / 3, 4).tolist()
        return cls(
            supply_v=near(frontend.SUPPLY_V, 0.03),
            divider_ohm=(near(high, 0.01), near(step, 0.01), near(low, 0.01)),
            driver_ohm=near(sum(frontend.DRIVER_OHM), 0.01),
            current_ohm=near(frontend.CURRENT_OHM, 0.001),
            input_ohm=near(frontend.INPUT_OHM, 0.01),
            offsets_v=(offsets[0], offsets[1], offsets[2], offsets[3]),
            gains=(near(1.0, _GAIN_ERROR), near(1.0, _GAIN_ERROR)),
        )

    @property
    def level_v(self) -> float:
        """The low level, against which everything is measured."""
        high, step, low = self.divider_ohm
        return self.supply_v * low / (high + step + low)

    @property
    def held_v(self) -> float:
        """The voltage at which the electrodes are held."""
        driver, receiver, _, _ = self.offsets_v
        high, step, low = self.divider_ohm
        return self.supply_v * step / (high + step + low) + driver - receiver

    def steady(self, siemens: Floats, electrode_v: float = 0.0) -> Seen:
        """Voltages with a skin of this conductance; 0 is a lead that is off.

        `electrode_v` is the electrodes' own voltage, against the current.
        """
        current_a = self.electrode_a(siemens, electrode_v)
        at_b_v = self.level_v + self.offsets_v[1]
        at_a_v = at_b_v + self._across_v(siemens, current_a, electrode_v)
        out_b_v = at_b_v - current_a * self.current_ohm
        at_inputs = np.stack(
            [out_b_v, at_a_v + self.offsets_v[2],
             np.full_like(out_b_v, self.level_v + self.offsets_v[3])]
        )  # fmt: skip
        seen = self._loaded() @ at_inputs
        return Seen(self.gains[0] * (seen[2] - seen[0]), self.gains[1] * (seen[1] - seen[2]))

    def electrode_a(self, siemens: Floats, electrode_v: float = 0.0) -> Floats:
        """Current through the skin: what holds the voltage, as far as the resistors let it."""
        siemens = np.asarray(siemens, dtype=float)
        wanted = siemens * (self.held_v - electrode_v)
        rest_v = self.supply_v - frontend.SWING_LOSS_V - self.level_v - self.offsets_v[1]
        driven = siemens * (rest_v - electrode_v) / (1 + self.driver_ohm * siemens)
        received = (self.level_v - frontend.SWING_LOSS_V) / self.current_ohm
        return np.asarray(np.minimum(np.minimum(wanted, driven), received))

    def _across_v(self, siemens: Floats, current_a: Floats, electrode_v: float) -> Floats:
        """Voltage between the electrodes; the held one where no current flows."""
        with np.errstate(divide="ignore", invalid="ignore"):
            across = current_a / siemens + electrode_v
        return np.asarray(np.where(siemens > 0, across, self.held_v))

    def _loaded(self) -> Floats:
        """Voltages at AIN0, AIN1, AIN3 from those before the input resistors."""
        ground = [CONVERTING_SHARE / one[0] for one in (CURRENT_LOAD_OHM, VOLTAGE_LOAD_OHM)]
        pair = [CONVERTING_SHARE / one[1] for one in (CURRENT_LOAD_OHM, VOLTAGE_LOAD_OHM)]
        source = 1 / self.input_ohm
        matrix = np.diag(
            [source + ground[0] + pair[0], source + ground[1] + pair[1],
             source + sum(ground) + sum(pair)]
        )  # fmt: skip
        matrix[0, 2] = matrix[2, 0] = -pair[0]
        matrix[1, 2] = matrix[2, 1] = -pair[1]
        return np.asarray(np.linalg.inv(matrix) * source)


def filtered(seen: Seen, rate_hz: float) -> Seen:
    """What the filters leave of voltages sampled at this rate, from a settled start."""
    current_s = frontend.CURRENT_OHM * frontend.CURRENT_FARAD
    input_s = frontend.INPUT_OHM * frontend.INPUT_FARAD
    current_v = _low_pass(_low_pass(seen.current_v, current_s, rate_hz), input_s, rate_hz)
    voltage_v = _low_pass(_low_pass(seen.voltage_v, SENSING_S, rate_hz), input_s, rate_hz)
    return Seen(current_v, voltage_v)


def _low_pass(values: Floats, constant_s: float, rate_hz: float) -> Floats:
    from scipy.signal import lfilter

    kept = float(np.exp(-1 / (constant_s * rate_hz)))
    made, _ = lfilter([1 - kept], [1, -kept], values, zi=[kept * values[0]])
    return np.asarray(made)


def mains(siemens: Floats, times_s: Floats, volts_rms: float, hertz: float) -> Floats:
    """What mains in series with the skin adds to the current's voltage at the converter."""
    turning = 2j * np.pi * hertz
    current_s = frontend.CURRENT_OHM * frontend.CURRENT_FARAD
    input_s = frontend.INPUT_OHM * frontend.INPUT_FARAD
    response = 1 / ((1 + turning * current_s) * (1 + turning * input_s))
    waves = np.sqrt(2) * volts_rms * np.real(response * np.exp(turning * times_s))
    return np.asarray(siemens * frontend.CURRENT_OHM * waves)
