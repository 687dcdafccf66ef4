"""Estimates by condition, around events, against own rest and over sessions."""

import numpy as np
import pytest
from scipy import signal

from dyadkit.dyad.traces import Mark
from dyadkit.errors import SignalError
from dyadkit.synchrony import context
from dyadkit.synchrony.context import Course, Shift
from dyadkit.synchrony.context.generalised import difference

EDGES_S = (0, 110, 180, 300, 380, 520, 600)


def marks():
    return [
        Mark(start, stop, "play" if k % 2 == 0 else "rest", "condition")
        for k, (start, stop) in enumerate(zip(EDGES_S[:-1], EDGES_S[1:], strict=True))
    ]


def course(seed, coefficient=0.9):
    noise = np.random.default_rng(seed).standard_normal(321)
    values = signal.lfilter([1.0], [1.0, -coefficient], noise)[200:]
    return Course(np.arange(121) * 5.0, values, 20.0)


def in_play(times_s):
    return sum((times_s >= m.start_s) & (times_s < m.stop_s) for m in marks() if m.label == "play")


def test_a_slow_course_rarely_differs_between_conditions_by_chance():
    p = [context.contrast_conditions(course(k), marks(), "play", "rest").p for k in range(150)]
    assert 0.0 < np.mean(np.array(p) <= 0.05) <= 0.10


def test_a_difference_between_conditions_is_found_with_its_size():
    quiet = course(1, coefficient=0.3)
    louder = Course(quiet.times_s, quiet.values + 2.0 * in_play(quiet.times_s), quiet.window_s)
    found = context.contrast_conditions(louder, marks(), "play", "rest")
    assert found.p <= 0.02
    assert found.difference == pytest.approx(2.0, abs=0.5)
    assert found.note == ""
    reverse = context.contrast_conditions(louder, marks(), "rest", "play")
    assert reverse.difference == pytest.approx(-found.difference)


def test_conditions_that_came_once_carry_a_warning():
    once = [Mark(0, 300, "rest", "condition"), Mark(300, 600, "play", "condition")]
    assert "drift" in context.contrast_conditions(course(2), once, "play", "rest").note


def test_missing_windows_are_left_out():
    holes = course(3)
    holes.values[::7] = np.nan
    found = context.contrast_conditions(holes, marks(), "play", "rest")
    assert np.isfinite(found.difference)
    assert sum(found.windows) < 121
    assert found.interval[0] < found.difference < found.interval[1]


def test_conditions_without_enough_windows_are_refused():
    with pytest.raises(SignalError, match="windows"):
        context.contrast_conditions(course(1), marks(), "play", "lunch")
    short = Course(np.arange(15) * 5.0, np.random.default_rng(1).standard_normal(15), 20.0)
    early = [Mark(0, 35, "play", "condition"), Mark(65, 80, "rest", "condition")]
    with pytest.raises(SignalError, match="windows"):
        context.contrast_conditions(short, early, "play", "rest")


@pytest.mark.parametrize("pole", [0.0, 0.6, 0.95])
def test_alternating_conditions_can_be_decided_in_ten_minutes(pole):
    """Six blocks of 100 s: the marks rotate six ways, and yet an effect of 1.5 SD is found."""
    rng = np.random.default_rng(6)
    side, places = np.tile(np.repeat([0.5, -0.5], 5), 3), np.arange(30.0)
    null, found = [], []
    for _ in range(60):
        noise = signal.lfilter([1.0], [1.0, -pole], rng.standard_normal(230))[200:]
        null.append(difference(places, noise, side).p)
        found.append(difference(places, noise + 1.5 * noise.std() * side, side).p)
    assert np.mean(np.array(null) <= 0.05) <= 0.14
    assert np.mean(np.array(found) <= 0.05) >= 0.8


def test_what_a_design_can_show_is_known_before_anyone_is_recorded():
    turns = context.design_power(["rest", "talk"], 10.0, 3, level=0.05)
    once = context.design_power(["rest", "talk"], 10.0, 1, level=0.05)
    assert turns.min_p < 0.001
    assert turns.detectable <= 1.5
    assert not once.detectable <= turns.detectable
    assert (np.diff(turns.power) >= -0.05).all()
    with pytest.raises(SignalError, match="record longer"):
        context.design_power(["rest", "talk"], 1.5, 1, level=0.05)
    with pytest.raises(ValueError, match="two conditions"):
        context.design_power(["rest"], 10.0, 1, level=0.05)
    with pytest.raises(ValueError, match="positive"):
        context.design_power(["rest", "talk"], 10.0, 0, level=0.05)


