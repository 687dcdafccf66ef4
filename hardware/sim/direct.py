"""Direct current: skin voltage and current, linearity, spread of real parts, electrode offset."""

from collections.abc import Mapping, Sequence

import numpy as np

from dyadkit.devices.calibration import FITTED_OHM, JigReading, constants, usiemens
from dyadwire import frontend
from hardware import design
from hardware.sim import opamp, spice
from hardware.sim.netlist import CURRENT, VOLTAGE, CircuitSetup

GRID_USIEMENS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 40.0, 70.0, 100.0)
OPEN_OHM = 1e15
FULL_CELL_V = 4.25  # charged to the end of a charger's tolerance
CURRENT_A = "i(Vcurrent)"
SKIN_V = "v(LEAD_A)-v(LEAD_B)"


def readings(
    bench: CircuitSetup, ohms: Sequence[float | None], changes: Sequence[str] = ()
) -> list[JigReading]:
    """What the converter sees with these resistors at the leads."""
    asked = [[*changes, f"Rskin = {OPEN_OHM if one is None else one:.9g}"] for one in ohms]
    found = spice.operating_points(bench, asked, [CURRENT, VOLTAGE])
    return [JigReading(one, *row) for one, row in zip(ohms, found.tolist(), strict=True)]


def relative_errors(fitted: Sequence[JigReading], measured: Sequence[JigReading]) -> np.ndarray:
    """Relative error of the conductance of each measured reading after calibration."""
    calibration = constants(fitted, day=1, jig=1)
    return np.array(
        [usiemens(one, calibration) * float(one.ohms or 0) / 1e6 - 1 for one in measured]
    )


def linearity(bench: CircuitSetup | None = None) -> dict[float, float]:
    """Relative error after calibration with the design's own values, by conductance."""
    ohms = [*FITTED_OHM, *(1e6 / one for one in GRID_USIEMENS)]
    seen = readings(bench or CircuitSetup(), ohms)
    errors = relative_errors(seen[: len(FITTED_OHM)], seen[len(FITTED_OHM) :])
    return dict(zip(GRID_USIEMENS, errors.tolist(), strict=True))


def monte_carlo(samples: int, seed: int, *, jig_tolerance: float = 0.001) -> np.ndarray:
    """Errors of wearables with parts spread over their tolerance, shape (samples, grid).

    Each has its own resistors (uniform within the tolerance), amplifier offsets (normal, three
    sigma at the maximum) and supply (+-3 %), and is calibrated with a jig of its own; the skin is
    exact.
    """
    random = np.random.default_rng(seed)
    count = len(FITTED_OHM)
    changes: list[list[str]] = []
    for _ in range(samples):
        whole = _spread(random)
        jig = [_spread_by(random, one or OPEN_OHM, jig_tolerance) for one in FITTED_OHM]
        skins = [f"Rskin = {ohms:.9g}" for ohms in (*jig, *(1e6 / one for one in GRID_USIEMENS))]
        changes += [[*whole, skins[0]], *([one] for one in skins[1:])]
    found = spice.operating_points(CircuitSetup(), changes, [CURRENT, VOLTAGE])
    named = (*FITTED_OHM, *(1e6 / one for one in GRID_USIEMENS))
    errors = []
    for one in found.reshape(samples, len(named), 2).tolist():
        seen = [JigReading(ohms, *row) for ohms, row in zip(named, one, strict=True)]
        errors.append(relative_errors(seen[:count], seen[count:]))
    return np.array(errors)


def _spread(random: np.random.Generator) -> list[str]:
    """Changes that make one wearable of the many."""
    resistors = [part for part in design.PARTS if part.kind == "resistor"]
    lines = [
        f"{part.ref} = {_spread_by(random, part.amount, part.tolerance):.9g}" for part in resistors
    ]
    for letter in design.AMPLIFIERS.lower():
        lines.append(f"v.x{letter}.voffset = {random.normal(0, opamp.OFFSET_MAX_V / 3):.9g}")
    return [*lines, f"VDD = {_spread_by(random, frontend.SUPPLY_V, 0.03):.9g}"]


def _spread_by(random: np.random.Generator, amount: float, tolerance: float) -> float:
    return amount * (1 + tolerance * float(random.uniform(-1, 1)))


def electrode_offset(offset_v: float) -> dict[float, float]:
    """Relative error an electrode offset makes, by conductance; no calibration can remove it."""
    still = readings(CircuitSetup(), FITTED_OHM)
    skin = (
        "Vcurrent LEAD_A skin 0",
        f"Voffset skin inner {offset_v:.9g}",
        "Rskin inner LEAD_B 100k",
    )
    seen = readings(CircuitSetup(skin=skin), [1e6 / one for one in GRID_USIEMENS])
    return dict(zip(GRID_USIEMENS, relative_errors(still, seen).tolist(), strict=True))


def worst(
    bench: CircuitSetup,
    ohms: Sequence[float] = (1e2, 1e4, 5e4, 1e5, 1e6, 1e7),
    currents: Sequence[str] = (CURRENT_A,),
) -> tuple[float, float]:
    """Largest current of any contact and skin voltage over these skin resistances."""
    asked = [[f"Rskin = {one:.9g}"] for one in ohms]
    found = np.abs(spice.operating_points(bench, asked, [*currents, SKIN_V]))
    return float(found[:, :-1].max()), float(found[:, -1].max())


def strongest(values: Mapping[str, float] | None = None) -> CircuitSetup:
    """The bench whose resistors, supply and cell stand where the electrode current is largest."""
    spread = {
        part.ref: part.amount * (1 + part.tolerance * (1 if part.ref == "R1" else -1))
        for part in design.PARTS
        if part.kind == "resistor"
    }
    spread["R2"] = design.part("R2").amount * (1 + design.part("R2").tolerance)
    return CircuitSetup(
        values=spread | dict(values or {}),
        supply_v=frontend.SUPPLY_V * 1.03,
        battery_v=FULL_CELL_V,
    )
