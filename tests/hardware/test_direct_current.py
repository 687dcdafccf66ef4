"""H1-H6, H11: how much current and voltage a person can get, and how true the conductance is."""

from dataclasses import replace

import numpy as np
import pytest

from dyadwire import frontend
from hardware.sim import direct, faults, netlist
from hardware.sim.netlist import CircuitSetup

pytestmark = pytest.mark.usefixtures("ngspice")

WEAK_LIMITS = {"R4": 10e3, "R5": 10e3, "R6": 10e3}
GRID = np.array(direct.GRID_USIEMENS)


@pytest.fixture(scope="module")
def outcomes(ngspice):
    return faults.outcomes()


def test_h1_the_intact_circuit_drives_little_current_even_with_its_parts_at_their_worst():
    normal = faults.normal()
    assert max(one.current_a for one in normal.values()) <= faults.LIMIT_NORMAL_A
    assert normal["nominal parts"].current_a == pytest.approx(7.6e-6, rel=0.01)


def test_h2_no_failed_amplifier_or_level_drives_ten_microamperes(outcomes):
    active = [one for one in outcomes if one.kind == faults.ACTIVE]
    assert len(active) >= 28
    assert all(one.current_a <= faults.LIMIT_ACTIVE_A for one in active), active[0]


def test_h3_no_single_fault_drives_fifty_microamperes(outcomes):
    assert len(outcomes) >= 100
    assert outcomes[0].current_a <= faults.LIMIT_ANY_A, outcomes[0]


def test_every_passive_part_is_broken_both_ways(outcomes):
    names = {one.name for one in outcomes}
    for ref in ("R1", "R4", "R6", "R18", "C3", "C6"):
        assert {f"{ref} shorted", f"{ref} open"} <= names


def test_relays_clamp_and_the_finger_clip_are_broken_too(outcomes):
    names = {one.name for one in outcomes}
    assert {"K1 contact shorted", "K2 open", "Q1 shorted", "D1 open"} <= names
    assert any(one.kind == faults.FINGER for one in outcomes)


def test_a_bare_sensor_at_the_finger_would_pass_the_limit():
    """A breakout's supply and ground pads under one finger, as in revision A2."""
    finger_ohm = 30e3
    assert frontend.SUPPLY_V / finger_ohm > faults.LIMIT_ANY_A


def test_h4_weak_limiting_resistors_fail_h1_h2_and_h3():
    current_a, _ = direct.worst(direct.strongest(WEAK_LIMITS))
    assert current_a > faults.LIMIT_NORMAL_A
    broken = [faults.weakened(one, WEAK_LIMITS) for one in faults.all_faults()]
    found = faults.outcomes(iter(broken))
    assert max(one.current_a for one in found if one.kind == faults.ACTIVE) > faults.LIMIT_ACTIVE_A
    assert found[0].current_a > faults.LIMIT_ANY_A


def test_h5_conductance_is_linear():
    assert max(map(abs, direct.linearity().values())) <= 0.0005


def test_h5_fails_where_the_converter_loads_its_filters():
    loaded = CircuitSetup(values={"R10": 47e3, "R11": 47e3, "R12": 47e3})
    assert max(map(abs, direct.linearity(loaded).values())) > 0.0005


@pytest.mark.parametrize("contact_ohm", [15.0, 30.0, 35.0])
def test_h5_the_relays_contacts_do_not_bend_the_conductance(contact_ohm, monkeypatch):
    monkeypatch.setattr(netlist, "CONTACT_OHM", contact_ohm)
    assert max(map(abs, direct.linearity().values())) <= 0.0005


def test_h5_fails_where_nothing_takes_the_contacts_out():
    bare = CircuitSetup(values={"R24": 1e12})
    assert max(map(abs, direct.linearity(bare).values())) > 0.0005


def test_h6_calibration_takes_out_the_spread_of_real_parts():
    errors = np.abs(direct.monte_carlo(200, seed=1)).max(axis=0)
    within_3_nsiemens = 0.003 / GRID
    assert np.all(errors[GRID <= 20] <= np.maximum(0.003, within_3_nsiemens[GRID <= 20]))
    assert np.all(errors[GRID <= 40] <= 0.004)
    assert np.all(errors <= 0.01)


def test_h6_fails_with_a_jig_of_two_percent():
    errors = np.abs(direct.monte_carlo(20, seed=1, jig_tolerance=0.02)).max(axis=0)
    assert errors[GRID <= 20].max() > 0.003


def test_h11_the_skin_never_sees_more_than_0_55_volts():
    assert max(one.skin_v for one in faults.normal().values()) <= 0.55


@pytest.mark.parametrize("offset_v", [4.5e-3, -4.5e-3])
def test_an_alternative_amplifier_with_thirty_times_the_offset_keeps_h1_and_h11(offset_v):
    offsets = dict(zip("ABCD", (offset_v, -offset_v, offset_v, -offset_v), strict=True))
    current_a, skin_v = direct.worst(replace(direct.strongest(), offsets_v=offsets))
    assert current_a <= faults.LIMIT_NORMAL_A
    assert skin_v <= 0.55


def test_h11_fails_with_a_larger_step_between_the_levels():
    _, skin_v = direct.worst(direct.strongest({"R2": 75e3}))
    assert skin_v > 0.55


def test_an_electrode_offset_is_an_error_of_the_electrode_not_of_the_device():
    errors = direct.electrode_offset(0.01)
    assert errors[1.0] == pytest.approx(-0.01 / 0.4991 + 0.0001, abs=0.002)
    assert abs(errors[100.0]) > 0.1
