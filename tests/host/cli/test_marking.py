"""Marks as a person sets them: with the command, and with keys where it records."""

import asyncio
import io
import json
import os
import sys

import pytest
from typer.testing import CliRunner

from dyadkit.capture.progress import Progress, SessionPhase
from dyadkit.capture.wearable import CaptureState
from dyadkit.cli import app
from dyadkit.cli.keys import MarkKeys
from dyadkit.cli.live_recording import StatusLine
from dyadkit.cli.terminal import pressed
from dyadkit.errors import SessionError
from dyadkit.storage import SessionWriter
from dyadkit.storage.marks import MarkReader, present_conditions, standing


@pytest.fixture
def session(tmp_path):
    writer = SessionWriter(tmp_path / "s")
    writer.sync()
    yield tmp_path / "s"
    writer.abandon()


def asked(*words):
    return CliRunner().invoke(app, ["mark", *map(str, words)])


def test_the_command_begins_and_ends_conditions_notes_and_takes_back(session):
    said = [
        asked(session, "rest", "--condition").stdout,
        asked(session, "cry", "--person", "a").stdout,
        asked(session, "window opened", "--note").stdout,
        asked(session, "--undo").stdout,
        asked(session, "--end").stdout,
    ]
    assert said == [
        "condition begins: rest\n",
        "marked for a: cry\n",
        "noted: window opened\n",
        "undone: window opened\n",
        "condition ended: rest\n",
    ]
    kept, undone = standing(MarkReader(session).new())
    assert undone == 1
    assert [(one["kind"], one.get("person")) for one in kept] == [
        ("condition", None),
        ("event", "a"),
        ("end", None),
    ]


def test_what_was_marked_is_printed_as_json(session):
    told = json.loads(asked(session, "talk", "--condition", "--person", "b", "--json").stdout)
    assert (told["label"], told["kind"], told["person"]) == ("talk", "condition", "b")
    assert MarkReader(session).new()[0]["at_ns"] == told["at_ns"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["tea", "--event", "--note"], "--event and --note contradict each other"),
        (["--end", "--undo"], "contradict each other"),
        ([], "give a label"),
        (["  "], "give a label"),
        (["tea", "--undo"], "--undo takes no label"),
        (["tea", "--person", "c"], "a or b"),
        (["--undo", "--person", "a"], "not with --undo"),
    ],
)
def test_what_contradicts_itself_is_wrong_usage_and_marks_nothing(session, words, complaint):
    ended = asked(session, *words)
    assert ended.exit_code == 2
    assert complaint in " ".join(ended.output.replace("│", " ").split())
    assert MarkReader(session).new() == []


def test_undo_and_end_say_when_there_is_nothing_to_do(session):
    for word in ("--undo", "--end"):
        assert isinstance(asked(session, word).exception, SessionError)


def test_each_condition_has_a_letter_of_its_own_that_is_not_end_or_undo():
    keys = MarkKeys("s", ["eat", "umbrella", "rest", "read", "10 % tilt", "a", "ü"])
    assert len(keys.conditions) == 7
    assert not {"e", "u"} & set(keys.conditions)
    assert keys.conditions["r"] == "rest"
    assert all(letter.isascii() and letter.isalpha() for letter in keys.conditions)
    for wrong in (["rest", "rest"], ["rest", ""], [str(n) for n in range(30)]):
        with pytest.raises(ValueError, match="conditions are different words"):
            MarkKeys("s", wrong)


def test_keys_pressed_at_the_terminal_of_a_recording_are_in_its_marks(session, monkeypatch):
    ours, theirs = os.openpty()
    keys = MarkKeys(session, ["rest", "talk"])

    async def host():
        with pressed(keys, asyncio.get_running_loop()) as is_typed:
            os.write(ours, b"1rz5ut")
            async with asyncio.timeout(10):
                while len(MarkReader(session).new()) < 5:
                    await asyncio.sleep(0.01)
        return is_typed

    with os.fdopen(theirs) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        assert asyncio.run(host())
    os.close(ours)
    entries = MarkReader(session).new()
    assert [(one["kind"], one["label"]) for one in standing(entries)[0]] == [
        ("event", "key 1"),
        ("condition", "rest"),
        ("condition", "talk"),
    ]
    assert [one["label"] for one in present_conditions(entries)] == ["talk"]
    assert keys.answer == "begins: talk"


def test_the_status_line_shows_which_key_begins_what_and_what_goes_on(session, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    keys = MarkKeys(session, ["rest", "talk"])
    states = dict.fromkeys("ab", CaptureState.RECORDING)
    now = Progress(SessionPhase.RECORDING, 9.0, states, {}, 100, {}, (), 2, ("talk", "a: sad"))

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    keys.press("u")
    StatusLine(keys, terminal)(now)
    assert "2 marks  r rest [t talk] [a: sad]  no mark in" in terminal.getvalue()
    monkeypatch.setenv("COLUMNS", "60")
    StatusLine(keys, terminal)(now)
    assert len(terminal.getvalue().split("\r")[-1]) <= 60


def test_conditions_are_refused_where_no_key_can_be_pressed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["record", "f", "--out", "new", "--radio", "simulated", "--conditions", "rest,talk"]
    for line in (words, [*words[:-1], "rest,rest"]):
        ended = CliRunner().invoke(app, line)
        assert ended.exit_code == 2
        assert "--conditions" in ended.output
    assert not (tmp_path / "new").exists()
