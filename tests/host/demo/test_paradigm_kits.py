"""Paradigm kits: their papers fit what the product does, and rehearsals end where they should."""

import itertools
import json

import numpy as np
import pytest
from typer.testing import CliRunner

import dyadkit
from dyadkit.analysis.night import analyze_night
from dyadkit.analysis.plan import read_plan
from dyadkit.analysis.primary import Primary
from dyadkit.cli import app
from dyadkit.cli.keys import MarkKeys
from dyadkit.demo.paradigms import KITS, Paradigm, Truth, paired, rehearse, write_papers
from dyadkit.demo.paradigms.papers import PLAN, SHEET
from dyadkit.study.weeks import MEASURES

ALL = list(Paradigm)


@pytest.mark.parametrize("paradigm", ALL)
def test_keys_on_the_sheet_are_those_that_record_gives(paradigm, tmp_path):
    kit = KITS[paradigm]
    labels = list(dict.fromkeys(one.label for one in kit.conditions))
    assert kit.keys == MarkKeys(tmp_path, labels).conditions


@pytest.mark.parametrize("paradigm", ALL)
def test_papers_are_a_frozen_plan_that_reads_and_one_page(paradigm, tmp_path):
    kit = KITS[paradigm]
    write_papers(kit, tmp_path)
    assert "hash" in (tmp_path / PLAN).read_text()
    plan, sheet = read_plan(tmp_path / PLAN), (tmp_path / SHEET).read_text()
    if kit.visits > 1:
        assert kit.primary in MEASURES
    elif paradigm is not Paradigm.NIGHT:
        assert plan.primary == kit.primary
        assert Primary.of(plan.primary) is not None
    assert len(sheet.split()) < 450, "one page"
    for words in ("When a sensor comes off", kit.roles[0], kit.sentence, "Keys"):
        assert words in sheet


@pytest.mark.parametrize("paradigm", ALL)
def test_people_have_ages_and_a_sensor_comes_off_within_the_session(paradigm):
    kit = KITS[paradigm]
    assert all(person.age_years > 0 for person in kit.people)
    assert kit.off
    assert all(0 < one.start_s < one.stop_s < kit.seconds for one in kit.off)


def test_a_rehearsal_has_what_was_off_as_a_gap_and_the_conditions_as_marks():
    kit = KITS[Paradigm.PROCEDURE]
    [dyad] = rehearse(kit, Truth.EFFECT, seed=2)
    off = kit.off[0]
    beats = dyad.person(off.person).traces["ibi"].times_s
    assert not ((beats > off.start_s) & (beats < off.stop_s)).any()
    assert [one.stop_s for one in dyad.marks] == [80.0, 160.0, 240.0]
    assert "eda" not in dyad.a.traces, "no electrodes on a newborn"
    assert dyad.simulated


def test_the_effect_is_there_and_of_strangers_it_is_not():
    kit = KITS[Paradigm.STILL_FACE]
    rise = {}
    for truth in Truth:
        rates = [paired(kit, truth, seed).a.heart_rate_bpm for seed in range(12)]
        inside = slice(16 * 150, 16 * 240)
        rise[truth] = np.mean([one[inside].mean() - one[: 16 * 120].mean() for one in rates])
    assert 7.0 < rise[Truth.EFFECT] < 13.0
    assert abs(rise[Truth.STRANGERS]) < 2.5


def claims(paradigm, truth, seeds):
    """How many rehearsals end in the kit's sentence."""
    kit, found = KITS[paradigm], 0
    for seed in seeds:
        [dyad] = rehearse(kit, truth, seed)
        if paradigm is Paradigm.NIGHT:
            sentences = analyze_night(dyad).sentences()
        else:
            sentences = dyadkit.analyze(dyad, primary=kit.primary).sentences()
        found += any(one.startswith(kit.sentence) for one in sentences)
    return found


@pytest.mark.parametrize("paradigm", [Paradigm.PROCEDURE, Paradigm.STILL_FACE])
def test_short_kits_end_in_their_sentence_mostly_and_strangers_seldom(paradigm):
    assert claims(paradigm, Truth.EFFECT, range(100, 106)) >= 3
    assert claims(paradigm, Truth.STRANGERS, range(100, 106)) <= 1


def test_nights_end_in_their_sentence_and_those_of_strangers_do_not():
    assert claims(Paradigm.NIGHT, Truth.EFFECT, range(100, 130)) >= 22
    assert claims(Paradigm.NIGHT, Truth.STRANGERS, range(100, 140)) <= 4


def test_visits_grow_and_strangers_do_not():
    kit = KITS[Paradigm.VISITS]
    dyads = list(itertools.islice(rehearse(kit, Truth.EFFECT, 1), 2))
    assert len(dyads) == 2
    first, last = (paired(kit, Truth.EFFECT, 1, visit) for visit in (0, 9))
    assert first.influence.stages[0].coupling < 0.2 < 0.8 < last.influence.stages[0].coupling
    assert paired(kit, Truth.STRANGERS, 1, 9).influence.stages[0].coupling == 0.0


def test_the_command_rehearses_a_night_and_says_that_it_is_simulated(tmp_path):
    ran = CliRunner().invoke(
        app, ["demo", "--paradigm", "night", "--out", str(tmp_path / "n"), "--json"]
    )
    assert ran.exit_code == 0, ran.output
    said = json.loads(ran.stdout)
    assert said["simulated"]
    assert said["paradigm"] == "night"
    assert (tmp_path / "n" / SHEET).exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [(["--paradigm", "dinner"], "is not one of still-face"),
     (["--paradigm", "night", "--wearables"], "from series only")],
)  # fmt: skip
def test_what_cannot_be_rehearsed_is_said(words, told, tmp_path):
    ran = CliRunner().invoke(app, ["demo", *words, "--out", str(tmp_path / "x")])
    assert ran.exit_code == 2
    assert told in " ".join(ran.output.replace("│", " ").split())
