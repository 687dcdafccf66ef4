"""What a session says of its wearables is what they said of themselves."""

import numpy as np
import pytest

from dyadkit.decoding.decode import Decoded
from dyadkit.decoding.runs import Run
from dyadkit.devices.health import device_health
from dyadwire import messages, streams

HELLO = messages.Hello(1, 0, 3, 7, b"\1\2\3\4\5\6", 1, b"0.1\0")


def status(percent, hours_left):
    spare = dict.fromkeys(messages.Status._fields, 0)
    return messages.Status(**{**spare, "battery_percent": percent, "hours_left": hours_left})


def test_battery_room_self_test_and_pauses_are_told():
    bridged = np.array([0, streams.BRIDGED, streams.BRIDGED | streams.NO_CONTACT, 0])
    counts = np.array([10, 2, 3, 5])
    row = np.arange(4)
    run = Run(row, row, row, counts, bridged, np.zeros(20, np.int64))
    test = messages.SelfTest(0, 479, messages.CHECK_CALIBRATION, 499, 1300, 0)
    reported = [status(81, 9), test, status(messages.NO_BATTERY, 8), status(78, 8)]
    decoded = Decoded({(3, streams.EDA_CURRENT): run}, hellos=[(0, HELLO)],
                      others=list(enumerate(reported)))  # fmt: skip
    found = device_health("a", decoded)
    assert (found.battery_percent, found.hours_left) == ((81, 78), 8)
    assert found.bridged_share == pytest.approx(0.25)
    assert found.failed_checks == ("calibration",)
    sentence = found.sentence()
    for words in (
        "010203040506",
        "battery 81 % to 78 %",
        "8 h more",
        "firmware 0.1;",
        "self-test passed but for calibration",
        "25.0% of skin conductance",
    ):
        assert words in sentence


def test_what_a_wearable_never_told_is_not_made_up():
    found = device_health("b", Decoded())
    assert (found.battery_percent, found.hours_left, found.failed_checks) == (None, None, None)
    assert np.isnan(found.bridged_share)
    assert found.to_dict()["bridged_share"] is None
    assert found.sentence() == "  b wearable (unknown): unknown firmware"
