"""What guards the person and the readings: mains, static charge, stability, sags, dirt.

Each promise is shown to fail on the circuit of revision A2.
"""

import pytest

from hardware import design
from hardware.sim import discharge, leakage, mains, opamp, sag, stability
from hardware.sim.netlist import CircuitSetup

pytestmark = pytest.mark.usefixtures("ngspice")
AS_IN_A2 = CircuitSetup(values={"R18": 1e-3}, removed=frozenset({"D1"}))


@pytest.mark.parametrize("farads", mains.CHARGER_FARADS)
def test_a_charger_drives_little_through_a_person_because_usb_opens_the_relays(farads):
    assert mains.leakage_a(farads) <= mains.LIMIT_A / 5


def test_a_charger_drives_too_much_without_relays():
    assert mains.leakage_a(2.2e-9, mains.as_in_a2()) == pytest.approx(159e-6, rel=0.02)


@pytest.mark.parametrize("ref", ["K1", "K2"])
def test_one_relay_that_stays_closed_lets_a_chargers_current_through(ref):
    """Why the bring-up measures both, and why nobody wears it on USB all the same."""
    part = design.part(ref)
    stuck = CircuitSetup(extra=(f"Rstuck {part.net('OUTER')} {part.net('INNER')} 1",))
    assert mains.leakage_a(2.2e-9, stuck) > mains.LIMIT_A


def test_the_leads_are_parted_on_usb_even_if_the_firmware_keeps_the_supply_on():
    assert mains.isolation_ohm() > 100e6
    assert mains.isolation_ohm(mains.as_in_a2()) < 1e6


def test_the_leads_are_parted_when_the_supply_is_off():
    assert mains.isolation_ohm(CircuitSetup(supply="DC 0")) > 100e6


@pytest.mark.parametrize("lead", design.ELECTRODE_LEADS)
def test_a_discharge_of_eight_kilovolts_leaves_the_parts_within_their_ratings(lead):
    found = discharge.discharge(lead)
    assert found.lead_v <= discharge.MAX_CAPACITOR_V
    assert max(found.output_a, found.input_a) <= discharge.MAX_PIN_A


def test_a_discharge_is_too_much_without_clamp_and_resistor():
    at_a = discharge.discharge("LEAD_A", discharge.as_in_a2())
    at_b = discharge.discharge("LEAD_B", discharge.as_in_a2())
    assert at_a.lead_v == pytest.approx(1000, rel=0.03)
    assert at_b.output_a > 1


def test_every_amplifier_that_may_be_fitted_is_one_whose_stability_is_known():
    item = design.part("U3").item
    assert {item.mpn, *item.alternatives} == {one.mpn for one in opamp.AMPLIFIERS}


@pytest.mark.parametrize("kind", opamp.AMPLIFIERS, ids=lambda one: one.mpn)
def test_all_four_amplifiers_are_stable_over_every_skin(kind):
    assert min(stability.margins(kind).values()) >= stability.MIN_MARGIN_DEG


@pytest.mark.parametrize("kind", opamp.AMPLIFIERS, ids=lambda one: one.mpn)
def test_the_receiver_is_not_stable_with_a_capacitor_straight_on_its_output(kind):
    assert stability.margins(kind, AS_IN_A2)["B"] < stability.MIN_MARGIN_DEG


@pytest.mark.parametrize("usiemens", [5.0, 20.0, 40.0])
def test_a_sag_of_the_supply_does_not_look_like_a_response(usiemens):
    assert sag.false_response_nsiemens(usiemens) <= sag.LIMIT_NSIEMENS


@pytest.mark.parametrize(("c3", "c9"), [(1.1, 0.95), (0.9, 1.05)])
def test_a_sag_does_not_look_like_a_response_with_capacitors_at_their_worst(c3, c9):
    spread = {"C3": c3 * design.part("C3").amount, "C9": c9 * design.part("C9").amount}
    assert sag.false_response_nsiemens(20.0, CircuitSetup(values=spread)) <= sag.LIMIT_NSIEMENS


def test_a_sag_looks_like_a_response_where_only_the_current_is_slowed():
    assert sag.false_response_nsiemens(20.0, sag.as_in_a2()) > 5 * sag.LIMIT_NSIEMENS


@pytest.mark.parametrize("film_ohm", leakage.FILM_OHMS)
def test_dirt_beside_a_guarded_node_changes_nothing_and_beside_a_bare_one_much(film_ohm):
    found = leakage.errors(film_ohm)
    assert found["guard"] <= 0.0005
    assert found["GND"] >= 0.01
