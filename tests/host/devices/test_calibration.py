"""Calibration of the skin-conductance front end from readings of a jig."""

import numpy as np
import pytest

from dyadkit.devices.calibration import JigReading, checks, constants, usiemens
from dyadkit.errors import SignalError
from dyadwire import frontend


def read(ohms, *, zero_current_v=-1.2e-3, zero_voltage_v=2.5e-3, gain=1.004):
    """A front end with these faults, its electrodes driven as the circuit drives them."""
    siemens = 0.0 if ohms is None else 1 / ohms
    skin_v = min(0.499, 1.98 / (1 + 260e3 * siemens))
    current_v = skin_v * siemens * frontend.CURRENT_OHM
    return JigReading(ohms, current_v + zero_current_v, gain * skin_v + zero_voltage_v)


def test_zeros_and_gain_are_found_and_removed():
    seen = [read(ohms) for ohms in frontend.JIG_OHM]
    found = constants(seen, day=9000, jig=3)
    assert found.zero_current_nv == pytest.approx(-1_200_000, abs=2)
    assert found.zero_voltage_nv == pytest.approx(2_500_000, abs=500)
    assert found.gain_ppm == pytest.approx(4_000, abs=2)
    assert (found.day, found.jig) == (9000, 3)


@pytest.mark.parametrize("microsiemens", np.geomspace(0.05, 100, 12))
def test_a_calibrated_wearable_reads_every_skin_right(microsiemens):
    found = constants([read(ohms) for ohms in frontend.JIG_OHM], day=1, jig=1)
    assert usiemens(read(1e6 / microsiemens), found) == pytest.approx(microsiemens, rel=2e-5)


def test_the_resistors_not_used_check_the_others():
    seen = [read(ohms) for ohms in frontend.JIG_OHM]
    found = constants(seen, day=1, jig=1)
    made = checks(seen, found)
    assert [check.ohms for check in made] == [10_000_000, 1_000_000, 49_900]
    assert all(check.is_within_limits for check in made)


def test_a_wrong_resistor_in_the_jig_is_noticed_by_a_check():
    seen = [read(ohms) for ohms in frontend.JIG_OHM]
    wrong = read(1_020_000)
    seen[2] = JigReading(1_000_000, wrong.current_v, wrong.voltage_v)
    assert not checks(seen, constants(seen, day=1, jig=1))[1].is_within_limits


def test_a_missing_reading_is_named():
    with pytest.raises(SignalError, match="10000 ohm"):
        constants([read(None), read(100_000)], day=1, jig=1)


def test_leads_that_are_off_are_said():
    seen = [read(None), JigReading(100_000, 0.0, 0.5), JigReading(10_000, 0.0, 0.5)]
    with pytest.raises(SignalError, match="check the leads"):
        constants(seen, day=1, jig=1)


def test_resistors_in_another_order_are_said():
    ten, hundred = read(10_000), read(100_000)
    seen = [
        read(None),
        JigReading(100_000, ten.current_v, ten.voltage_v),
        JigReading(10_000, hundred.current_v, hundred.voltage_v),
    ]
    with pytest.raises(SignalError, match="order"):
        constants(seen, day=1, jig=1)
