"""H9, H11 in every instant: what a person gets while leads are put on or the supply comes up."""

import pytest

from hardware.sim import transient
from hardware.sim.netlist import CircuitSetup

pytestmark = pytest.mark.usefixtures("ngspice")
BARE = CircuitSetup(values={"C3": 1e-12, "C10": 1e-12, "C11": 1e-12, "C12": 1e-12})
AS_IN_REVISION_A1 = {"R17": 1e12}  # C8 without effect


@pytest.mark.parametrize("ohms", [1e4, 1e5, 1e6])
def test_h9_attaching_the_leads_does_not_overshoot(ohms):
    assert transient.attaching(ohms).overshoot <= 0.05


def test_h9_fails_without_filters_where_the_skins_capacitance_draws_a_spike():
    assert transient.attaching(1e6, BARE).overshoot > 0.05


@pytest.mark.parametrize("ohms", [1e3, 1e4, 1e5, 1e6, 1e7])
def test_h11_the_skin_never_sees_more_than_0_55_volts_while_leads_are_put_on(ohms):
    attached = transient.attaching(ohms, transient.quickest())
    assert attached.peak_v <= transient.LIMIT_SKIN_V
    assert attached.over_voltage_s == 0


def test_h11_fails_for_a_hundredth_of_a_second_without_the_capacitor_that_leads():
    attached = transient.attaching(1e7, transient.quickest(AS_IN_REVISION_A1))
    assert attached.peak_v == pytest.approx(0.73, abs=0.02)
    assert 0.010 < attached.over_voltage_s < 0.015


@pytest.mark.parametrize("ohms", [1e4, 1e6])
def test_more_than_the_capped_current_flows_for_less_than_a_tenth_of_a_millisecond(ohms):
    attached = transient.attaching(ohms, transient.quickest())
    assert attached.over_current_s <= transient.BURST_S
    assert attached.burst_c <= 5e-9


def test_a_capacitor_at_the_electrode_a_hundred_times_larger_gives_more_charge():
    attached = transient.attaching(1e6, transient.quickest({"C6": 100e-9}))
    assert attached.burst_c > 5e-9


def test_switching_on_gives_the_skin_no_more_than_it_has_later():
    assert transient.switching_on() <= transient.LIMIT_SKIN_V
