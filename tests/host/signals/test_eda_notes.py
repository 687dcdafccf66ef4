"""What is said of skin before its numbers: its unit, its holes, and whether it responds at all."""

import numpy as np
import pytest

from dyadkit.dyad.traces import Dyad, PersonTraces, Trace
from dyadkit.errors import SignalError
from dyadkit.signals import eda, extract
from dyadkit.synchrony.responses import Peaks, partner_response
from fakes.skin_model import Person, f1, simulate

SECONDS = 400.0


def body(trace):
    return extract(Dyad(PersonTraces({"eda": trace}), PersonTraces({}), duration_s=SECONDS)).a


def trace(values, rate_hz=16.0, unit="microsiemens"):
    return Trace(np.arange(len(values)) / rate_hz, values, unit, rate_hz)


@pytest.mark.parametrize(
    ("unit", "change"),
    [
        ("µS", lambda x: x),
        ("kOhm", lambda x: 1000 / x),
        ("S", lambda x: x * 1e-6),
        ("nS", lambda x: x * 1e3),
        ("mS", lambda x: x * 1e-3),
        ("", lambda x: x),
    ],
)
def test_the_unit_of_a_trace_is_converted(unit, change):
    values = simulate(1, duration_s=SECONDS).values
    usual, other = body(trace(values)), body(trace(change(values), unit=unit))
    assert np.nanmax(np.abs(other.tonic_usiemens - usual.tonic_usiemens)) < 0.01
    assert len(other.responses) == len(usual.responses)


@pytest.mark.parametrize("unit", ["z", "counts", "a.u.", "V"])
def test_a_unit_that_is_none_of_conductance_is_refused_by_name(unit):
    found = body(trace(simulate(1, duration_s=SECONDS).values, unit=unit))
    assert np.isnan(found.tonic_usiemens).all()
    (note,) = [note for note in found.notes if "skin" in note]
    assert f"in {unit}, which cannot be made microsiemens" in note


def test_skin_that_hardly_responds_is_said():
    quiet = simulate(3, duration_s=SECONDS, person=Person(per_minute=0.2, level_usiemens=0.43))
    (note,) = [n for n in body(trace(quiet.values)).notes if "hardly responds" in n]
    assert "dry skin" in note
    lively = simulate(3, duration_s=SECONDS)
    assert not [n for n in body(trace(lively.values)).notes if "hardly" in n]


@pytest.mark.parametrize("rate_hz", [19.99, 2000.0])
def test_odd_and_fast_rates_are_taken(rate_hz):
    truth = simulate(8, rate_hz=rate_hz, duration_s=300.0)
    found = eda.decompose(truth.values, rate_hz)
    assert len(found.tonic) == len(truth.values)
    assert f1(truth, found) > 0.95


def test_a_hole_in_the_times_is_a_gap_though_nobody_says_so():
    values = simulate(9, duration_s=SECONDS).values
    times_s = np.arange(len(values)) / 16.0
    there = (times_s < 100) | (times_s > 130)
    found = body(Trace(times_s[there], values[there], "µS", 16.0))
    inside = (found.times_s > 101) & (found.times_s < 129)
    assert np.isnan(found.tonic_usiemens[inside]).all()
    assert np.isfinite(found.tonic_usiemens[found.times_s < 98]).all()


def test_doubtful_responses_are_told_as_counts():
    values = simulate(2, duration_s=SECONDS).values
    for at_s in np.arange(20, 390, 10):
        first = int(at_s * 16)
        values[first : first + 12] *= 0.7
    found = eda.decompose(values, 16.0)
    assert found.doubtful
    whole = len(found.doubtful) + len(found.responses)
    assert f"{len(found.doubtful)} of {whole} responses" in eda.notes_of(found)[0]


def test_a_flat_skin_has_no_arousal_peaks_however_flat_it_is():
    random = np.random.default_rng(5)
    flat = np.convolve(random.normal(0, 0.01, 2420), np.ones(20) / 20, "valid")
    with pytest.raises(SignalError, match="0 arousal peaks"):
        partner_response(flat, flat[::-1], 4.0, Peaks(floor=0.04))
