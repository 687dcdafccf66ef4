"""Whatever the command line is given: one clear sentence, the right exit code, no traceback."""

import json
import sys

import pytest

from dyadkit import cli
from dyadkit.capture.outcome import Outcome
from fakes.short_session import begun, write

ERROR, USAGE, GAPS, NO_WEARABLE, NO_ADAPTER, NOT_USABLE = 1, 2, 3, 4, 5, 6


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with all kinds of things that are no good."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.mcap").write_text("hello")
    (tmp_path / "picture").mkdir()
    (tmp_path / "picture" / "session.mcap").write_bytes(b"\x89PNG" + bytes(5000))
    (tmp_path / "zero.mcap").write_bytes(b"")
    write(tmp_path / "only-a", "a")
    write(tmp_path / "both", "ab")
    begun(tmp_path / "open").abandon()
    (tmp_path / "e4").mkdir()
    (tmp_path / "e4" / "BVP.csv").write_text("1600000000\n64\n" + "1.0\n" * 6400)
    (tmp_path / "broken.toml").write_text("[family\nnonsense")
    (tmp_path / "half.toml").write_text('[f.a]\nwearable = "x"\nparticipant = "P"\n')
    (tmp_path / "good.toml").write_text(
        '[f.a]\nwearable = "x"\nparticipant = "P"\n[f.b]\nwearable = "y"\nparticipant = "C"\n'
    )
    (tmp_path / "file").write_text("a file, no folder")
    return tmp_path


def run(line, monkeypatch, capsys):
    """Exit code, what was printed, what was complained."""
    monkeypatch.setattr(sys, "argv", ["dyadkit", *line.split()])
    try:
        cli.main()
        code = 0
    except SystemExit as ended:
        code = ended.code or 0
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    return int(code), said.out, said.err


BAD = [
    ("info nowhere", ERROR, "nowhere does not exist"),
    ("info empty", ERROR, "holds no session.mcap: it is not a session folder"),
    ("info text.mcap", ERROR, "holds no dyadkit session"),
    ("info zero.mcap", ERROR, "holds no dyadkit session"),
    ("info picture", ERROR, "holds no dyadkit session"),
    ("info only-a", ERROR, "holds no samples of person b: a dyad needs both"),
    ("info --json only-a", ERROR, "holds no samples of person b"),
    ("analyze nowhere", ERROR, "nowhere does not exist"),
    ("analyze picture", ERROR, "holds no dyadkit session"),
    ("analyze only-a", ERROR, "holds no samples of person b"),
    ("recover nowhere --out new", ERROR, "nowhere does not exist"),
    ("recover text.mcap --out new", ERROR, "holds no dyadkit session"),
    ("recover both --out both", ERROR, "already holds a session"),
    ("recover both --out file/new", ERROR, "cannot write to"),
    ("replay e4 e4 --out new", ERROR, "EDA"),
    ("replay nowhere e4 --out new", ERROR, "nowhere"),
    ("pair f --a x --b x", ERROR, "both people would wear x"),
    ("pair f:g --a x --b y", ERROR, "use letters, digits"),
    ("pair f --a x --b y --participants Anna_M. O'Neill", ERROR, "no names"),
    ("pair f --a x --b y --dyads broken.toml", ERROR, "is not a list of dyads"),
    ("record f --out new --dyads half.toml", ERROR, "is not a list of dyads"),
    ("record g --out new --dyads good.toml", ERROR, "knows no dyad g (it knows f)"),
    ("record g --out new", ERROR, "make it with: dyadkit pair"),
    ("record f --out new --minutes 0 --dyads good.toml", USAGE, "--minutes"),
    ("record f --usb --out new --dyads good.toml", NO_WEARABLE, "is not on a cable"),
    ("pull g --out new --dyads good.toml", ERROR, "knows no dyad g"),
    ("pull f --usb --out new --dyads good.toml", NO_WEARABLE, "is not on a cable"),
    ("pull f --completes nowhere --out new --dyads good.toml", ERROR, "nowhere does not exist"),
    ("pull f --completes text.mcap --answer-turn-us 250 --out new", USAGE, "field recordings only"),
    ("pull f --answer-turn-us 2000 --out new", USAGE, "--answer-turn-us"),
    ("pull f --completes text.mcap --out new --dyads good.toml", ERROR, "no dyadkit session"),
    ("virtual --minutes 0", USAGE, "--minutes"),
    ("devices --usb", NO_WEARABLE, "no wearable on a cable"),
    ("sync-log both --out x.txt", USAGE, "end the name in .json or .json.gz"),
    ("mark nowhere hello", ERROR, "holds no session"),
    ("mark both hello", ERROR, "is closed"),
    ("record f", USAGE, "--out"),
    ("recover both", USAGE, "--out"),
    ("nonsense", USAGE, "No such command"),
    ("info --nonsense both", USAGE, "No such option"),
]


@pytest.mark.parametrize(("line", "code", "sentence"), BAD, ids=[line for line, _, _ in BAD])
def test_bad_input_ends_with_a_sentence_and_its_exit_code(
    line, code, sentence, place, monkeypatch, capsys
):
    monkeypatch.setattr("dyadkit.links.usb.port_names", list)
    ended, _, complained = run(line, monkeypatch, capsys)
    assert ended == code
    assert sentence in complained
    if code != USAGE:
        [reported] = complained.strip().splitlines()
        assert len(reported) < 400
    assert not (place / "new" / "session.mcap").exists()


