"""What comes from outside reaches the terminal as words, and the keyboard ends what it should."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from dyadkit.capture.progress import Progress, SessionPhase
from dyadkit.cli import app
from dyadkit.cli.live_recording import StatusLine
from dyadkit.cli.output import printable
from dyadkit.dyad import saving
from dyadkit.errors import MissingExtraError, SessionError
from dyadkit.storage import read_session
from fakes import recorded as recorded_once
from fakes import short_session

ESCAPES = "\x1b[2J\x1b]0;owned\x07\r\x9b31m\u202e\u2066\n"
OBEYED = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


@given(st.text(st.characters(codec=None)))
def test_nothing_printable_is_obeyed_by_a_terminal_and_words_stay_as_they_are(text):
    shown = printable(text)
    assert not OBEYED.search(shown)
    assert shown.encode("utf-8") or not text
    if text.isascii() and text.isprintable():
        assert shown == text


def test_escapes_in_labels_notes_and_reasons_come_out_as_what_they_are(tmp_path):
    writer = short_session.begun(tmp_path / "s")
    writer.log(5, "mark", topic="marks", label=f"tea{ESCAPES}", kind="event")
    writer.log(6, "mark", topic="marks", label="usability: good", kind="note")
    writer.close({"notes": [f"C07{ESCAPES}"], "unfinished": [ESCAPES]})
    said = run("info", tmp_path / "s").output
    assert not re.search(OBEYED.pattern.replace("\x0a-", "\x0b-"), said)
    assert "tea\\x1b[2J" in said
    assert sum(line.startswith("usability:") for line in said.splitlines()) == 1
    as_json = run("info", tmp_path / "s", "--json").output
    assert json.loads(as_json)["marked"]["event"] == [f"tea{ESCAPES}"]
    assert "\x1b" not in as_json


def test_a_status_line_shows_what_a_condition_is_called_and_obeys_nothing(capsys):
    now = Progress(SessionPhase.RECORDING, 1.0, {}, {}, 0, {}, (ESCAPES,), 1, (ESCAPES,))
    StatusLine(to=sys.stdout)(now)
    assert not OBEYED.search(capsys.readouterr().out.rstrip("\n"))


@pytest.mark.parametrize("folder", [".", "..", "../s", "../s/"])
def test_a_session_can_be_exported_from_wherever_one_stands(tmp_path, monkeypatch, folder):
    short_session.write(tmp_path / "s")
    (tmp_path / "s" / "below").mkdir()
    monkeypatch.chdir(tmp_path / "s" / ("below" if folder == ".." else ""))
    done = run("export", folder, "--to", "csv")
    assert done.exit_code == 0, done.exception
    assert (tmp_path / "s-csv" / "marks.csv").is_file()


def test_an_export_that_fails_leaves_nothing(tmp_path, monkeypatch):
    short_session.write(tmp_path / "s")

    def half(_dyad, out):
        (out / "a_eda.csv").write_text("half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("dyadkit.formats._writer", lambda _: half)
    done = run("export", tmp_path / "s", "--to", "csv", "--out", tmp_path / "out")
    assert "No space left" in str(done.exception)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["s"]


def test_a_missing_extra_is_told_before_the_analysis_and_not_after_it(tmp_path, monkeypatch):
    monkeypatch.setattr(saving, "DRAWN_WITH", ("a_module_that_nobody_has",))
    done = run("analyze", tmp_path / "nothing")
    assert isinstance(done.exception, MissingExtraError)
    assert "pip install 'dyadkit[report]'" in str(done.exception)


def test_a_simulated_session_says_so_wherever_it_is_shown(shared_folder, tmp_path):
    session = recorded_once.usual(shared_folder)[0]
    page, twin = tmp_path / "r.html", tmp_path / "r.json"
    said = run("analyze", session, "--report", page, "--report", twin).output
    assert "Simulated people, no one was recorded." in said
    badge = "· simulated people, no one was recorded</p>"
    assert badge in page.read_text(encoding="utf-8")
    assert json.loads(twin.read_text())["simulated"] is True
    assert "simulated people" in run("info", session).output


def test_roles_and_consent_are_kept_in_the_session_and_shown(tmp_path, monkeypatch):
    plans = []

    def no_recording(_links, _members, plan, _keys, _page):
        plans.append(plan)
        raise SessionError("that was all")

    monkeypatch.setattr("dyadkit.cli.live_recording.record_here", no_recording)
    (tmp_path / "d.toml").write_text(
        '[f.a]\nwearable = "x"\nparticipant = ""\n[f.b]\nwearable = "y"\nparticipant = ""\n'
    )
    options = ("--dyads", tmp_path / "d.toml", "--out", tmp_path / "s")
    run("record", "f", *options, "--roles", "parent,child", "--consent", "pulse, one year")
    told = {"roles": {"a": "parent", "b": "child"}, "consent": "pulse, one year"}
    assert plans[0].about == {"dyad": "f", **told}
    assert run("record", "f", *options, "--roles", "parent").exit_code == 2
    short_session.begun(tmp_path / "s").close(plans[0].about)
    said = run("info", tmp_path / "s").output.splitlines()
    assert {"a is parent", "b is child", "consent: pulse, one year"} <= set(said)


@pytest.mark.skipif(sys.platform == "win32", reason="only Linux and macOS send SIGINT")
def test_ctrl_c_ends_a_simulated_recording_in_real_time_with_a_closed_file(tmp_path):
    command = [sys.executable, "-m", "dyadkit", "record", "x", "--out", str(tmp_path / "s"),
               "--radio", "simulated", "--realtime", "--force", "--minutes", "5"]  # fmt: skip
    program = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    for line in program.stderr:
        if line.startswith("recording"):
            break
    os.kill(program.pid, signal.SIGINT)
    said, complained = program.communicate(timeout=300)
    assert "Traceback" not in complained
    assert program.returncode in (0, 3), complained
    stored = read_session(tmp_path / "s")
    assert stored.complete
    assert stored.about["simulated"] is True
    assert said.startswith("recorded")
