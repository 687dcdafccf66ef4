import numpy as np
import pytest

from dyadkit.errors import SignalError
from dyadkit.synchrony.coupling import (
    BandScan,
    Coupling,
    Leader,
    WindowMean,
    couple,
    couple_with,
)
from fakes.synchrony_pairs import RATE_HZ, coupled

STATISTICS = [BandScan(), WindowMean()]


@pytest.mark.parametrize("statistic", STATISTICS, ids=lambda s: s.name)
def test_lag_is_positive_when_b_follows_a(statistic):
    a, b = coupled(np.random.default_rng(1), 0.6)
    found = couple_with(statistic, a, b, RATE_HZ)
    assert found.p < 0.01
    assert found.lag_s == pytest.approx(1.5, abs=0.25)
    assert found.leader is Leader.A


@pytest.mark.parametrize("statistic", STATISTICS, ids=lambda s: s.name)
def test_exchanging_the_two_people_reverses_the_lag_and_nothing_else(statistic):
    a, b = coupled(np.random.default_rng(2), 0.6, lag_s=2.0)
    forth, back = (couple_with(statistic, *pair, RATE_HZ) for pair in ((a, b), (b, a)))
    assert back.lag_s == pytest.approx(-forth.lag_s, abs=0.3)
    assert back.leader is Leader.B


def test_strength_is_negative_when_one_rises_as_the_other_falls():
    a, b = coupled(np.random.default_rng(3), -0.5)
    assert couple(a, b, RATE_HZ).strength == pytest.approx(-0.5, abs=0.12)


def test_a_result_survives_json():
    found = couple(*coupled(np.random.default_rng(4), 0.4), RATE_HZ)
    again = Coupling.from_dict(found.to_dict())
    assert again.to_dict() == found.to_dict()
    assert again.leader is found.leader


@pytest.mark.parametrize(
    ("a", "b", "rate_hz", "error", "words"),
    [
        (np.ones(2400), np.ones(2400), 4.0, SignalError, "constant"),
        (np.full(2400, np.nan), np.arange(2400.0), 4.0, SignalError, "no values"),
        (np.arange(2400.0), np.arange(2399.0), 4.0, ValueError, "2399"),
        (np.arange(2400.0), np.arange(2400.0), 0.0, ValueError, "rate_hz"),
        (np.arange(4.0), np.arange(4.0), 4.0, SignalError, "1.0 s"),
        (np.arange(30.0), np.arange(30.0), 0.4, SignalError, "30 samples"),
        (np.arange(2400.0), np.arange(2400.0) ** 0.5, 4.0, SignalError, "drifts"),
        (np.zeros((5, 5)), np.zeros((5, 5)), 4.0, ValueError, "one-dimensional"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(a, b, rate_hz, error, words):
    with pytest.raises(error, match=words):
        couple(a, b, rate_hz)
