"""An export under other labels tells neither whose wearables, nor when, nor where it lay."""

import datetime
import json
import re

import numpy as np
import pytest

from dyadkit.dyad.traces import Dyad, PersonTraces, Trace
from dyadkit.errors import SessionError
from dyadkit.formats import Format, export
from dyadkit.formats.date_shifts import shift_days_of
from dyadkit.formats.writers.relabelling import Labels, drawn_shift_days, relabelled

ADDRESS = "7cdfa1b0b0b0"


def met(began, a="C07", b="P07", source="/home/ann/meyer-2026-03-02/session.mcap"):
    times_s = np.arange(0, 60, 0.25)
    skin = Trace(times_s, 4 + np.sin(times_s), "microsiemens", 4.0)
    return Dyad(
        PersonTraces({"eda": skin}, a, ADDRESS),
        PersonTraces({"eda": skin}, b, ADDRESS[::-1]),
        duration_s=60.0,
        source=source,
        began=began,
    )


def moved_by(dyad, days):
    shifted = relabelled(dyad, Labels("", "", days))
    return datetime.datetime.fromisoformat(shifted.began) - datetime.datetime.fromisoformat(
        dyad.began
    )


def test_a_dyads_sessions_are_moved_alike_and_others_by_other_days(tmp_path):
    file = tmp_path / "date-shifts.json"
    sessions = [met("2026-03-02T10:00:00"), met("2026-03-09T11:30:00"), met("2027-01-01T08:00:00")]
    days = [shift_days_of(one, file) for one in sessions]
    assert len(set(days)) == 1
    moved = [
        datetime.datetime.fromisoformat(relabelled(one, Labels(shift_days=day)).began)
        for one, day in zip(sessions, days, strict=True)
    ]
    assert moved[1] - moved[0] == datetime.timedelta(days=7, hours=1, minutes=30)
    others = {shift_days_of(met("2026-03-02", f"C{k}", f"P{k}"), file) for k in range(20)}
    assert len(others) > 15
    assert file.stat().st_mode & 0o077 == 0


def test_a_drawn_shift_keeps_the_day_of_the_week_and_lands_before_1925():
    for began in ("2024-02-29T10:00:00", "2026-12-01T00:00:00", "2028-01-01T23:59:59"):
        for _ in range(50):
            shifted = relabelled(met(began), Labels(shift_days=drawn_shift_days())).began
            found = datetime.datetime.fromisoformat(shifted)
            assert found.weekday() == datetime.datetime.fromisoformat(began).weekday()
            assert 1900 < found.year < 1925


def test_without_codes_nothing_is_drawn_that_the_next_session_could_not_follow(tmp_path):
    with pytest.raises(SessionError, match="a number of days"):
        shift_days_of(met("2026-03-02", b=""), tmp_path / "date-shifts.json")
    assert list(tmp_path.iterdir()) == []


def test_a_list_of_shifts_that_is_none_is_refused_and_kept(tmp_path):
    file = tmp_path / "date-shifts.json"
    for content in ("[]", "{", '{"C07+P07": "many"}'):
        file.write_text(content)
        with pytest.raises(SessionError, match="no list of date shifts"):
            shift_days_of(met("2026-03-02"), file)
        assert file.read_text() == content


@pytest.mark.parametrize("form", [*Format], ids=lambda one: one.value)
def test_no_export_names_a_wearable_a_folder_or_a_true_date(tmp_path, form):
    labels = Labels("S01", "S02", drawn_shift_days())
    export(relabelled(met("2026-03-02T10:00:00"), labels), form, tmp_path / "out")
    content = b"".join(one.read_bytes() for one in (tmp_path / "out").rglob("*") if one.is_file())
    for secret in (ADDRESS, ADDRESS[::-1], "meyer", "2026-03", "C07", "/home", str(tmp_path)):
        assert secret.encode() not in content
    whole_number = rf"(?<![\d.])-?{abs(labels.shift_days)}(?![\d.])"
    assert not re.search(whole_number.encode(), content)


@pytest.mark.parametrize("form", [*Format], ids=lambda one: one.value)
def test_even_an_export_under_its_own_codes_names_no_wearable_and_no_folder(tmp_path, form):
    export(met("2026-03-02T10:00:00"), form, tmp_path / "out")
    content = b"".join(one.read_bytes() for one in (tmp_path / "out").rglob("*") if one.is_file())
    for secret in (ADDRESS, ADDRESS[::-1], "/home/ann"):
        assert secret.encode() not in content


def test_that_dates_were_moved_is_said_in_the_files(tmp_path):
    shifted = relabelled(met("2026-03-02T10:00:00"), Labels(shift_days=-40_000))
    export(shifted, Format.CSV, tmp_path / "csv")
    export(shifted, Format.BIDS, tmp_path / "bids")
    about = json.loads((tmp_path / "csv" / "session.json").read_text())
    assert any("not the true ones" in one for one in about["session_notes"])
    assert "not the true ones" in (tmp_path / "bids" / "README.md").read_text()


def test_results_name_no_address_and_no_folder_of_this_computer():
    from dyadkit import analyze

    found = analyze(met("2026-03-02T10:00:00"), seed=0)
    text = json.dumps(found.to_dict())
    for secret in (ADDRESS, ADDRESS[::-1], "/home", "ann/"):
        assert secret not in text
    assert "meyer-2026-03-02/session.mcap" in text