@pytest.mark.parametrize("line", ["devices --seconds 1", "record f --out new --dyads good.toml"])
def test_without_bluetooth_the_exit_code_says_so(line, place, monkeypatch, capsys):
    async def no_adapter(*_args, **_options):
        raise OSError("no adapter")

    monkeypatch.setattr("bleak.BleakScanner.discover", no_adapter)
    code, _, complained = run(line, monkeypatch, capsys)
    assert code == NO_ADAPTER
    assert "Bluetooth is not available on this computer" in complained


def test_a_session_cut_off_anywhere_is_still_told(place, monkeypatch, capsys):
    whole = (place / "open" / "session.mcap").read_bytes()
    (place / "open" / "session.mcap").write_bytes(whole[: len(whole) - 40])
    code, out, _ = run("info open", monkeypatch, capsys)
    assert code == 0
    assert "the file was not closed or is damaged" in out
    code, out, _ = run("info --json open", monkeypatch, capsys)
    assert json.loads(out)["complete"] is False
    code, out, _ = run("recover open --out new", monkeypatch, capsys)
    assert code == 0
    assert "messages recovered to new" in out


def test_a_session_too_short_to_say_anything_says_so(place, monkeypatch, capsys):
    code, out, _ = run("analyze both", monkeypatch, capsys)
    assert code == 0
    assert "could not be tested" in out
    code, out, _ = run("info both", monkeypatch, capsys)
    assert "usability: not usable; the two wearables could not be put on one clock" in out


def test_a_mark_goes_into_a_session_that_records(place, monkeypatch, capsys):
    assert run("mark open tea", monkeypatch, capsys)[:2] == (0, "marked: tea\n")
    assert "tea" in (place / "open" / "marks.jsonl").read_text()


@pytest.mark.parametrize(
    ("missing", "unfinished", "code"),
    [(0, (), 0), (12, (), 3), (0, ("wearable b was out of reach at the end",), 3)],
)
def test_the_exit_code_says_whether_anything_is_missing(
    missing, unfinished, code, place, monkeypatch, capsys
):
    outcome = Outcome(place / "new", 60.0, 0, 1, (), missing, unfinished)
    monkeypatch.setattr(cli.capture, "_record_simulated", lambda *_: outcome)
    monkeypatch.setattr(cli.capture, "_usability", lambda _: ("good", ()))
    line = "record f --radio simulated --out new"
    ended, out, _ = run(line, monkeypatch, capsys)
    assert ended == code
    assert ("12 samples are missing" in out) == bool(missing)
    assert all(sentence in out for sentence in unfinished)
    ended, out, _ = run(f"{line} --json", monkeypatch, capsys)
    assert (ended, json.loads(out)["missing_samples"]) == (code, missing)


def test_a_recording_ends_with_its_usability_and_with_6_where_it_is_not_usable(
    place, monkeypatch, capsys
):
    def recorded(folder, *_):
        write(folder)
        return Outcome(folder, 2.0, 0, 0, (), 12)

    monkeypatch.setattr(cli.capture, "_record_simulated", recorded)
    ended, out, _ = run("record f --radio simulated --out new", monkeypatch, capsys)
    assert ended == NOT_USABLE
    assert out.splitlines()[-1].startswith(
        "usability: not usable; the two wearables could not be put on one clock"
    )
    _, told, _ = run("info new", monkeypatch, capsys)
    assert out.splitlines()[-1] == told.splitlines()[1]
    ended, out, _ = run("record f --radio simulated --out new-2 --json", monkeypatch, capsys)
    assert (ended, json.loads(out)["usability"]) == (NOT_USABLE, "not usable")
    assert json.loads(out)["reasons"][0] == (
        "the two wearables could not be put on one clock: a never answered when asked for the "
        "time, b never answered when asked for the time"
    )


def test_a_recording_without_one_of_the_two_is_not_usable(place, monkeypatch, capsys):
    def recorded(folder, *_):
        write(folder, "a")
        return Outcome(folder, 2.0, 0, 0, ())

    monkeypatch.setattr(cli.capture, "_record_simulated", recorded)
    ended, out, _ = run("record f --radio simulated --out new", monkeypatch, capsys)
    assert ended == NOT_USABLE
    assert "usability: not usable; " in out
    assert "holds no samples of person b: a dyad needs both" in out


def test_what_was_said_of_a_recording_is_not_said_again_with_its_usability(
    place, monkeypatch, capsys
):
    away = "wearable b was out of reach at the end"

    def recorded(folder, *_):
        write(folder)
        return Outcome(folder, 2.0, 0, 0, (), 12, (away,))

    monkeypatch.setattr(cli.capture, "_record_simulated", recorded)
    monkeypatch.setattr(cli.capture, "_usability", lambda _: ("usable", ("a eda lost 2 %", away)))
    ended, out, _ = run("record f --radio simulated --out new", monkeypatch, capsys)
    assert ended == GAPS
    assert out.count(away) == 1
    assert out.splitlines()[-1] == "usability: usable; a eda lost 2 %"


def test_pairing_again_tells_who_wore_what(place, monkeypatch, capsys):
    code, out, noted = run("pair f --a y --b x --dyads good.toml", monkeypatch, capsys)
    assert code == 0
    assert "until now a wore x" in noted
