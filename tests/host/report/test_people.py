"""The table of people says what its figures are worth."""

import numpy as np
import pytest

import dyadkit
from dyadkit.report.sections.people import persons
from fakes import pulse_model


def row_of(counts):
    """The row of a person with this pulse, by the table's own head."""
    other = pulse_model.pulse(pulse_model.sinus, seconds=180, seed=1).ppg
    dyad = dyadkit.from_arrays(
        {"ppg": dyadkit.Series(counts, rate_hz=100.0, unit="counts")},
        {"ppg": dyadkit.Series(other, rate_hz=100.0, unit="counts")},
    )
    table = persons(dyadkit.analyze(dyad, seed=0))
    return dict(zip(table.head, table.body[0], strict=True))


@pytest.fixture(scope="module")
def moved():
    still = pulse_model.pulse(pulse_model.sinus, seconds=180, seed=2).ppg.copy()
    still[4500:] += np.cumsum(np.random.default_rng(2).standard_normal(len(still) - 4500))
    return row_of(still)


def test_rmssd_and_sdnn_are_printed_as_limits():
    row = row_of(pulse_model.pulse(pulse_model.sinus, seconds=180, seed=3).ppg)
    for figure in ("RMSSD", "SDNN"):
        low, high = row[figure].removesuffix(" ms").split("–")
        assert 10 < int(low) < int(high) < 60


def test_a_rate_of_the_smaller_part_of_a_session_says_of_how_much(moved):
    assert "% of the time" in moved["heart rate"]
    assert "% of the time" in moved["breathing"] or moved["breathing"] == "–"
    assert moved["RMSSD"] == "–"


def test_a_rate_of_a_whole_session_is_printed_bare():
    row = row_of(pulse_model.pulse(pulse_model.sinus, seconds=180, seed=4).ppg)
    assert row["heart rate"].endswith("bpm")
    assert row["breathing"].endswith("/min")


def test_irregular_rhythm_stands_where_an_rmssd_of_200_would():
    row = row_of(pulse_model.pulse(pulse_model.fibrillation, seconds=180, seed=5).ppg)
    assert row["RMSSD"] == "irregular rhythm: variability is not vagal here"


def test_where_the_doubt_exceeds_rmssd_only_a_limit_is_printed():
    body = pulse_model.Body(noise=0.3, sway=0.0, jitter=0.002)
    row = row_of(pulse_model.pulse(pulse_model.sinus, body, seconds=180, seed=6).ppg)
    assert row["RMSSD"].startswith("at most ")
