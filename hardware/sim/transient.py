"""What a person gets while leads are put on or the supply comes up, instant by instant."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from dyadwire import frontend
from hardware import design
from hardware.sim import spice
from hardware.sim.alternating import SKIN_FARAD, skin
from hardware.sim.direct import strongest
from hardware.sim.faults import LIMIT_NORMAL_A
from hardware.sim.netlist import CURRENT, CircuitSetup

LIMIT_SKIN_V = 0.55
BODY_OHM = 1e3  # between the two skins; with less, the first instant's current would be larger
TOUCH_S = 0.1
BURST_S = 100e-6
_LASTS_S = 1.2


class Attached(NamedTuple):
    """What the skin gets when both leads are put on, and how the measured current takes it."""

    overshoot: float  # of the measured current, as a share of its step
    peak_v: float
    over_voltage_s: float  # how long the skin's voltage is above `LIMIT_SKIN_V`
    peak_a: float
    over_current_s: float  # how long the current is above `LIMIT_NORMAL_A`
    burst_c: float  # charge in the first `BURST_S`: what C6 and C7 hold


def attaching(ohms: float = 100e3, bench: CircuitSetup | None = None) -> Attached:
    """Put both leads at once on a skin of this resistance with `SKIN_FARAD` across it."""
    contact = (
        "Vcurrent LEAD_A body 0",
        f"Rbody body outer {BODY_OHM:g}",
        f"Vgate gate 0 PULSE(0 1 {TOUCH_S:g} 1u 1u 10 20)",
        "Btouch outer inner I = v(outer,inner)*(1e-12+1e-1*v(gate))",
        f"Rskin inner LEAD_B {ohms:g}",
        f"Cskin inner LEAD_B {SKIN_FARAD:g}",
    )
    times_s, across_v, current_a, measured_v = _course(
        replace(bench or CircuitSetup(), skin=contact)
    )
    before_v, after_v = measured_v[times_s < TOUCH_S][-1], measured_v[-1]
    burst = (times_s[1:] > TOUCH_S) & (times_s[1:] <= TOUCH_S + BURST_S)
    charges_c = np.diff(times_s) * (current_a[1:] + current_a[:-1]) / 2
    return Attached(
        overshoot=float((measured_v.max() - after_v) / (after_v - before_v)),
        peak_v=float(across_v.max()),
        over_voltage_s=_how_long(times_s, across_v > LIMIT_SKIN_V),
        peak_a=float(current_a.max()),
        over_current_s=_how_long(times_s, current_a > LIMIT_NORMAL_A),
        burst_c=float(charges_c[burst].sum()),
    )


def quickest(values: Mapping[str, float] | None = None) -> CircuitSetup:
    """The worst bench for attaching: resistors at their strongest, capacitors that calm least."""
    signs = {"C1": 1.0, "C8": -1.0, "C6": 1.0, "C7": 1.0}
    parts = [(design.part(ref), sign) for ref, sign in signs.items()]
    spread = {part.ref: part.amount * (1 + sign * part.tolerance) for part, sign in parts}
    slow = {"R17": design.part("R17").amount * (1 + design.part("R17").tolerance)}
    return strongest(spread | slow | dict(values or {}))


def switching_on(ohms: float = 100e3) -> float:
    """Largest skin voltage while the supply comes up within a millisecond on a person."""
    supply = f"PULSE(0 {frontend.SUPPLY_V} 10m 1m 1m 10 20)"
    _, across_v, _, _ = _course(
        CircuitSetup(skin=("Rbody inner body 1m", *skin(ohms)), supply=supply)
    )
    return float(across_v.max())


def _course(bench: CircuitSetup) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Time, skin voltage, skin current, voltage that stands for the current; at each step."""
    wanted = ("v(inner)-v(LEAD_B)", "i(Vcurrent)", CURRENT)
    times_s, across_v, current_a, measured_v = spice.course(bench, _LASTS_S, wanted).T
    return times_s, np.abs(across_v), np.abs(current_a), measured_v


def _how_long(times_s: np.ndarray, is_so: np.ndarray) -> float:
    steps_s = np.diff(times_s)
    return float(steps_s[is_so[1:] & is_so[:-1]].sum())
