"""Numbers as papers report them stand beside the statements of an analysis, and in none of them."""

import json

import numpy as np
import pytest

import dyadkit
from dyadkit import report
from dyadkit.dyad.traces import Mark

SECONDS = 420.0


def series(rng, cries_s):
    """Heart rate of an infant that slows for five seconds at each cry; no skin was measured."""
    at_s = np.arange(SECONDS * 4) / 4
    since_s = at_s[:, None] - np.asarray(cries_s)
    slowed = 6.0 * ((since_s > 0) & (since_s < 5)).sum(axis=1)
    slow = np.convolve(rng.standard_normal(len(at_s) + 80), np.hanning(81) / 8, "valid")
    return {"heart_rate": dyadkit.Series(140.0 + slow - slowed, rate_hz=4.0, unit="bpm")}


@pytest.fixture(scope="module")
def analysed():
    rng = np.random.default_rng(4)
    cries_s = np.sort(rng.uniform(20, SECONDS - 20, 9))
    marks = [Mark(one, one, "cry", person="a") for one in cries_s]
    return dyadkit.analyze(dyadkit.from_arrays(series(rng, cries_s), series(rng, []), marks))


def of(found, measure, person=""):
    return next(
        one for one in found.reported if one.measure == measure and one.person in ("", person)
    )


def test_interbeat_intervals_have_a_cross_correlation_with_interval_and_no_skin_is_invented(
    analysed,
):
    assert of(analysed, "cross-correlation, concurrent").signal == "inter-beat interval"
    low, high = of(analysed, "cross-correlation, concurrent").interval
    assert -1.0 < low < high < 1.0
    assert not [one for one in analysed.reported if "skin" in one.signal]


def test_a_cry_is_followed_by_the_deceleration_that_was_put_in(analysed):
    after = [one for one in analysed.reported if "cry" in one.signal and one.person == "a"]
    early = next(one for one in after if "0 to 5" in one.measure)
    assert early.value == pytest.approx(-6.0, abs=1.5)
    assert early.p < 0.02
    assert "deceleration" in early.beware


def test_no_statement_is_made_of_reported_numbers(analysed):
    said = " ".join(one.sentence for one in analysed.said)
    assert not [word for word in ("inertia", "Marci", "grid", "deceleration") if word in said]


def test_reported_numbers_survive_json_and_stand_on_the_page(analysed):
    plain = json.loads(json.dumps(analysed.to_dict(), allow_nan=False))
    again = type(analysed).from_dict(plain)
    assert [one.to_dict() for one in again.reported] == [one.to_dict() for one in analysed.reported]
    page = report.render(analysed)
    assert "Numbers as papers report them" in page
    assert "state space grid, dispersion" in page
