"""Every measure answers data that cannot answer with a sentence, never with a number."""

import dataclasses
import json
import warnings

import numpy as np
import pytest

from dyadkit.errors import SignalError
from dyadkit.synchrony import (
    chance,
    coupling,
    directed,
    group,
    index,
    phase,
    recurrence,
    warping,
    wavelet,
)
from fakes.synchrony_pairs import RATE_HZ, autoregressive

N = 1200
GOOD, OTHER = (autoregressive(np.random.default_rng(k), N, 0.9) for k in (1, 2))
FEW = directed.Shifts(19)

MEASURES = {
    "couple": coupling.couple,
    "statistic C": lambda a, b, r: coupling.couple_with(coupling.WindowMean(), a, b, r),
    "windows": coupling.windowed_correlation,
    "susy": coupling.susy,
    "rmea": coupling.rmea,
    "boker": coupling.boker,
    "bsync": coupling.bsync,
    "surrogates": lambda a, b, r: coupling.couple(a, b, r, null=chance.PhaseRandomised(16)),
    "recurrence": lambda a, b, r: recurrence.cross_recurrence(a, b, 1.0, lags=recurrence.Lags(r)),
    "wavelet": wavelet.coherence,
    "phase, band": lambda a, b, r: phase.locking(a, b, r, (0.05, 0.2)),
    "phase, whole": phase.locking,
    "granger": lambda a, b, r: directed.granger(a, b, r, null=FEW),
    "warping": lambda a, b, r: warping.distance(a, b, 20, r),
    "session index": lambda a, b, r: index.single_session_index(a, b, r, FEW),
    "concordance": lambda a, b, r: index.concordance(a, b, r, FEW),
    "group": lambda a, b, r: group.assess([(a, b), (GOOD, OTHER)], r),
}
BAD = {
    "a constant": (np.full(N, 3.3), OTHER, RATE_HZ),
    "b constant": (GOOD, np.zeros(N), RATE_HZ),
    "all missing": (np.full(N, np.nan), OTHER, RATE_HZ),
    "all infinite": (GOOD, np.full(N, np.inf), RATE_HZ),
    "one value": (np.where(np.arange(N) == 5, 1.0, np.nan), OTHER, RATE_HZ),
    "nothing": (np.empty(0), np.empty(0), RATE_HZ),
    "different lengths": (GOOD, OTHER[:-1], RATE_HZ),
    "two dimensions": (GOOD.reshape(2, -1), OTHER.reshape(2, -1), RATE_HZ),
    "one second": (GOOD[:4], OTHER[:4], RATE_HZ),
    "beyond computing": (GOOD * 1e300, OTHER, RATE_HZ),
    "rate zero": (GOOD, OTHER, 0.0),
    "rate negative": (GOOD, OTHER, -1.0),
    "rate unknown": (GOOD, OTHER, np.nan),
}


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("bad", BAD)
def test_data_that_cannot_answer_get_a_sentence(measure, bad):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises((SignalError, ValueError), match=r"\w+ \w+ \w+ \w+"):
            MEASURES[measure](*BAD[bad])


@pytest.mark.parametrize("measure", MEASURES)
def test_good_data_get_a_frozen_answer_that_survives_json(measure):
    found = MEASURES[measure](GOOD, OTHER, RATE_HZ)
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert type(found).from_dict(plain).to_dict() == found.to_dict()
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(found, dataclasses.fields(found)[0].name, 0.0)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            lambda: coupling.couple(GOOD, OTHER, RATE_HZ, 200.0),
            SignalError,
            "too little was recorded",
        ),
        (lambda: coupling.couple(GOOD, OTHER, RATE_HZ, 0.1), ValueError, "at least one sample"),
        (lambda: coupling.couple(GOOD, OTHER, RATE_HZ, np.nan), ValueError, "at least one sample"),
        (lambda: coupling.WindowMean(40.0), ValueError, "shorter than window_s"),
        (lambda: coupling.rmea(GOOD, OTHER, RATE_HZ, 30, 15, 40), ValueError, "shorter than"),
        (lambda: coupling.bsync(GOOD, OTHER, RATE_HZ, 400), SignalError, "shorter"),
        (lambda: coupling.susy(GOOD, OTHER, RATE_HZ, 200), SignalError, "two segments"),
    ],
)
def test_windows_and_lags_that_do_not_fit_are_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_people_who_were_never_recorded_together_have_no_windows():
    early = np.arange(N) < N // 2
    with pytest.raises(SignalError, match="both people"):
        coupling.windowed_correlation(
            np.where(early, GOOD, np.nan), np.where(early, np.nan, OTHER), RATE_HZ
        )


def test_unheard_of_values_count_as_missing_while_a_session_runs():
    live = coupling.LiveCoupling(RATE_HZ)
    assert np.isnan(live.push(np.full(200, 1e300), OTHER[:200]).r).all()
