"""A session leaves for other tools as it is: nothing added, nothing smoothed over."""

import csv
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from dyadkit.cli import app
from dyadkit.dyad.traces import Dyad, Mark, PersonTraces, Trace
from dyadkit.errors import SessionError
from dyadkit.formats import Format, export
from dyadkit.formats.writers.neurokit import RATE_HZ, table
from dyadkit.sessions import loading
from dyadkit.signals import extract
from fakes import pulse_model
from fakes.skin_model import simulate

SECONDS = 60.0
GAP_S = (20.0, 30.0)


def pulse_trace(gap_s=None):
    pulse = pulse_model.pulse(pulse_model.sinus, seconds=SECONDS, seed=51)
    times_s = np.arange(len(pulse.ppg)) / 100.0
    counts = np.round(100_000 - 800 * pulse.ppg)
    if gap_s is None:
        return Trace(times_s, counts, "counts", 100.0)
    kept = (times_s <= gap_s[0]) | (times_s >= gap_s[1])
    return Trace(times_s[kept], counts[kept], "counts", 100.0, np.array([gap_s]))


def skin_trace():
    values = simulate(52, duration_s=SECONDS).values
    return Trace(np.arange(len(values)) / 16.0, values, "microsiemens", 16.0)


@pytest.fixture(scope="module")
def dyad():
    a = PersonTraces({"ppg_ir": pulse_trace(GAP_S), "eda": skin_trace()}, participant="P01")
    b = PersonTraces({"ppg_ir": pulse_trace()}, participant="P02")
    marks = (Mark(10.0, 10.0, "bell, loud"), Mark(30.0, 50.0, "talk", "condition", "b"))
    return Dyad(a, b, marks, SECONDS)


def rows(file):
    with file.open(newline="", encoding="utf-8") as text:
        return list(csv.DictReader(text))


def test_csv_holds_every_sample_and_an_empty_one_for_each_missing(dyad, tmp_path):
    export(dyad, Format.CSV, tmp_path / "out")
    found = rows(tmp_path / "out" / "a_ppg_ir.csv")
    measured = [row for row in found if row["measured"] == "1"]
    missing = [row for row in found if row["measured"] == "0"]
    assert [float(row["value"]) for row in measured] == dyad.a.traces["ppg_ir"].values.tolist()
    assert len(missing) == 999
    assert {row["value"] for row in missing} == {""}
    times_s = np.array([float(row["time_s"]) for row in found])
    assert np.diff(times_s) == pytest.approx(0.01, abs=1e-5)


def test_marks_and_units_travel_with_the_samples(dyad, tmp_path):
    made = export(dyad, Format.CSV, tmp_path / "out")
    assert {file.name for file in made} == {file.name for file in (tmp_path / "out").iterdir()}
    marks = rows(tmp_path / "out" / "marks.csv")
    assert [(row["label"], row["kind"], row["person"]) for row in marks] == [
        ("bell, loud", "event", ""),
        ("talk", "condition", "b"),
    ]
    about = json.loads((tmp_path / "out" / "session.json").read_text())
    assert about["participants"] == {"a": "P01", "b": "P02"}
    assert about["streams"]["a_eda"] == {"unit": "microsiemens", "rate_hz": 16.0, "gaps": 0}


def test_the_neurokit_table_is_masked_and_empty_at_a_gap(dyad):
    columns = table(dyad.a, extract(dyad).a)
    assert {len(column) for column in columns.values()} == {int(SECONDS * RATE_HZ)}
    inside = (columns["Time"] > GAP_S[0] + 0.1) & (columns["Time"] < GAP_S[1] - 0.1)
    for name in ("PPG_Raw", "PPG_Clean", "PPG_Rate"):
        assert np.isnan(columns[name][inside]).all()
    assert (columns["PPG_Mask"][inside] == 1).all()
    assert not columns["PPG_Peaks"][inside].any()
    assert columns["PPG_Mask"][~inside].mean() < 0.2
    assert (columns["EDA_Mask"][inside] == 0).all()


