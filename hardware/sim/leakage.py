"""Leakage: what a film of dirt or humidity at a high-impedance node does to the conductance.

Around each such node lies copper at its own voltage (`design.GUARDS`). A film then leads from the
node to its guard, where no voltage drives a current, instead of to ground.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hardware import design
from hardware.sim.direct import FITTED_OHM, readings, relative_errors
from hardware.sim.netlist import CircuitSetup

FILM_OHMS = (1e9, 100e6)
_SKIN_OHMS = (1e6, 2e5, 1e5)


def error(node: str, to: str, film_ohm: float) -> float:
    """Largest relative error at 1, 5 and 10 uS of a film that was not there at calibration."""
    dirty = replace(CircuitSetup(), extra=(f"Rfilm {node} {to} {film_ohm:g}",))
    clean = readings(CircuitSetup(), FITTED_OHM)
    return float(np.abs(relative_errors(clean, readings(dirty, _SKIN_OHMS))).max())


def errors(film_ohm: float, ends: Sequence[str] = ("guard", "GND")) -> dict[str, float]:
    """The worst node's error for a film to its guard, and to ground where there is no guard."""
    return {
        end: max(
            error(node, guard if end == "guard" else end, film_ohm)
            for node, guard in design.GUARDS.items()
        )
        for end in ends
    }
