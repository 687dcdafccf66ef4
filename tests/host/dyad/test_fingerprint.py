"""The same samples are known again, whole or cut; different people's never are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dyadkit
from dyadkit.dyad.fingerprint import is_shared, shared_within, stretches_of

SEED = 20260305


def skin(seed, n=1200):
    """Skin conductance at 4 Hz in an E4's steps."""
    rng = np.random.default_rng(seed)
    return np.round(4 + np.cumsum(rng.normal(0, 0.01, n)), 3)


@given(st.integers(0, 900), st.integers(0, 2**32 - 1))
def test_five_minutes_of_a_signal_are_known_wherever_they_were_cut(start, seed):
    whole = skin(seed, 2200)
    assert is_shared(stretches_of(whole), stretches_of(whole[start : start + 1200]))


def test_different_people_never_share_a_stretch():
    prints = [stretches_of(skin(SEED + k)) for k in range(60)]
    assert not any(is_shared(a, b) for k, a in enumerate(prints) for b in prints[:k])


@pytest.mark.parametrize("values", [np.zeros(5000), np.full(500, np.nan), np.tile([0.0, 1.0], 900)])
def test_a_still_or_saturated_sensor_is_no_evidence(values):
    assert len(stretches_of(values)) == 0


def test_two_copies_are_told_before_anything_is_said_of_two_people():
    a = {"eda": dyadkit.Series(skin(1), rate_hz=4.0, unit="µS")}
    b = {"eda": dyadkit.Series(skin(1)[80:], rate_hz=4.0, unit="µS")}
    dyad = dyadkit.from_arrays(a, b)
    assert shared_within(dyad) == "a's eda is b's eda"
    first = dyadkit.analyze(dyad).sentences()[0]
    assert first.startswith("These are not two people: a and b hold the same samples")


def test_what_both_share_and_is_no_body_signal_is_not_held_against_them():
    a, b = ({"eda": dyadkit.Series(skin(k), rate_hz=4.0, unit="µS"),
             "film": dyadkit.Series(skin(9), rate_hz=4.0)} for k in (1, 2))  # fmt: skip
    assert shared_within(dyadkit.from_arrays(a, b)) == ""
