"""All commands follow the same rules: where results go, how files are named, signs of life."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
from typer.testing import CliRunner

from dyadkit.cli import app, output
from dyadkit.cli.output import EXIT_CODES, ExitCode
from dyadkit.devices import pairing
from fakes.short_session import write

GROUPS = {
    name: getattr(one, "commands", {"": one})
    for name, one in typer.main.get_command(app).commands.items()
    if not one.hidden  # started by other commands, never typed
}
COMMANDS = {
    f"{name} {word}".strip(): one for name, words in GROUPS.items() for word, one in words.items()
}
ROOT = Path(__file__).parents[3]
SEED = 20_250_607
HUNG_S = 600.0


@pytest.fixture
def session(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "s")
    return tmp_path


def asked(*words):
    return CliRunner().invoke(app, list(map(str, words)))


@pytest.mark.parametrize("name", COMMANDS)
def test_json_is_printed_by_every_command_and_names_a_file_in_none(name):
    [option] = [one for one in COMMANDS[name].params if "--json" in one.opts]
    assert option.is_flag


def test_an_analysis_is_printed_as_json_and_saved_under_every_name_that_was_given(session):
    ended = asked("analyze", "s", "--report", "a/r.html", "--report", "r.json", "--json")
    assert json.loads(ended.stdout) == json.loads((session / "r.json").read_text())
    assert "<html" in (session / "a" / "r.html").read_text()
    assert not (session / "report.html").exists()


def test_without_a_name_the_report_is_a_page_beside_the_session(session):
    assert "report: report.html" in asked("analyze", "s").stdout
    assert (session / "report.html").exists()


def test_a_report_of_another_kind_is_refused_before_the_work(session, monkeypatch):
    monkeypatch.setattr("dyadkit.sessions.loading.load", lambda _: pytest.fail("work was done"))
    assert "end the name in .html or .json" in str(
        asked("analyze", "s", "--report", "r.pdf").exception
    )


def test_pairs_are_printed_as_json(session):
    noted = json.loads(asked("pair", "f", "--a", "dyad-3f2a", "--b", "dyad-91c0", "--json").stdout)
    assert (noted["dyad"], noted["b"]["wearable"]) == ("f", "dyad-91c0")


def test_a_regime_that_is_too_short_to_show_is_refused_and_long_enough_without_being_asked(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    ended = asked("demo", "--regime", "one-way", "--minutes", 5)
    assert ended.exit_code == ExitCode.USAGE
    assert "10 minutes or more, not in 5" in ended.output
    asked_s = []

    def met(_encounter, seconds, _seed):
        asked_s.append(seconds)
        raise ValueError("enough")

    monkeypatch.setattr("dyadkit.sim.people.bodies.meet", met)
    for words in (["--regime", "one-way"], ["--regime", "one-way", "--minutes", 12], []):
        asked("demo", *words)
    assert [seconds // 60 for seconds in asked_s] == [10, 12, 5]


# help


def test_help_is_tidy_offers_completion_and_tells_every_exit_code():
    shown = (
        CliRunner().invoke(app, ["--help"], env={"COLUMNS": "80", "TERMINAL_WIDTH": "80"}).output
    )
    assert max(map(len, shown.splitlines())) <= 80
    assert not any(line.endswith("...") for line in shown.splitlines()[1:])
    assert "--install-completion" in shown
    together = " ".join(shown.split())
    assert EXIT_CODES in together
    assert all(f" {int(code)} " in EXIT_CODES for code in ExitCode)


def test_commands_and_options_complete_in_a_shell():
    given = {"_DYADKIT_COMPLETE": "complete_bash", "COMP_WORDS": "dyadkit re", "COMP_CWORD": "1"}
    told = CliRunner().invoke(app, [], prog_name="dyadkit", env=given)
    assert told.stdout.split() == ["replay", "record", "recover"]


def test_wearables_are_called_in_help_and_documents_what_they_advertise_themselves_as():
    device = (ROOT / "firmware" / "wearable" / "device.py").read_text()
    [prefix] = re.findall(r'self\.settings\.name or "(\S+)" \+ binascii', device)
    texts = [
        file.read_text() for file in (ROOT / "README.md", ROOT / "hardware" / "calibration.md")
    ]
    texts += [pairing.__doc__, *(asked(*name.split(), "--help").output for name in COMMANDS)]
    named = {name for text in texts for name in re.findall(r"\b[a-z]+-[0-9a-f]{4}\b", text)}
    assert len(named) >= 2
    assert all(re.fullmatch(f"{prefix}[0-9a-f]{{4}}", name) for name in named), named


# signs of life


@pytest.fixture
def log(monkeypatch):
    """What goes to standard error where no terminal is, at a clock that a test moves."""
    clock = SimpleNamespace(now_s=0.0)
    monkeypatch.setattr(output, "time", SimpleNamespace(monotonic=lambda: clock.now_s))
    clock.lines = []
    monkeypatch.setattr(typer, "echo", lambda line, err: clock.lines.append(line) if err else None)
    return clock


def test_a_log_has_a_line_for_each_tenth_but_none_more_often_than_each_second(log):
    with output.progress("recording", 100.0) as advance:
        for done in range(101):
            log.now_s += 1 / 16
            advance(done)
    assert log.lines == [
        "recording",
        "recording: 15% after 1 s",
        "recording: 31% after 2 s",
        "recording: 47% after 3 s",
        "recording: 63% after 4 s",
        "recording: 79% after 5 s",
        "recording: 95% after 6 s",
    ]


def test_work_that_cannot_say_how_far_it_is_is_said_to_go_on(log):
    with output.progress("analyzing", 1.0):
        log.now_s += 12.0
        until_s = time.monotonic() + HUNG_S
        while len(log.lines) < 2 and time.monotonic() < until_s:
            time.sleep(0.05)
    assert log.lines == ["analyzing", "analyzing: after 12 s"]


# Ctrl-C

PROGRAM = """
import dyadkit, os, runpy, sys
os.write(1, b"imported")
sys.argv = ["dyadkit", *sys.argv[1:]]
runpy.run_module("dyadkit.__main__", run_name="__main__")
"""


QUICK = range(3)
TRIALS = [t if t in QUICK else pytest.param(t, marks=pytest.mark.slow) for t in range(8)]


@pytest.mark.parametrize("trial", TRIALS)
def test_ctrl_c_in_the_first_second_ends_with_130_and_no_traceback(trial, session):
    after_s = random.Random(SEED + trial).uniform(0.0, 0.6)
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "analyze", "s"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert os.read(process.stdout.fileno(), 8) == b"imported"
    time.sleep(after_s)
    process.send_signal(signal.SIGINT)
    said, complained = process.communicate(timeout=HUNG_S)
    assert process.returncode == ExitCode.INTERRUPTED or b"report: " in said, after_s
    assert b"Traceback" not in complained, after_s


def test_where_interrupts_are_ignored_they_stay_ignored(session):
    ignoring = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    process = subprocess.Popen(
        [sys.executable, "-c", ignoring + PROGRAM, "info", "s"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert os.read(process.stdout.fileno(), 8) == b"imported"
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=HUNG_S)
    assert process.returncode == 0
    assert b"usability" in said
