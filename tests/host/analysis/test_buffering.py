"""Stress buffering is asked on the level of heart rate, alone against with the partner."""

from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

import dyadkit
from dyadkit import Mark, Series
from dyadkit.analysis.buffering import BufferingQuestion, stress_buffering_of
from dyadkit.errors import SignalError

BLOCK_S, BLOCKS = 120.0, 6


def dyad(relief_bpm, seed):
    """Blocks of a stressor alone and held, in turn; held lowers a's heart rate by `relief_bpm`."""
    random, beats_s = np.random.default_rng(seed), [0.3]
    slow = np.cumsum(random.standard_normal(2000)) * 0.15
    while beats_s[-1] < BLOCK_S * BLOCKS - 1:
        at_s = beats_s[-1]
        held = int(at_s // BLOCK_S) % 2
        bpm = 90.0 - relief_bpm * held + slow[int(at_s)] - 0.01 * (at_s - 360)
        beats_s.append(at_s + 60 / bpm * (1 + 0.02 * random.standard_normal()))
    ibi = {"ibi": Series(np.diff(beats_s), times_s=np.array(beats_s[1:]), unit="s")}
    marks = [
        Mark(BLOCK_S * k, BLOCK_S * (k + 1), ("alone", "held")[k % 2], "condition")
        for k in range(BLOCKS)
    ]
    return dyadkit.from_arrays(ibi, ibi, marks, people=(dyadkit.Person(age_years=1.5),) * 2)


def test_relief_by_the_partner_is_found_in_size_and_direction():
    found = stress_buffering_of(dyad(8.0, 1), BufferingQuestion("a", "alone", "held"))
    assert found.contrast.difference == pytest.approx(-8.0, abs=2.0)
    assert found.contrast.interval[0] < -8.0 < found.contrast.interval[1]
    assert "lower in “held” than in “alone”" in found.sentence
    assert found.alone.value > found.together.value + 5


def test_no_relief_is_rarely_claimed():
    p = [
        stress_buffering_of(dyad(0.0, seed), BufferingQuestion("a", "alone", "held")).contrast.p
        for seed in range(30)
    ]
    assert np.mean(np.array(p) <= 0.05) <= 0.2  # 30 of a 5 % test: more than 6 come once in 10 000


def test_a_label_that_was_not_marked_is_refused_with_those_that_were():
    with pytest.raises(SignalError, match="“alone”, “held” are"):
        stress_buffering_of(dyad(0.0, 1), BufferingQuestion("a", "alone", "cuddled"))


def test_marks_of_the_other_person_do_not_count():
    one = dyad(8.0, 1)
    of_b = replace(one, marks=tuple(replace(mark, person="b") for mark in one.marks))
    with pytest.raises(SignalError, match="none are"):
        stress_buffering_of(of_b, BufferingQuestion("a", "alone", "held"))


def test_the_command_refuses_a_missing_session_in_one_sentence(tmp_path):
    from dyadkit.cli import app

    asked = ["buffering", str(tmp_path / "none"), "--alone", "alone", "--together", "held"]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code != 0
    assert "Traceback" not in result.output
