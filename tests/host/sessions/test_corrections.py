"""The log of a review beside a session: added to only, numbered, applied again at every reading."""

import json

import pytest
from typer.testing import CliRunner

from dyadkit.cli import app
from dyadkit.dyad.traces import Correction
from dyadkit.errors import SessionError
from dyadkit.sessions.corrections import correct, corrections_file, review_of, take_back
from dyadkit.sessions.extraction import CACHE_NAME, extraction_of
from dyadkit.sessions.loading import load
from dyadkit.storage import FILE_NAME
from fakes.long_session import Long
from fakes.once import once

ARTEFACT = Correction("pulse artefact", 100.0, 130.0, "AB")


@pytest.fixture
def folder(tmp_path):
    """Something that looks like a session; nothing is read from it."""
    (tmp_path / FILE_NAME).write_bytes(b"")
    return tmp_path


def asked(*words):
    return CliRunner().invoke(app, ["correct", *map(str, words)])


def test_corrections_are_added_listed_and_taken_back_and_nothing_is_lost(folder):
    assert correct(folder, "a", ARTEFACT, "arm moved") == 1
    assert correct(folder, "a", Correction("no beat", 12.5, 12.5, "AB", saw_partner=True)) == 2
    assert take_back(folder, "a", 1, "CD") == 3
    first, second = review_of(folder, "a")
    assert (first.undone, second.undone) == (True, False)
    assert (first.why, second.correction.saw_partner) == ("arm moved", True)
    lines = corrections_file(folder, "a").read_text().splitlines()
    assert [json.loads(line)["n"] for line in lines] == [1, 2, 3]
    assert review_of(folder, "b") == ()
    with pytest.raises(SessionError, match="no correction 1 of a to take back"):
        take_back(folder, "a", 1, "AB")


def test_the_file_or_its_folder_name_the_same_review(folder):
    correct(folder / FILE_NAME, "b", ARTEFACT)
    assert len(review_of(folder, "b")) == 1


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "no correction"),
        ("[]", "no correction"),
        ('{"n": 2, "kind": "beat", "start_s": 1, "stop_s": 1, "reviewer": "x"}', "numbered 2"),
        ('{"n": 1, "kind": "blink", "start_s": 1, "stop_s": 1, "reviewer": "x"}', "not blink"),
        ('{"n": 1, "kind": "beat", "start_s": 1, "reviewer": "x"}', "has no 'stop_s'"),
        ('{"n": 1, "kind": "beat", "start_s": 1, "stop_s": 2, "reviewer": "x"}', "one time"),
        ('{"n": 1, "kind": "beat", "start_s": NaN, "stop_s": NaN, "reviewer": "x"}', "no span"),
        ('{"n": 1, "kind": "beat", "start_s": 1, "stop_s": 1, "reviewer": " "}', "initials"),
        ('{"n": 1, "undo": 1}', "not before it"),
    ],
)
def test_a_review_that_was_damaged_is_said_and_not_applied_in_part(folder, line, words):
    corrections_file(folder, "a").write_text(line + "\n")
    with pytest.raises(SessionError, match=words):
        review_of(folder, "a")
    with pytest.raises(SessionError, match=words):
        correct(folder, "a", ARTEFACT)
    assert corrections_file(folder, "a").read_text() == line + "\n"


def test_the_command_corrects_one_thing_at_a_time_and_shows_one_person(folder):
    first = asked(folder, "--person", "a", "--beat", 12.25, "--by", "AB", "--why", "small pulse")
    assert first.output == "1. beat at 12.25 s, by AB: small pulse\n"
    asked(folder, "--person", "b", "--skin-artefact", 3, 9, "--by", "AB", "--saw-partner")
    assert asked(folder, "--person", "b").output == (
        "1. skin artefact 3 to 9 s (partner in sight), by AB\n"
    )
    undone = asked(folder, "--person", "a", "--undo", 1, "--by", "AB", "--json")
    assert json.loads(undone.output)["entries"][0]["undone"] is True
    for words, what in (
        (["--beat", 1, "--no-beat", 2, "--by", "AB"], "one correction at a time"),
        (["--beat", 1], "name or initials"),
        (["--pulse-artefact", 9, 3, "--by", "AB"], "no span"),
        (["--undo", 7, "--by", "AB"], "those that stand are none"),
    ):
        assert what in str(asked(folder, "--person", "a", *words).exception)
    assert "must be a or b" in str(asked(folder, "--person", "c").exception)
    assert "holds no session" in str(asked(folder / "x", "--person", "a").exception)


def test_a_correction_changes_what_is_read_again_and_undoing_it_brings_it_back(
    shared_folder, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    kept = once(shared_folder / "worth", lambda place: Long(310.0, seed=6).write(place / "s"))
    session = tmp_path / "s"
    session.mkdir()
    for file in (kept / "s").iterdir():
        if file.name != CACHE_NAME:
            (session / file.name).write_bytes(file.read_bytes())
    plain = extraction_of(load(session))
    correct(session, "a", ARTEFACT)
    spoiled = extraction_of(load(session))
    during = (plain.a.beats.times_s > 101.0) & (plain.a.beats.times_s < 129.0)
    assert during.sum() > 20
    again = spoiled.a.beats.where(spoiled.a.beats.trusted).times_s
    assert not ((again > 101.0) & (again < 129.0)).any()
    assert len(spoiled.b.beats) == len(plain.b.beats)
    take_back(session, "a", 1, "AB")
    assert (extraction_of(load(session)).a.beats.times_s == plain.a.beats.times_s).all()
