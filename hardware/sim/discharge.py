"""Static charge: what a discharge of a charged body at a lead does to the parts behind it.

The gun of IEC 61000-4-2, second-hand: 150 pF at 8 kV through 330 ohm into the touched lead.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from hardware import design
from hardware.sim import spice
from hardware.sim.netlist import CircuitSetup

GUN_V, GUN_FARAD, GUN_OHM = 8e3, 150e-12, 330.0
MAX_CAPACITOR_V = 50.0  # rating of C6 and C7
MAX_PIN_A = 0.1  # what CMOS parts are tested with against latching up [K]
_BEGINS_S, _RISES_S, _LASTS_S, _STEP_S = 20e-9, 0.8e-9, 1e-6, 0.5e-9


class Discharge(NamedTuple):
    """Largest voltage at the inner end of the lead, and currents into the amplifier's pins."""

    lead_v: float
    output_a: float  # into OUTB, through R18
    input_a: float  # towards -A, through R17


def discharge(lead: str, bench: CircuitSetup | None = None) -> Discharge:
    """Discharge the gun into LEAD_A or LEAD_B while the contacts are closed."""
    gun = (
        f"Vgun gun 0 PWL(0 0 {_BEGINS_S:g} 0 {_BEGINS_S + _RISES_S:g} {GUN_V:g})",
        f"Cgun gun tip {GUN_FARAD:g}",
        f"Rgun tip {lead} {GUN_OHM:g}",
        "Vcurrent LEAD_A skin 0",
        "Rskin skin LEAD_B 10meg",
    )
    inner = lead.replace("LEAD", "ELEC")
    wanted = [f"v({inner})", "v(ELEC_B)-v(INNER_B)", "v(ELEC_A)-v(AHEAD)"]
    base = replace(bench or CircuitSetup(), skin=gun)
    course = np.abs(spice.course(base, _LASTS_S, wanted, _STEP_S))[:, 1:].max(axis=0)
    ohms = [base.values.get(ref, design.part(ref).amount) for ref in ("R18", "R17")]
    return Discharge(float(course[0]), float(course[1] / ohms[0]), float(course[2] / ohms[1]))


def as_in_a2() -> CircuitSetup:
    """Without the clamp, and the receiver straight on its lead."""
    return CircuitSetup(values={"R18": 1.0}, removed=frozenset({"D1"}))
