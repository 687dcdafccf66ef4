"""Sag of the supply: what a load step on it looks like in the conductance.

Both readings follow the supply, the current through R6 and C3, the voltage through R9 and C9. Where
their delays differ, their ratio moves for a moment, and that looks like a response of the skin.
"""

from dataclasses import replace

import numpy as np

from dyadkit.devices.calibration import FITTED_OHM, JigReading, constants, usiemens
from dyadwire import frontend
from hardware.sim import spice
from hardware.sim.alternating import PAIR_HZ, PAIRS_PER_SUM
from hardware.sim.direct import readings
from hardware.sim.netlist import CURRENT, VOLTAGE, CircuitSetup

SAG_V = 20e-3
LIMIT_NSIEMENS = 10.0
_BEGINS_S, _LASTS_S, _EDGE_S, _SEEN_S = 0.3, 0.5, 1e-3, 1.6


def false_response_nsiemens(siemens_micro: float, bench: CircuitSetup | None = None) -> float:
    """Largest error of the conductance, in nS, while the supply sags for half a second."""
    base = bench or CircuitSetup()
    calibration = constants(readings(base, FITTED_OHM), day=1, jig=1)
    times_s, current_v, voltage_v = spice.course(
        replace(base, supply=_sagging(), skin=("Vcurrent LEAD_A skin 0",
                f"Rskin skin LEAD_B {1e6 / siemens_micro:g}")), _SEEN_S, [CURRENT, VOLTAGE], 1e-3,
    ).T  # fmt: skip
    grid_s = np.arange(0, _SEEN_S, 1 / PAIR_HZ)
    sums = np.stack(
        [np.convolve(np.interp(grid_s, times_s, one), np.ones(PAIRS_PER_SUM) / PAIRS_PER_SUM,
                     "valid") for one in (current_v, voltage_v)], axis=1,
    )  # fmt: skip
    found = np.array([usiemens(JigReading(None, *pair), calibration) for pair in sums.tolist()])
    return float(1e3 * np.abs(found - found[0]).max())


def _sagging() -> str:
    low_v = frontend.SUPPLY_V - SAG_V
    ends_s = _BEGINS_S + _LASTS_S
    return (
        f"PWL(0 {frontend.SUPPLY_V} {_BEGINS_S} {frontend.SUPPLY_V} {_BEGINS_S + _EDGE_S} {low_v}"
        f" {ends_s} {low_v} {ends_s + _EDGE_S} {frontend.SUPPLY_V})"
    )


def as_in_a2() -> CircuitSetup:
    """The voltage without the delay that the current has."""
    return CircuitSetup(removed=frozenset({"C9"}))
