"""Mains: what a charger's capacitor drives through a person who touches earth.

A charger without earth has a capacitor between mains and its output. With USB plugged in the whole
circuit follows mains; an electrode on a person who touches something earthed closes the loop.
"""

from dataclasses import replace

import numpy as np

from hardware import design
from hardware.sim import spice
from hardware.sim.alternating import response
from hardware.sim.netlist import CircuitSetup

MAINS_V, MAINS_HZ = 230.0, 50.0
USB_V = 5.0
CHARGER_FARADS = (0.47e-9, 1e-9, 2.2e-9)  # the last is the most that is usual
LIMIT_A = 100e-6
BODY_OHM = 1e3


def plugged(bench: CircuitSetup | None = None) -> CircuitSetup:
    """USB plugged in, both electrodes on a person who touches earth."""
    person = (
        "Vcurrent LEAD_A LEAD_A_skin 0",
        f"Ra LEAD_A_skin person {BODY_OHM:g}",
        f"Rb LEAD_B person {BODY_OHM:g}",
        "Vearth person earth 0",
        "Vmains earth live DC 0 AC 1",
        "Ccharger live 0 1n",
    )
    return replace(bench or CircuitSetup(), usb_v=USB_V, skin=person)


def leakage_a(farads: float, bench: CircuitSetup | None = None) -> float:
    """Current through the person, rms, of a charger with this capacitor."""
    base = plugged(bench)
    lines = tuple(line.replace("0 1n", f"0 {farads:g}") for line in base.skin)
    found = response(replace(base, skin=lines), np.array([MAINS_HZ]), "i(Vearth)")
    return float(MAINS_V * found[0])


def as_in_a2() -> CircuitSetup:
    """Nothing that parts the person from the circuit: both contacts closed whatever happens."""
    closed = tuple(
        f"Rclosed{ref} {design.part(ref).net('OUTER')} {design.part(ref).net('INNER')} 1e-3"
        for ref in ("K1", "K2")
    )
    return CircuitSetup(extra=(*closed, "Rfed LDO2 VFE 1e-3"))


def isolation_ohm(bench: CircuitSetup | None = None) -> float:
    """Direct-current resistance from both leads together to ground, with USB plugged in."""
    base = replace(
        bench or CircuitSetup(),
        usb_v=USB_V,
        skin=("Rjoin LEAD_A LEAD_B 1", "Vmeter LEAD_A 0 0.3"),
    )
    current_a = np.abs(spice.operating_points(base, [[]], ["i(Vmeter)"]))[0, 0]
    return float(0.3 / max(current_a, 1e-15))
