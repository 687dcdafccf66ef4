"""What a reviewer corrected by hand: beats added and taken, artefacts that become gaps."""

from dataclasses import replace

import numpy as np
import pytest

from dyadkit.analysis.whole import analyze
from dyadkit.dyad.traces import Correction
from dyadkit.signals.corrected import corrected_beats, notes_of
from dyadkit.signals.physiology import read_body
from dyadkit.signals.ppg.beats import Beats
from dyadkit.sim.people import bodies

SECONDS = 120.0


@pytest.fixture(scope="module")
def dyad():
    return bodies.perfect_dyad(bodies.meet(bodies.Encounter(), SECONDS, seed=5))


def beats_at(*times_s):
    ones = np.ones(len(times_s))
    return Beats(np.array(times_s), ones * 0.8, ones, ones * 2000.0, 10.0)


def one(kind, start_s, stop_s=None):
    return Correction(kind, start_s, start_s if stop_s is None else stop_s, "AB")


def test_a_beat_is_added_where_none_was_and_taken_where_one_was():
    found = corrected_beats(beats_at(1.0, 1.9, 3.6), [one("beat", 2.75), one("no beat", 1.02)])
    assert found.times_s.tolist() == [1.9, 2.75, 3.6]
    assert found.quality[1] == 1.0
    assert found.timing_error_s[1] > 0.0


def test_a_beat_that_is_there_is_not_doubled_and_one_that_is_not_cannot_go():
    beats = beats_at(1.0, 2.0)
    same = corrected_beats(beats, [one("beat", 2.1), one("no beat", 1.5)])
    assert same.times_s.tolist() == beats.times_s.tolist()


def test_corrections_apply_in_their_order():
    moved = [one("no beat", 2.0), one("beat", 2.1)]
    assert corrected_beats(beats_at(1.0, 2.0), moved).times_s.tolist() == [1.0, 2.1]
    assert corrected_beats(beats_at(1.0, 2.0), moved[::-1]).times_s.tolist() == [1.0]


def test_a_pulse_artefact_is_a_gap_in_heart_rate_and_no_beat_is_left_in_it(dyad):
    plain = read_body(dyad.a, SECONDS)
    spoiled = replace(dyad.a, corrections=(one("pulse artefact", 40.0, 60.0),))
    found = read_body(spoiled, SECONDS)
    inside = (found.beats.times_s > 40.5) & (found.beats.times_s < 59.5)
    assert not (inside & found.beats.trusted).any()
    during = slice(4 * 44, 4 * 56)
    assert np.isfinite(plain.heart_rate_bpm[during]).all()
    assert np.isnan(found.heart_rate_bpm[during]).all()
    assert found.heart_rate_bpm[4 * 90] == pytest.approx(plain.heart_rate_bpm[4 * 90], abs=1.0)


def test_a_skin_artefact_holds_no_response_and_no_level(dyad):
    spoiled = replace(dyad.b, corrections=(one("skin artefact", 40.0, 60.0),))
    found = read_body(spoiled, SECONDS)
    assert np.isnan(found.tonic_usiemens[4 * 45 : 4 * 55]).all()
    assert not [each for each in found.responses if 41.0 < each.onset_s < 59.0]


def test_the_report_says_what_was_corrected_by_whom_and_how_blind(dyad):
    hands = (one("no beat", 12.0), one("no beat", 14.0), one("skin artefact", 40.0, 60.0))
    result = analyze(replace(dyad, a=replace(dyad.a, corrections=hands)))
    note = "corrected by hand: 2 × no beat, 1 × skin artefact; by AB, blind to the partner"
    assert note in result.quality.a.notes
    assert not any("by hand" in words for words in result.quality.b.notes)
    seen = replace(hands[0], reviewer="CD", saw_partner=True)
    assert "by AB, CD, 1 of 4 with the partner in sight" in notes_of((*hands, seen))[0]
    assert notes_of(()) == ()
