"""The bring-up notices every single fault, and passes good wings of real parts."""

from dataclasses import replace

import numpy as np
import pytest

from hardware.sim import bringup, direct, faults
from hardware.sim.netlist import CircuitSetup

pytestmark = pytest.mark.usefixtures("ngspice")


def test_a_wing_as_designed_passes():
    assert list(bringup.failures(CircuitSetup())) == []


def test_a_wing_whose_parts_are_at_their_strongest_passes():
    assert list(bringup.failures(direct.strongest())) == []


@pytest.mark.parametrize("seed", range(4))
def test_wings_of_real_parts_pass(seed):
    random = np.random.default_rng(seed)
    spread = {
        part.ref: part.amount * (1 + part.tolerance * random.uniform(-1, 1))
        for part in bringup.design.PARTS
        if part.kind in ("resistor", "capacitor")
    }
    offsets = dict(zip("ABCD", random.normal(0, 50e-6, 4).tolist(), strict=True))
    assert list(bringup.failures(CircuitSetup(values=spread, offsets_v=offsets))) == []


def broken():
    """Every fault of the wing itself; the finger clip has a step of its own, with a wet cloth."""
    return [faults.nominal(one) for one in faults.all_faults() if one.kind != faults.FINGER]


def test_every_single_fault_fails_a_step(ngspice):
    missed = [one.name for one in broken() if next(bringup.failures(one.bench), None) is None]
    assert missed == []


def test_a_step_left_out_lets_a_fault_through(monkeypatch):
    shorted = next(one for one in broken() if one.name == "R6 shorted")
    assert list(bringup.failures(shorted.bench))
    kept = tuple(one for one in bringup.POWERED if not one.figure.startswith("B to"))
    monkeypatch.setattr(bringup, "POWERED", kept)
    monkeypatch.setattr(bringup, "RESISTORS", ())
    assert not list(bringup._powered_failures(shorted.bench))


def test_todays_limit_of_the_lead_would_pass_a_shorted_limiter_of_the_receiver():
    """Revision A2 measured lead A only, to ground and supply."""
    shorted = next(one for one in broken() if one.name == "C3 shorted")
    noticed = list(bringup._powered_failures(replace(shorted.bench)))
    assert noticed
    assert all(one.startswith("lead-to-supply, B") for one in noticed)
