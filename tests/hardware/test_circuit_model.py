"""The simulator's circuit in equations is the circuit of the design, solved by ngspice."""

from dataclasses import replace

import numpy as np
import pytest

from dyadkit.sim.device.circuit import SENSING_S, Circuit, Seen, filtered
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


STEP_AT_S, STEP_V, RATE_HZ = 0.3, 50e-3, 1000.0


def voltage_course(removed=frozenset()):
    """The voltage over a skin of 20 uS whose electrodes' own voltage steps, each millisecond."""
    skin = (
        "Vcurrent ELEC_A skin 0",
        f"Velectrode skin inner PWL(0 0 {STEP_AT_S} 0 {STEP_AT_S + 1e-4} {STEP_V})",
        "Rskin inner ELEC_B 50k",
    )
    bench = replace(bench_of(Circuit()), skin=skin, removed=removed)
    times_s, voltage_v = spice.course(bench, 1.0, [VOLTAGE], 1e-3).T
    grid_s = np.arange(0, 0.9, 1 / RATE_HZ)
    return np.interp(grid_s, times_s, voltage_v)


def in_equations():
    before, after = (Circuit().steady(np.array([20e-6]), one) for one in (0.0, STEP_V))
    late = np.arange(0, 0.9, 1 / RATE_HZ) >= STEP_AT_S
    stepping = Seen(*(np.where(late, b, a) for a, b in zip(before, after, strict=True)))
    return filtered(stepping, RATE_HZ).voltage_v


def test_a_change_reaches_the_voltage_as_late_as_in_the_simulation():
    expected = in_equations()
    step_v = np.ptp(expected)
    assert np.abs(voltage_course() - expected).max() < 0.05 * step_v


def test_without_what_slows_the_voltage_it_comes_sooner():
    expected = in_equations()
    assert np.abs(voltage_course(frozenset({"C9"})) - expected).max() > 0.2 * np.ptp(expected)


def test_the_time_constant_is_that_of_the_parts():
    assert pytest.approx(design.SENSE_OHM * design.LEVELLING_FARAD) == SENSING_S
