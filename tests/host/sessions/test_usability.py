"""A session is never called good when it is not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyadkit.sessions.usability import SessionEvidence, judge

NAN = float("nan")
GOOD = SessionEvidence(
    lost={"a ppg_ir": 0.001, "b ppg_ir": 0.0},
    rates_hz={"a ppg_ir": (101.2, 100.0)},
    board_ppm={"a": 22.0, "b": -17.0},
    trusted={"a": 0.97, "b": 0.9},
    bound_s=0.001,
    known_share=1.0,
)
SHARE = st.one_of(st.just(NAN), st.floats(0, 1))


def test_a_session_without_fault_is_good_and_nothing_is_said():
    assert judge(GOOD) == ("good", [])


@given(lost=SHARE, trusted=SHARE, bound_s=st.one_of(st.just(NAN), st.floats(0, 1)), known=SHARE)
def test_good_means_whole_trusted_and_aligned(lost, trusted, bound_s, known):
    usability, reasons = judge(
        replace(GOOD, lost={"a eda": lost}, trusted={"b": trusted}, bound_s=bound_s,
                known_share=known)
    )  # fmt: skip
    assert (usability == "good") == (not reasons)
    if usability == "good":
        assert lost <= 0.01
        assert trusted >= 0.5
        assert bound_s <= 0.05
        assert known > 0


@pytest.mark.parametrize(
    ("change", "usability", "sentence"),
    [
        ({"lost": {"a eda": 0.02}}, "usable", "a eda lost 2.0%"),
        ({"lost": {"a eda": 0.7}}, "not usable", "a eda is missing for 70% of the session"),
        ({"trusted": {"a": 0.3}}, "usable", "only 30% of a's pulse can be trusted"),
        ({"bound_s": 0.06}, "usable", "alignment only within 60 ms"),
        ({"known_share": 0.0}, "not usable", "could not be put on one clock"),
        (
            {"known_share": 0.0, "unplaced": ("b never answered",)},
            "not usable",
            "could not be put on one clock: b never answered",
        ),
        ({"known_share": 0.5}, "usable", "known only 50% of the time"),
        ({"rates_hz": {"b ppg_ir": (96.0, 100.0)}}, "usable", "runs at 96.00 Hz, 100 expected"),
        ({"board_ppm": {"b": -250.0}}, "usable", "b's board runs -250 ppm off"),
        ({"complete": False}, "usable", "not closed or is damaged"),
        ({"notes": ("C07 wears another",)}, "usable", "C07 wears another"),
    ],
)
def test_each_fault_is_a_reason_in_words(change, usability, sentence):
    reported, reasons = judge(replace(GOOD, **change))
    assert reported == usability
    assert any(sentence in reason for reason in reasons)


def test_a_clock_at_the_limits_is_no_alarm():
    limits = replace(GOOD, board_ppm={"a": 199.0}, rates_hz={"a ppg_ir": (102.9, 100.0)})
    assert judge(limits)[0] == "good"
