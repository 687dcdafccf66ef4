"""From the frames of a session to one clock: stream, cable and field; and out again for others."""

import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

import dyadkit
from dyadkit import clock
from dyadkit.cli import app
from dyadkit.clock import Clock, Mode
from dyadkit.errors import SessionError
from dyadkit.sessions.loading import open_session
from dyadkit.sessions.overview import describe
from dyadkit.sessions.sync_log import read_log
from dyadkit.storage import SessionWriter
from dyadwire import messages
from fakes.stored_sessions import RATE_HZ, framed, write_session
from fakes.sync_simulator import Condition, Side, simulate

QUARTER = Condition(duration_s=900.0)
FIELD = Condition(mode=Mode.FIELD, duration_s=900.0)


@pytest.fixture(scope="module")
def field_session(tmp_path_factory):
    log, truth = simulate(FIELD, seed=61)
    return write_session(tmp_path_factory.mktemp("field") / "session", log, truth)


@pytest.fixture(scope="module")
def stream_session(tmp_path_factory):
    log, truth = simulate(QUARTER, seed=62)
    return write_session(tmp_path_factory.mktemp("stream") / "session", log, truth)


def apart_ms(folder):
    """Times of b minus a of samples taken at the same true moments, and the stated bound."""
    dyad = dyadkit.load(folder)
    a, b = (dyad.person(person).traces["ppg_ir"] for person in "ab")
    _, i, j = np.intersect1d(a.values, b.values, return_indices=True)
    assert len(i) > 0.9 * RATE_HZ * dyad.duration_s
    bound_ms = np.hypot(a.bounds_s[i], b.bounds_s[j]) * 1e3
    return (b.times_s[j] - a.times_s[i])[60 * RATE_HZ :] * 1e3, bound_ms[60 * RATE_HZ :]


@pytest.mark.parametrize(
    ("condition", "mode", "p95_ms"),
    [
        (QUARTER, Mode.STREAM, 0.35),
        (replace(QUARTER, mode=Mode.USB), Mode.USB, 0.2),
        (replace(QUARTER, a=Side(cable=True)), Mode.STREAM, 0.6),
        (FIELD, Mode.FIELD, 0.6),
        (replace(FIELD, b=Side(off=((300, 600),))), Mode.FIELD, 1.0),
        (replace(FIELD, swapped_s=450.0), Mode.FIELD, 0.6),
    ],
    ids=["stream", "cable", "cable and air", "field", "field, apart", "field, roles swapped"],
)
def test_samples_taken_together_get_the_same_time(condition, mode, p95_ms, tmp_path):
    log, truth = simulate(condition, seed=63)
    folder = write_session(tmp_path / "session", log, truth)
    assert open_session(folder).log.mode is mode
    error_ms, bound_ms = apart_ms(folder)
    assert np.percentile(np.abs(error_ms), 95) <= p95_ms
    assert np.mean(np.abs(error_ms) <= bound_ms) >= 0.9


def test_a_field_session_begins_with_the_first_sample_of_a(field_session):
    dyad = dyadkit.load(field_session)
    assert dyad.a.traces["ppg_ir"].times_s[0] == pytest.approx(0.0, abs=0.6)
    assert dyad.alignment.in_sync.mean() > 0.99
    assert dyad.alignment.exchanges[3, 1] > 40


def test_exchanges_fetched_twice_count_once(tmp_path):
    log, truth = simulate(replace(FIELD, duration_s=200.0), seed=64)
    twice = replace(log, links=(log.links[0], log.links[0]))
    once = write_session(tmp_path / "once", log, truth)
    again = write_session(tmp_path / "twice", twice, truth)
    assert len(read_log(again).links[0].exchanges) == len(read_log(once).links[0].exchanges)


def test_what_the_session_says_of_its_mode_wins(tmp_path):
    log, truth = simulate(replace(QUARTER, duration_s=100.0), seed=65)
    folder = write_session(tmp_path / "session", log, truth, mode="usb")
    assert read_log(folder).mode is Mode.USB


