"""Stability: the phase margin of every amplifier's loop, for each kind that may be fitted.

The loop is opened at the inverting input, which draws no current, and driven there; its input
capacitance stays. The second pole of a kind is where its data sheet's margin puts it.
"""

from dataclasses import replace

import numpy as np

from hardware import design
from hardware.sim import opamp, spice
from hardware.sim.alternating import SKIN_FARAD
from hardware.sim.netlist import CircuitSetup

MIN_MARGIN_DEG = 45.0
LEAD_FARAD = 200e-12  # two wires of a metre, twisted
SKIN_FARADS = (0.0, 1e-9, 10e-9, SKIN_FARAD)
SKIN_OHMS = (10e3, 10e6)
_FROM_TO_HZ = (300.0, 30e6)
_PER_DECADE = 30


def skin(ohms: float, farads: float) -> tuple[str, ...]:
    """A skin, and leads with the capacitance of a long cable."""
    return (
        "Vcurrent LEAD_A skin 0",
        f"Rskin skin LEAD_B {ohms:g}",
        f"Cskin skin LEAD_B {farads + 1e-15:g}",
        f"Cleads LEAD_A LEAD_B {LEAD_FARAD:g}",
    )


def margin_deg(letter: str, bench: CircuitSetup) -> float:
    """Phase margin of one amplifier's loop, in degrees, at its last crossing of gain one."""
    sensed = design.part("U3").net(f"-{letter}")
    opened = replace(bench, opened=letter)
    wanted = [f"real(v({sensed}))", f"imag(v({sensed}))"]
    _, real, imaginary = spice.sweep(opened, _FROM_TO_HZ, wanted, _PER_DECADE).T
    loop = -(real + 1j * imaginary)
    above = np.flatnonzero(np.abs(loop) > 1)
    if not len(above):
        return 180.0
    phases_deg = np.degrees(np.unwrap(np.angle(loop)))
    return float(180 + phases_deg[above[-1]])


def margins(
    kind: opamp.Amplifier = opamp.FITTED, bench: CircuitSetup | None = None
) -> dict[str, float]:
    """Smallest phase margin of each amplifier over all skins, in degrees, by letter."""
    base = replace(bench or CircuitSetup(), amplifier=kind)
    skins = [skin(ohms, farads) for ohms in SKIN_OHMS for farads in SKIN_FARADS]
    return {
        letter: min(margin_deg(letter, replace(base, skin=one)) for one in skins)
        for letter in design.AMPLIFIERS
    }
