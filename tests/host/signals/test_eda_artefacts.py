import numpy as np
import pytest

from dyadkit.signals import eda
from dyadkit.signals.reason import SignalFault
from fakes.skin_labels import f1, one_line, recordings
from fakes.skin_model import NOISY, QUIET, Person, simulate


@pytest.mark.parametrize(
    "person", [QUIET, NOISY, Person(decay_s=(1.5, 2.0))], ids=["quiet", "noisy", "fast"]
)
def test_responses_are_not_taken_for_artefacts(person):
    for seed in range(12):
        assert not eda.artefacts(simulate(seed, person=person).values, 16.0).any()


@pytest.mark.parametrize("rate_hz", [4.0, 8.0, 16.0, 64.0])
def test_a_lifted_electrode_is_motion_until_it_settles(rate_hz):
    values = simulate(2, rate_hz=rate_hz).values
    lifted = slice(round(100 * rate_hz), round(101 * rate_hz))
    values[lifted] *= 0.8
    found = eda.faults(values, rate_hz)
    near = found[round(99.5 * rate_hz) : round(101.5 * rate_hz)]
    assert (near == int(SignalFault.MOTION)).any()
    assert not found[: round(98 * rate_hz)].any()
    assert not found[round(103 * rate_hz) :].any()


def test_each_fault_has_its_reason():
    values = simulate(3).values
    values[0:160] = 0.0
    values[800:900] = np.nan
    values[2000:2100] = 150.0
    found = eda.faults(values, 16.0)
    assert (found[0:160] & int(SignalFault.NO_CONTACT)).all()
    assert (found[800:900] & int(SignalFault.LINK_GAP)).all()
    assert (found[2000:2100] & int(SignalFault.SATURATED)).all()


def test_a_cut_off_crest_is_saturated_and_a_rounded_one_is_not():
    values = simulate(6).values
    ceiling = np.quantile(values, 0.9)
    cut = eda.artefacts(np.minimum(values, ceiling), 16.0)
    assert cut[values > ceiling].mean() > 0.9
    assert not eda.artefacts(values, 16.0).any()


def test_an_unchanging_minute_is_no_skin():
    values = simulate(8).values
    values[1000:2000] = values[1000]
    assert (eda.faults(values, 16.0)[1000:2000] & int(SignalFault.NO_CONTACT)).all()


def test_a_brief_dip_does_not_become_a_response():
    truth = simulate(12)
    disturbed = truth.values.copy()
    disturbed[2400:2424] *= 0.7
    clean, found = (eda.decompose(values, 16.0) for values in (truth.values, disturbed))
    assert found.mask[2400:2424].all()
    before = [r.onset_s for r in clean.responses if not 140 < r.onset_s < 160]
    after = [r.onset_s for r in found.responses if not 140 < r.onset_s < 160]
    assert after == pytest.approx(before, abs=0.3)


@pytest.fixture(scope="module")
def judged(data):
    """Each labelled recording with what was found in it."""
    every = recordings(data / "signals/eda/aww")
    return [(one, eda.decompose(one.values, 8.0)) for one in every]


def test_three_experts_agree_with_the_mask(judged):
    """An epoch of 5 s is an artefact if two of three experts say so."""
    counts = np.sum([one.counts(found.faults != 0) for one, found in judged], axis=0)
    hits, false, missed, kept = counts
    assert f1(counts) >= 0.84
    assert hits / (hits + missed) >= 0.87
    assert kept / (kept + false) >= 0.94


def test_no_recording_is_judged_worse_than_by_the_rule_in_one_line(judged):
    for one, found in judged:
        line = f1(one.counts(one_line(one.values)))
        assert f1(one.counts(found.faults != 0)) >= line - 0.02, one.name


def test_few_responses_begin_where_experts_see_an_artefact(judged):
    """And those outside of what is flagged are kept."""
    begun = np.concatenate([one.begin_in_artefacts(found.responses) for one, found in judged])
    away = np.concatenate([one.begin_in_artefacts(found.doubtful) for one, found in judged])
    kept, dropped = np.count_nonzero(~begun), np.count_nonzero(~away)
    assert begun.mean() <= 0.22
    assert kept >= 0.85 * (kept + dropped)