def test_each_wearable_is_solved_as_it_was_joined(tmp_path):
    log, truth = simulate(replace(QUARTER, duration_s=100.0, b=Side(cable=True)), seed=65)
    read = read_log(write_session(tmp_path / "session", log, truth))
    assert [(link.peripheral, link.mode) for link in read.links] == [("a", None), ("b", Mode.USB)]
    clock.write_sync_log(read, tmp_path / "log.json")
    assert [link.mode for link in clock.read_sync_log(tmp_path / "log.json").links] == [
        None,
        Mode.USB,
    ]


def test_a_turn_that_the_session_was_told_is_read_and_exported(tmp_path):
    log, truth = simulate(Condition(mode=Mode.FIELD, duration_s=100.0), seed=68)
    folder = write_session(tmp_path / "session", log, truth, answer_turn_us=251.0)
    read = read_log(folder)
    assert read.answer_turn_s == pytest.approx(251e-6)
    clock.write_sync_log(read, tmp_path / "log.json")
    assert clock.read_sync_log(tmp_path / "log.json").answer_turn_s == pytest.approx(251e-6)


@pytest.mark.parametrize("name", ["log.json", "log.json.gz"])
@pytest.mark.parametrize("kind", ["stream_session", "field_session"])
def test_an_exported_log_is_solved_to_the_same_answer(kind, name, tmp_path, request):
    folder = request.getfixturevalue(kind)
    out = tmp_path / name
    reported = CliRunner().invoke(app, ["sync-log", str(folder), "--out", str(out), "--json"])
    assert reported.exit_code == 0
    assert json.loads(reported.stdout)["links"][0]["exchanges"] > 600
    opened = open_session(folder)
    again = clock.solve(clock.read_sync_log(out))
    assert again.to_dict() == opened.clocks.to_dict()


def test_a_session_without_any_exchange_has_no_log_to_export(tmp_path):
    log, truth = simulate(replace(QUARTER, duration_s=100.0), seed=66)
    folder = write_session(tmp_path / "session", replace(log, links=()), truth)
    with pytest.raises(SessionError, match="never answered a probe"):
        read_log(folder)


def test_a_log_that_cannot_be_written_is_refused_with_a_sentence(stream_session, tmp_path):
    with pytest.raises(SessionError, match="cannot write"):
        clock.write_sync_log(read_log(stream_session), tmp_path / "missing" / "log.json")


def test_one_wearable_without_exchanges_is_unknown_and_info_says_so(tmp_path):
    log, truth = simulate(replace(QUARTER, duration_s=200.0), seed=67)
    folder = write_session(tmp_path / "session", replace(log, links=log.links[:1]), truth)
    summary = describe(folder)
    assert summary.alignment.known_share == 0
    assert summary.usability == "not usable"
    assert any("unknown" in line and "b no exchange yet" in line for line in summary.sentences())


def test_info_tells_contact_interval_and_exchanges(tmp_path):
    log, truth = simulate(replace(QUARTER, b=Side(interval_s=0.045, off=((400, 640),))), seed=68)
    folder = write_session(tmp_path / "session", log, truth)
    reported = "\n".join(describe(folder).sentences())
    assert "in sync" in reported
    assert "extrapolated" in reported
    assert "at 45 ms interval" in reported
    assert "no exchange for" in reported


def test_exchanges_that_b_asked_for_are_kept_as_b_s(tmp_path):
    writer = SessionWriter(tmp_path / "session")
    writer.log(1, "session", number=1)
    kept = messages.Exchanged(3, 1_000, 4, 2_000, 3_000, 5_000)
    writer.append("b/heard", 2, framed(kept))
    writer.close({})
    log = read_log(tmp_path / "session")
    assert [(link.central, len(link.exchanges)) for link in log.links] == [
        (Clock.A, 0),
        (Clock.B, 1),
    ]
    assert log.start_ns is None
