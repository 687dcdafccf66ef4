"""A session that is coupled only in its conflict says so, and one that is not says nothing."""

import numpy as np
import pytest

import dyadkit
from dyadkit import Mark, Series
from dyadkit.analysis.when import coupled_parts
from dyadkit.synchrony.profile import Signal

MARKS = (
    Mark(0.0, 300.0, "rest", "condition"),
    Mark(300.0, 900.0, "conflict", "condition"),
    Mark(900.0, 1500.0, "repair", "condition"),
)


def rates(seed, coupled_s=(0.0, 0.0), seconds=1500.0):
    """Heart rates of two people at 4 Hz, b following a by 1.5 s within `coupled_s`."""
    random = np.random.default_rng(seed)
    noise = random.standard_normal((2, int(4 * seconds) + 200))
    for k in range(1, noise.shape[1]):
        noise[:, k] += 0.95 * noise[:, k - 1]
    a, b = noise[:, 200:]
    times_s = np.arange(len(a)) / 4
    inside = (times_s >= coupled_s[0]) & (times_s < coupled_s[1])
    follow = 0.8 * np.roll(a, 6) + 0.6 * b
    return 70 + a, 72 + np.where(inside, follow, b)


@pytest.mark.parametrize("seed", range(3))
def test_a_dyad_coupled_in_its_conflict_only_says_so(seed):
    a, b = rates(seed, (300.0, 900.0))
    pair = [{"heart_rate": Series(one, rate_hz=4.0, unit="bpm")} for one in (a, b)]
    result = dyadkit.analyze(dyadkit.from_arrays(*pair, MARKS))
    said = [one for one in result.said if one.sentence.startswith("In “")]
    assert [one.positive for one in said] == [False, True, False]
    assert "“conflict” (minutes 5 to 15)" in said[1].sentence
    assert said[1].sentence in result.sentences()
    assert said[1].p_corrected <= 0.05


def test_parts_of_strangers_are_rarely_below_their_own_level():
    p = np.array([
        one.p
        for seed in range(20)
        for one in coupled_parts(Signal(*rates(seed + 50), rate_hz=4.0), MARKS, 5.0, seed)
    ])  # fmt: skip
    assert len(p) == 60
    assert np.mean(p <= 0.05) <= 0.15  # of 60 at 5 %: 10 and more come once in 1000


def test_a_long_session_without_marks_is_asked_by_thirds():
    found = coupled_parts(Signal(*rates(1, (2000.0, 3000.0), 3000.0), rate_hz=4.0), (), 5.0, 0)
    assert [one.test for one in found] == [
        f"heart rate within the {part} third" for part in ("first", "middle", "last")
    ]
    assert found[2].p < 0.001


def test_a_condition_of_one_person_alone_is_no_part():
    marks = [Mark(0.0, 600.0, "held", "condition", "a"), Mark(600.0, 1200.0, "x", "condition")]
    found = coupled_parts(Signal(*rates(1), rate_hz=4.0), marks, 5.0, 0)
    assert [one.test for one in found] == ["heart rate within “x”"]
