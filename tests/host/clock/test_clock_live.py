"""What an online estimator knows: never the future, always a bound."""

from dataclasses import replace

import numpy as np
import pytest

from dyadkit import clock
from dyadkit.clock import LiveClock, Mode, Reason
from dyadkit.clock.evidence.contact import contacts_of
from dyadkit.clock.live import live_clock
from fakes.sync_simulator import Condition, Side, score, simulate

HALF_HOUR = Condition(duration_s=1800.0)
FIELD = Condition(mode=Mode.FIELD, duration_s=1800.0)


@pytest.mark.parametrize(
    ("condition", "p95_ms"),
    [
        (HALF_HOUR, 0.5),
        (replace(HALF_HOUR, mode=Mode.USB), 0.4),
        (replace(HALF_HOUR, slews=((400, 700, 500.0), (1000, 1300, -200.0))), 0.6),
        (replace(HALF_HOUR, a=Side(late=((600, 1200, 3e-3),))), 1.0),
        (replace(HALF_HOUR, a=Side(warmed=(600, 10.0, 120.0))), 1.0),
        (replace(HALF_HOUR, b=Side(reboots_s=(900.0,))), 0.6),
        (FIELD, 0.6),
        (replace(FIELD, probes_hz=5.0, duty=(20.0, 300.0)), 4.0),
        (replace(FIELD, a=Side(reboots_s=(900.0,))), 0.8),
    ],
    ids=[
        "30 ms", "cable", "slewed host", "slower path", "warmed", "reboot",
        "field", "field, duty cycled", "field, reference reboots",
    ],
)  # fmt: skip
def test_the_causal_answer_is_close(condition, p95_ms):
    log, truth = simulate(condition, seed=31)
    error_ms, bound_ms, known = score(clock.solve_causal(log), truth)
    assert known >= 0.95
    assert np.percentile(np.abs(error_ms), 95) <= p95_ms
    assert np.mean(np.abs(error_ms) <= bound_ms) >= 0.85


def test_a_slower_path_does_not_turn_the_live_clock():
    """What a path did for ten minutes is over when it is: nothing of it stays in the skew."""
    slow = replace(HALF_HOUR, a=Side(late=((600, 1200, 3e-3),)))
    log, truth = simulate(slow, seed=36)
    error_ms, bound_ms, _ = score(clock.solve_causal(log), truth)
    row_s = truth.t_s[truth.t_s >= 60]
    assert np.abs(error_ms).max() <= 1.5
    assert np.abs(error_ms[row_s > 1450]).max() <= 0.5
    assert np.mean(np.abs(error_ms) <= bound_ms) >= 0.9


@pytest.mark.parametrize("seed", [500, 502])
def test_a_path_slow_from_early_on_is_not_taken_for_the_usual_level(seed):
    """Ten slow minutes after five usual ones once left the clock 1.3 ms off, outside its bound."""
    slow = replace(HALF_HOUR, a=Side(late=((300, 900, 3e-3),)))
    log, truth = simulate(slow, seed)
    error_ms, bound_ms, _ = score(clock.solve_causal(log), truth)
    row_s = truth.t_s[truth.t_s >= 60]
    assert np.mean(np.abs(error_ms) <= bound_ms) >= 0.93
    assert np.abs(error_ms[row_s > 950]).max() <= 0.5


@pytest.mark.parametrize("seed", [500, 502, 505])
def test_few_probes_are_no_lattice_and_the_first_minutes_say_so(seed):
    """Four packets lie on some lattice or other; believing it once cost 75 ms."""
    log, truth = simulate(replace(HALF_HOUR, probes_hz=0.2), seed)
    clocks = clock.solve_causal(log)
    error_ms, bound_ms, _ = score(clocks, truth, 0.0)
    assert np.mean(np.abs(error_ms) <= bound_ms) >= 0.9
    assert np.percentile(np.abs(error_ms), 95) <= 1.5
    early_ms = clocks.to_session("b", 0, truth.device_us["b"][:60])[1] * 1e3
    reasons = clocks.reasons("b", 0, truth.device_us["b"][:60])
    assert (reasons[early_ms > 5] == Reason.EXTRAPOLATED).all()
    assert (reasons[np.isnan(early_ms)] == Reason.NO_CONTACT).all()
    assert (early_ms > 5).any()


def test_an_answer_never_changes_with_what_comes_later():
    log, truth = simulate(HALF_HOUR, seed=32)
    first_s = log.links[0].span_s[0]
    half = replace(log, links=tuple(link.between(0, first_s + 900) for link in log.links))
    early_us = truth.device_us["b"][:850]
    for person in "ab":
        early_us = truth.device_us[person][:850]
        whole = clock.solve_causal(log).to_session(person, 0, early_us)
        part = clock.solve_causal(half).to_session(person, 0, early_us)
        np.testing.assert_array_equal(whole, part)


def test_chunks_of_any_size_give_the_same_map():
    log, truth = simulate(replace(HALF_HOUR, duration_s=600.0), seed=33)
    maps = []
    first_s = min(link.span_s[0] for link in log.links)
    for step_s in (1.0, 7.0):
        live = LiveClock(log)
        for at_s in np.arange(first_s, first_s + 620, step_s):
            for link in log.links:
                live.add(link.between(at_s, at_s + step_s))
            live.advance(at_s)
        maps.append(live.to_session("a", 0, truth.device_us["a"]))
    np.testing.assert_allclose(maps[0], maps[1], atol=1e-9)


def test_nothing_is_known_before_the_first_span_has_closed():
    log, truth = simulate(replace(HALF_HOUR, duration_s=300.0), seed=34)
    times_s, _ = clock.solve_causal(log).to_session("a", 0, truth.device_us["a"])
    assert np.isnan(times_s[:10]).all()
    assert np.isfinite(times_s[30:]).all()
    assert np.isnan(LiveClock(log).to_session("a", 0, truth.device_us["a"])[0]).all()


def test_a_step_looks_at_the_last_minute_only(monkeypatch):
    looked_at = []

    def watched(about):
        looked_at.append(about)
        return contacts_of(about)

    monkeypatch.setattr(live_clock, "contacts_of", watched)
    log, _ = simulate(replace(HALF_HOUR, duration_s=900.0), seed=35)
    live = LiveClock(log)
    first_s = min(link.span_s[0] for link in log.links)
    for at_s in np.arange(first_s, first_s + 880, 20.0):
        for link in log.links:
            live.add(link.between(at_s, at_s + 20))
        live.advance(at_s + 20.001)
    assert len(looked_at) == 44, "one look for each span"
    for number, about in enumerate(looked_at, start=1):
        for link in about.links:
            assert first_s + 20 * number - 60.001 <= link.span_s[0]
            assert link.span_s[1] <= first_s + 20 * number + 0.001
