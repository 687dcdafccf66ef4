"""Lights and alarms: what is wrong, the worst first, by the limits of the session's own verdict."""

import math

import pytest

from dyadkit.live.bodies.person import Vitals
from dyadkit.live.recorder.lights import (
    LinkNow,
    Steady,
    TrafficLight,
    concerns_of,
    disk_concerns,
    worst_of,
)

HERE = LinkNow(is_met=True, silent_s=0.1)
FINE = {"bpm": 70.0, "clear": 1.0, "bound_s": 0.001, "battery_percent": 80}


def light(link=HERE, **vitals):
    return worst_of(concerns_of("b", Vitals(**{**FINE, **vitals}), link))


def test_one_who_is_well_has_a_green_light():
    assert light() is TrafficLight.GOOD


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"pulse_off_s": 2.5}, TrafficLight.ACT),
        ({"skin_off_s": 2.5}, TrafficLight.ACT),
        ({"skin_off_s": 1.0}, TrafficLight.GOOD),
        ({"battery_hours": 0.3}, TrafficLight.ACT),
        ({"battery_percent": 19}, TrafficLight.LOOK),
        ({"clear": 0.3}, TrafficLight.LOOK),
        ({"clear": math.nan}, TrafficLight.GOOD),
        ({"lost": 0.02}, TrafficLight.LOOK),
        ({"bound_s": 0.08}, TrafficLight.LOOK),
        ({"missing_s": 20.0, "lost": 0.3}, TrafficLight.FILL),
        ({"failed_checks": ("ppg",)}, TrafficLight.LOOK),
        ({"failed_checks": ("calibration",)}, TrafficLight.GOOD),
    ],
)
def test_what_is_wrong_decides_the_light(wrong, expected):
    assert light(**wrong) is expected


def test_of_one_who_is_silent_nothing_else_is_claimed():
    silent = LinkNow(is_met=True, silent_s=28.0)
    found = concerns_of("b", Vitals(**FINE, pulse_off_s=60.0), silent)
    assert [one.key for one in found] == ["b link"]
    assert "0:28" in found[0].says
    assert "while it has power" in found[0].how


def test_one_who_was_never_met_is_waited_for():
    waiting = LinkNow(is_met=False, silent_s=90.0, complaint="out of reach")
    assert light(waiting) is TrafficLight.WAIT


def test_the_worst_comes_first():
    found = concerns_of("a", Vitals(**{**FINE, "clear": 0.1}, skin_off_s=9.0), HERE)
    assert [one.light for one in found] == [TrafficLight.ACT, TrafficLight.LOOK]


def test_a_disk_that_takes_nothing_or_is_nearly_full_is_an_alarm():
    assert disk_concerns(200.0, 0.4) == []
    assert [one.key for one in disk_concerns(0.5, 8.0)] == ["disk stuck", "disk full"]


def test_a_light_gets_worse_at_once_and_better_after_five_seconds():
    steady, bad = Steady(), concerns_of("a", Vitals(**FINE, skin_off_s=9.0), HERE)
    assert steady.of("a", [], 0.0)[0] is TrafficLight.GOOD
    assert steady.of("a", bad, 1.0)[0] is TrafficLight.ACT
    assert steady.of("a", [], 5.9)[0] is TrafficLight.ACT
    assert steady.of("a", [], 6.1)[0] is TrafficLight.GOOD
