"""H7, H8, H10: steps, bandwidth, mains."""

import pytest

from hardware.sim import alternating, quantisation
from hardware.sim.netlist import CircuitSetup

spice = pytest.mark.usefixtures("ngspice")
BARE = CircuitSetup(values={"C3": 1e-12, "C10": 1e-12, "C11": 1e-12, "C12": 1e-12})
SKIN_FARADS = (1e-9, 10e-9, 30e-9)


@pytest.mark.parametrize("usiemens", [0.1, 1, 5, 10, 15, 20])
def test_h7_the_converters_steps_stay_below_a_nanosiemens(usiemens):
    assert quantisation.error_nsiemens(usiemens) <= 1.0


def test_h7_fails_with_a_tenth_of_the_current_resistor():
    assert quantisation.error_nsiemens(20, current_ohm=15e3) > 1.0


@spice
@pytest.mark.parametrize("farads", SKIN_FARADS)
def test_h8_the_bandwidth_suits_skin_conductance_without_peaking(farads):
    cutoff_hz, peak = alternating.cutoff_hz(farads)
    assert 2.5 <= cutoff_hz <= 5.0
    assert peak <= 0.01


@spice
def test_h8_fails_with_small_filter_capacitors():
    small = CircuitSetup(values={"C3": 22e-9, "C10": 1e-6, "C11": 1e-6, "C12": 1e-6})
    cutoff_hz, _ = alternating.cutoff_hz(10e-9, small)
    assert cutoff_hz > 5.0


@spice
def test_h10_mains_leaves_less_than_a_nanosiemens_even_off_frequency():
    assert alternating.mains_nsiemens() <= 1.0


@spice
def test_h10_fails_without_filters():
    assert alternating.mains_nsiemens(bench=BARE) > 1.0


@spice
def test_noise_is_below_the_converters_steps():
    assert alternating.noise_nsiemens() <= 0.2