def test_what_the_mask_leaves_has_a_value_in_every_column(dyad):
    for person, body in zip((dyad.a, dyad.b), (extract(dyad).a, extract(dyad).b), strict=True):
        found = table(person, body)
        whole = found["PPG_Mask"] == 0
        assert whole.mean() > 0.5
        for name in ("PPG_Raw", "PPG_Clean", "PPG_Rate", "PPG_Quality", "PPG_Peaks"):
            assert np.isfinite(found[name][whole]).all(), name


def test_neurokit_peaks_and_responses_are_ours_to_the_sample(dyad):
    body = extract(dyad).a
    columns = table(dyad.a, body)
    peaks_s = np.flatnonzero(columns["PPG_Peaks"]) / RATE_HZ
    assert peaks_s == pytest.approx(body.beats.times_s[body.beats.trusted], abs=0.5 / RATE_HZ)
    at = np.flatnonzero(columns["SCR_Peaks"])
    assert columns["SCR_Amplitude"][at] == pytest.approx(
        [one.amplitude_usiemens for one in body.responses]
    )
    assert (columns["SCR_Onsets"] > 0).sum() == len(body.responses)
    assert columns["EDA_Clean"] == pytest.approx(columns["EDA_Tonic"] + columns["EDA_Phasic"])


def test_a_stream_that_is_not_there_is_empty_and_said(dyad, tmp_path):
    export(dyad, Format.NEUROKIT, tmp_path / "out")
    found = np.genfromtxt(tmp_path / "out" / "b.csv", delimiter=",", names=True)
    assert np.isnan(found["EDA_Tonic"]).all()
    assert (found["EDA_Mask"] == 1).all()
    about = json.loads((tmp_path / "out" / "session.json").read_text())
    assert about["sampling_rate"] == RATE_HZ
    assert any("conductance" in note for note in about["notes"]["b"])
    assert about["unmasked_s"]["b"]["EDA"] == []
    after, before = about["unmasked_s"]["a"]["PPG"]
    assert before[1] <= GAP_S[0] + 0.5
    assert after[0] >= GAP_S[1] - 0.5


@pytest.mark.filterwarnings("ignore")  # of NeuroKit: a minute is short for some of its figures
def test_neurokit_takes_the_table_as_it_is(dyad, tmp_path):
    pandas = pytest.importorskip("pandas", reason="extra bench: pandas and neurokit2")
    neurokit2 = pytest.importorskip("neurokit2", reason="extra bench: neurokit2")
    export(dyad, Format.NEUROKIT, tmp_path / "out")
    frame = pandas.read_csv(tmp_path / "out" / "a.csv")
    found = neurokit2.eda_intervalrelated(frame, sampling_rate=RATE_HZ)
    assert found["SCR_Peaks_N"].iloc[0] == len(extract(dyad).a.responses)
    about = json.loads((tmp_path / "out" / "session.json").read_text())
    start_s, stop_s = about["unmasked_s"]["a"]["PPG"][0]
    whole = frame[(frame["Time"] >= start_s) & (frame["Time"] < stop_s)].reset_index(drop=True)
    pulse = neurokit2.ppg_analyze(whole, sampling_rate=RATE_HZ, method="interval-related")
    assert float(pulse["PPG_Rate_Mean"].iloc[0]) == pytest.approx(70, abs=3)
    variability = neurokit2.hrv_time(frame["PPG_Peaks"].iloc[:2000], sampling_rate=RATE_HZ)
    assert 60_000 / variability["HRV_MeanNN"].iloc[0] == pytest.approx(70, abs=3)


def test_an_export_never_overwrites(dyad, tmp_path):
    (tmp_path / "precious.csv").write_text("1")
    with pytest.raises(SessionError, match="holds something already"):
        export(dyad, Format.CSV, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["precious.csv"]


def test_the_command_says_what_it_made(dyad, tmp_path, monkeypatch):
    monkeypatch.setattr(loading, "load", lambda _: dyad)
    out = tmp_path / "made"
    done = CliRunner().invoke(
        app, ["export", "session", "--to", "csv", "--out", str(out), "--json"]
    )
    assert done.exit_code == 0
    files = json.loads(done.stdout)["files"]
    assert str(out / "a_ppg_ir.csv") in files
    refused = CliRunner().invoke(app, ["export", "session", "--to", "xls"])
    assert refused.exit_code == 2
