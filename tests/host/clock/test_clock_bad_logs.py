"""Logs that are empty, cut or nonsense give a clear unknown, never a plausible number."""

from dataclasses import replace

import numpy as np
import pytest

from dyadkit import clock
from dyadkit.clock import Reason, Sends
from fakes.sync_simulator import Condition, score, simulate

SOLVERS = [clock.solve, clock.solve_causal]


@pytest.fixture(scope="module")
def simulated():
    return simulate(Condition(duration_s=900.0), seed=21)


def picked(link, rows):
    kept = np.zeros(len(link.exchanges), dtype=bool)
    kept[rows] = True
    return replace(link, exchanges=link.exchanges[kept])


def with_b(log, **columns):
    a, b = log.links
    return replace(log, links=(a, replace(b, exchanges=replace(b.exchanges, **columns))))


@pytest.mark.parametrize("solve", SOLVERS)
def test_an_empty_log_knows_nothing(solve, simulated):
    log, truth = simulated
    clocks = solve(replace(log, links=()))
    times_s, bounds_s = clocks.to_session("a", 0, truth.device_us["a"])
    assert np.isnan(times_s).all()
    assert np.isnan(bounds_s).all()
    assert (clocks.reasons("a", 0, truth.device_us["a"]) == Reason.NEVER_SEEN).all()


@pytest.mark.parametrize("solve", SOLVERS)
@pytest.mark.parametrize("rows", [slice(0, 0), slice(0, 3), slice(0, None, 300)])
def test_a_wearable_with_hardly_an_exchange_is_unknown_and_the_other_is_not(solve, rows, simulated):
    log, truth = simulated
    a, b = log.links
    clocks = solve(replace(log, links=(a, picked(b, rows))))
    assert np.isnan(clocks.to_session("b", 0, truth.device_us["b"])[0]).all()
    assert np.isfinite(clocks.to_session("a", 0, truth.device_us["a"][60:])[0]).all()


@pytest.mark.parametrize("solve", SOLVERS)
def test_reversed_times_are_unknown(solve, simulated):
    log, truth = simulated
    exchanges = log.links[1].exchanges
    swapped = with_b(log, sent_ns=exchanges.returned_ns, returned_ns=exchanges.sent_ns)
    assert np.isnan(solve(swapped).to_session("b", 0, truth.device_us["b"])[0]).all()


def test_a_few_reversed_or_wild_exchanges_do_no_harm(simulated):
    log, truth = simulated
    exchanges = log.links[1].exchanges
    tenth = np.arange(len(exchanges)) % 10 == 0
    twentieth = np.arange(len(exchanges)) % 20 == 5
    wild = with_b(
        log,
        returned_ns=np.where(tenth, exchanges.sent_ns - 1, exchanges.returned_ns),
        received_us=exchanges.received_us + twentieth * 10_000_000,
        answered_us=exchanges.answered_us + twentieth * 10_000_000,
    )
    error_ms, _, known = score(clock.solve(wild), truth)
    assert known >= 0.99
    assert np.percentile(np.abs(error_ms), 95) <= 0.3


@pytest.mark.parametrize("solve", SOLVERS)
def test_a_boot_number_used_twice_is_unknown_and_says_so(solve, simulated):
    log, truth = simulated
    exchanges = log.links[1].exchanges
    second = np.arange(len(exchanges)) > len(exchanges) // 2
    back_us = second * (exchanges.received_us[second][0] - 1_000_000)
    twice = with_b(
        log,
        received_us=exchanges.received_us - back_us,
        answered_us=exchanges.answered_us - back_us,
    )
    clocks = solve(twice)
    readings_us = truth.device_us["b"][100:110]
    assert np.isnan(clocks.to_session("b", 0, readings_us)[0]).all()
    assert (clocks.reasons("b", 0, readings_us) == Reason.BOOT_REPEATED).all()


def test_order_of_rows_and_duplicates_do_not_matter(simulated):
    log, truth = simulated
    a, b = log.links
    shuffled = b.exchanges[np.random.default_rng(0).permutation(len(b.exchanges))]
    error_ms, _, _ = score(
        clock.solve(replace(log, links=(a, replace(b, exchanges=shuffled)))), truth
    )
    usual_ms, _, _ = score(clock.solve(log), truth)
    assert error_ms == pytest.approx(usual_ms, abs=1e-6)
    doubled = replace(log, links=(a, b.joined(b)))
    assert np.percentile(np.abs(score(clock.solve(doubled), truth)[0]), 95) <= 0.3


def test_without_data_frames_the_exchanges_suffice(simulated):
    log, truth = simulated
    bare = replace(log, links=tuple(replace(link, sends=Sends.of()) for link in log.links))
    error_ms, _, known = score(clock.solve(bare), truth)
    assert known >= 0.99
    assert np.percentile(np.abs(error_ms), 95) <= 0.3


def test_ten_seconds_of_log_place_only_what_is_near(simulated):
    log, truth = simulated
    first_s = log.links[0].span_s[0]
    short = replace(log, links=tuple(link.between(0, first_s + 10) for link in log.links))
    _, bounds_s = clock.solve(short).to_session("b", 0, truth.device_us["b"])
    assert np.nanmax(bounds_s) < 0.05
    assert np.isnan(bounds_s[-1])
