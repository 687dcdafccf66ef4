"""The simulator's circuit in equations is the circuit of the design, solved by ngspice."""

from dataclasses import replace

import numpy as np
import pytest

from dyadkit.sim.device.circuit import Circuit
from dyadwire import frontend
from hardware import design
from hardware.sim import spice
from hardware.sim.netlist import CURRENT, VOLTAGE, CircuitSetup

pytestmark = pytest.mark.usefixtures("ngspice")
GRID_USIEMENS = np.array([0.05, 1.0, 5.0, 11.0, 13.0, 40.0, 100.0, 1e6])


def bench_of(circuit):
    """The same parts on the bench; the two driver resistors share their sum.

    The skin is behind the relays, and what takes their contacts out (R24) is not there: the
    equations know neither. `test_direct_current` holds that together they change nothing.
    """
    high, step, low = circuit.divider_ohm
    values = {"R1": high, "R2": step, "R3": low, "R6": circuit.current_ohm - design.CALMING_OHM}
    values |= dict.fromkeys(("R4", "R5"), circuit.driver_ohm / 2)
    values["R24"] = 1e12
    values |= dict.fromkeys(("R10", "R11", "R12"), circuit.input_ohm)
    offsets = dict(zip("ABCD", circuit.offsets_v, strict=True))
    return CircuitSetup(values, offsets, supply_v=circuit.supply_v)


def simulated(circuit, electrode_v=0.0):
    skin = (
        "Vcurrent ELEC_A skin 0",
        f"Velectrode skin inner {electrode_v:.9g}",
        "Rskin inner ELEC_B 1k",
    )
    bench = replace(bench_of(circuit), skin=skin)
    asked = [[f"Rskin = {1e6 / one:.9g}"] for one in GRID_USIEMENS]
    return spice.operating_points(bench, asked, [CURRENT, VOLTAGE]).T


def circuits():
    random = np.random.default_rng(7)
    drawn = [Circuit.drawn(random) for _ in range(4)]
    return [Circuit(), *(replace(one, gains=(1.0, 1.0)) for one in drawn)]


@pytest.mark.parametrize("circuit", circuits())
@pytest.mark.parametrize("electrode_v", [0.0, 0.02, -0.02])
def test_equations_and_simulation_agree(circuit, electrode_v):
    seen = circuit.steady(1e-6 * GRID_USIEMENS, electrode_v)
    current_v, voltage_v = simulated(circuit, electrode_v)
    # an amplifier at its rail has 200 ohm in the simulation and none in the equations
    np.testing.assert_allclose(seen.current_v, current_v, atol=10e-6, rtol=1e-3)
    np.testing.assert_allclose(seen.voltage_v, voltage_v, atol=10e-6, rtol=1e-3)
    ratio = (current_v / voltage_v) / (seen.current_v / seen.voltage_v)
    np.testing.assert_allclose(ratio[:-1], 1, atol=1e-3)


def test_a_resistor_changed_alone_is_noticed():
    changed = replace(Circuit(), current_ohm=1.01 * frontend.CURRENT_OHM)
    current_v, _ = simulated(Circuit())
    assert np.abs(changed.steady(1e-6 * GRID_USIEMENS).current_v - current_v).max() > 1e-3