def test_a_condition_without_windows_has_no_mean():
    after = [*marks(), Mark(900, 1000, "late", "condition")]
    late = context.by_condition(course(1), after)[-1]
    assert late.windows == 0
    assert np.isnan(late.mean)


def test_a_rise_after_events_is_found():
    events_s = (70, 160, 220, 330, 420, 500, 555)
    events = [Mark(t, t, "conflict") for t in events_s]
    quiet = course(4, coefficient=0.3)
    after = sum((quiet.times_s > t) & (quiet.times_s <= t + 30) for t in events_s)
    raised = Course(quiet.times_s, quiet.values + 2.0 * after, quiet.window_s)
    assert context.around_events(raised, events, "conflict", 30, 30).p <= 0.02
    by_chance = [context.around_events(course(k), events, "conflict", 30, 30).p for k in range(80)]
    assert np.mean(np.array(by_chance) <= 0.05) <= 0.125
    with pytest.raises(ValueError, match="positive"):
        context.around_events(raised, events, "conflict", 0, 30)
    with pytest.raises(SignalError, match="windows"):
        context.around_events(raised, events, "laughter", 30, 30)


def test_any_estimate_follows_the_session():
    rng = np.random.default_rng(5)
    a = rng.standard_normal(1200)
    b = np.where(np.arange(1200) < 600, rng.standard_normal(1200), a)
    found = context.in_windows((a, b), 2.0, lambda x, y: float(np.corrcoef(x, y)[0, 1]))
    assert found.times_s[0] == 30.0
    assert found.step_s() == 15.0
    assert abs(found.values[0]) < 0.5
    assert found.values[-1] == pytest.approx(1.0)


def test_a_window_that_cannot_answer_is_empty():
    def refuse(x, y):
        raise SignalError("too little")

    pair = np.random.default_rng(6).standard_normal((2, 300))
    found = context.in_windows((pair[0], pair[1]), 1.0, refuse)
    assert np.isnan(found.values).all()
    with pytest.raises(SignalError, match="two windows"):
        context.in_windows((pair[0], pair[1]), 1.0, refuse, window_s=200)
    with pytest.raises(ValueError, match="positive"):
        context.in_windows((pair[0], pair[1]), 1.0, refuse, step_s=0)


def test_each_person_is_measured_against_their_own_rest():
    times_s = np.arange(300.0)
    values = np.where(times_s < 120, 5.0, 9.0) + 0.5 * np.sin(times_s)
    own = [Mark(0, 120, "rest", "condition", "a"), Mark(200, 300, "rest", "condition", "b")]
    rest = context.at_rest(times_s, values, own, person="a")
    assert rest.mean == pytest.approx(5.0, abs=0.05)
    assert rest.relative(np.array([5.0, 9.0]))[1] == pytest.approx(4 / rest.deviation, abs=0.2)
    with pytest.raises(SignalError, match="needed"):
        context.at_rest(times_s, values, own, label="sleep")
    with pytest.raises(SignalError, match="varies"):
        context.at_rest(times_s, np.ones(300), own)


def test_coupling_that_fades_while_damping_grows_is_a_shift_to_self_regulation():
    days = np.arange(8) * 7.0
    rng = np.random.default_rng(7)
    coupling = 0.6 - 0.05 * np.arange(8) + 0.01 * rng.standard_normal(8)
    damping = 0.1 + 0.02 * np.arange(8) + 0.005 * rng.standard_normal(8)
    found = context.shared_to_self(days, coupling, damping, damping)
    assert found.shift is Shift.FROM_SHARED_TO_SELF
    assert found.coupling.slope_per_week == pytest.approx(-0.05, abs=0.01)
    assert context.shared_to_self(days, -coupling, -damping, -damping).shift is (
        Shift.FROM_SELF_TO_SHARED
    )
    flat = context.shared_to_self(days, coupling, rng.standard_normal(8), damping)
    assert flat.shift is Shift.NOT_SHOWN


def test_a_trend_needs_five_sessions():
    with pytest.raises(SignalError, match="sessions"):
        context.trend([0, 7, 14, 21], [1, 2, 3, 4])
    with pytest.raises(ValueError, match="day"):
        context.trend([0, 7], [1])
    assert context.trend(np.arange(6), np.ones(6)).p == 1.0
