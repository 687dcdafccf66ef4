"""The worlds themselves: stationary, unlike each other, and the held half as it was written."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from worlds import held, known
from worlds.arousal import Pull, heart_rates
from worlds.ties import Echo, couple_of

HELD = "e798cad879f086c0714ac563e626e3f0bbf013e4ee661bef5d52825276809dec"
"""Of `held.py` when it was written, before any method was tuned; it may never change."""
EVERYONE = (*known.FAMILIES, *held.FAMILIES)


def test_the_held_worlds_are_those_written_before_tuning():
    source = Path(held.__file__).read_bytes()
    assert hashlib.sha256(source).hexdigest() == HELD


@pytest.mark.parametrize("family", EVERYONE, ids=lambda one: one.name)
def test_people_respond_as_often_early_as_late_in_a_session(family):
    rng = np.random.default_rng(7)
    times_s = np.concatenate([family.bursts(rng, 600.0, 1.0).times_s for _ in range(60)])
    early, late = ((times_s > low) & (times_s < low + 300.0) for low in (0.0, 300.0))
    assert 0.85 < early.sum() / late.sum() < 1.18


@pytest.mark.parametrize("family", EVERYONE, ids=lambda one: one.name)
def test_an_echo_is_in_the_truth(family):
    found = couple_of(family, np.random.default_rng(3), tie=Echo(share=1.0, spread_s=0.0))
    a = found.bursts_a.times_s
    late = np.isin(np.round(a + 3.0, 6), np.round(found.bursts_b.times_s, 6))
    assert late.all()
    assert len(found.skin_a) == len(found.pulse_b) == 2400


@pytest.mark.parametrize("family", [*known.AROUSAL, *held.AROUSAL], ids=lambda one: one.name)
def test_the_truth_of_arousal_is_what_its_pull_says(family):
    rng = np.random.default_rng(5)
    assert family.drawn(rng, Pull.STRANGERS).truth() == (1.0, 1.0)
    into_a = family.drawn(rng, Pull.INTO_A).truth()
    assert into_a[0] > 1.02
    assert into_a[1] == 1.0
    a, b = heart_rates(family.drawn(rng, Pull.MUTUAL), rng, 600.0)
    assert a.shape == b.shape == (2400,)
    assert 2.0 < a.std() < 9.0
