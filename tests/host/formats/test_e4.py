"""Empatica E4 recordings of two people, in every form met in the wild, become sensor feeds."""

import datetime
import gzip
import json
import zipfile

import numpy as np
import pytest

import dyadkit
from dyadkit.demo import simulated
from dyadkit.demo.replay import LEAD_IN_S, read_pair
from dyadkit.errors import SessionError
from dyadkit.formats import Format, export
from dyadkit.formats.e4 import read_e4
from dyadkit.sessions.overview import describe
from dyadkit.storage import read_session

START_S = 1_639_758_295.0
EDA_HZ, BVP_HZ = 4.0, 64.0


def eda(seconds):
    return 2 + 0.3 * np.sin(np.arange(round(seconds * EDA_HZ)) / 9)


def bvp(seconds):
    return np.round(40 * np.sin(2 * np.pi * 1.2 * np.arange(round(seconds * BVP_HZ)) / BVP_HZ), 2)


def connect_text(rate_hz, values, start_s=START_S):
    return "\n".join([f"{start_s:.2f}", f"{rate_hz:.6f}", *(f"{value:.6f}" for value in values)])


def compact_text(name, rate_hz, values, start_s=START_S):
    rows = (f"{value:.6f}" for value in values)
    return "\n".join([f"# t0_unix={start_s:.6f} fs={rate_hz:g}", name, *rows])


def folder_of(path, seconds=70, start_s=START_S, signals=("EDA", "BVP")):
    path.mkdir(parents=True)
    other = 1.1 if path.name == "b" else 1.0  # no two people have the same samples
    made = {"EDA": (EDA_HZ, other * eda(seconds)), "BVP": (BVP_HZ, other * bvp(seconds))}
    for name in signals:
        (path / f"{name}.csv").write_text(connect_text(*made[name], start_s))
    return path


def test_a_folder_of_e4_connect_is_read_with_its_start_and_rates(tmp_path):
    read = read_e4(folder_of(tmp_path / "a"))
    assert (read.eda_usiemens.start_s, read.eda_usiemens.rate_hz) == (START_S, EDA_HZ)
    assert read.eda_usiemens.values == pytest.approx(eda(70), abs=1e-6)
    assert read.bvp.rate_hz == BVP_HZ
    assert read.bvp.values == pytest.approx(bvp(70), abs=1e-6)


def test_the_zip_of_e4_connect_gives_the_same_as_its_folder(tmp_path):
    folder = folder_of(tmp_path / "a")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    zipped, plain = read_e4(tmp_path / "a.zip"), read_e4(folder)
    assert np.array_equal(zipped.bvp.values, plain.bvp.values)
    assert np.array_equal(zipped.eda_usiemens.values, plain.eda_usiemens.values)


def test_compact_files_are_found_by_their_common_prefix_or_by_any_of_them(tmp_path):
    for name, rate_hz, values in (("EDA", EDA_HZ, eda(70)), ("BVP", BVP_HZ, bvp(70))):
        text = compact_text(name, rate_hz, values)
        (tmp_path / f"round_1_A_{name}.csv.gz").write_bytes(gzip.compress(text.encode()))
    by_prefix = read_e4(tmp_path / "round_1_A")
    by_file = read_e4(tmp_path / "round_1_A_EDA.csv.gz")
    assert np.array_equal(by_prefix.bvp.values, by_file.bvp.values)
    assert by_prefix.eda_usiemens.start_s == START_S


def test_rows_with_a_time_column_are_read_at_their_own_rate(tmp_path):
    rows = [",EDA,time", "0,1.024,2021-12-17 16:24:54.250", "1,1.032,2021-12-17 16:24:54.500"]
    (tmp_path / "EDA.csv").write_text("\n".join(rows))
    read = read_e4(tmp_path).eda_usiemens
    assert read.rate_hz == EDA_HZ
    assert read.start_s % 60 == 54.25
    assert read.values.tolist() == [1.024, 1.032]


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({"BVP.csv": connect_text(BVP_HZ, bvp(70))}, "no skin conductance"),
        ({}, "no E4 recording"),
        ({"EDA.csv": "hello\nworld"}, "begins at 'hello', which is no Unix time"),
        ({"x_EDA.csv": connect_text(4, eda(1)), "y_EDA.csv": ""}, "holds 2 recordings"),
    ],
    ids=["no skin conductance", "empty folder", "not numbers", "several recordings"],
)
def test_a_folder_that_is_no_e4_recording_is_refused_with_the_reason(tmp_path, files, complaint):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(SessionError, match=complaint):
        read_e4(tmp_path)


def test_a_path_where_nothing_is_is_refused(tmp_path):
    with pytest.raises(SessionError, match="does not exist, and no file there begins so"):
        read_e4(tmp_path / "nobody")


def test_both_are_cut_to_the_time_they_share(tmp_path):
    early = folder_of(tmp_path / "a", seconds=80, start_s=START_S)
    late = folder_of(tmp_path / "b", seconds=80, start_s=START_S + 10)
    pair = read_pair(early, late)
    assert pair.overlap_s == pytest.approx(70)
    assert {len(feed.ppg_counts) for feed in pair.feeds.values()} == {(LEAD_IN_S + 70) * BVP_HZ}


def test_recordings_of_different_days_are_refused(tmp_path):
    a = folder_of(tmp_path / "a")
    b = folder_of(tmp_path / "b", start_s=START_S + 86_400)
    with pytest.raises(SessionError, match="are they of one session"):
        read_pair(a, b)


def test_one_recording_under_two_names_is_not_two_people(tmp_path):
    folder_of(tmp_path / "a")
    (tmp_path / "copy").mkdir()
    for file in (tmp_path / "a").iterdir():
        lines = file.read_text().splitlines()
        later = f"{START_S + 5:.2f}"  # five seconds cut off its beginning
        cut = round(5 * (EDA_HZ if file.name == "EDA.csv" else BVP_HZ))
        (tmp_path / "copy" / file.name).write_text("\n".join([later, lines[1], *lines[2 + cut :]]))
    for other in ("a", "copy"):
        with pytest.raises(SessionError, match="hold the same samples"):
            read_pair(tmp_path / "a", tmp_path / other)


def test_a_replayed_pulse_is_in_the_session_exactly_as_the_source_has_it(tmp_path):
    pair = read_pair(folder_of(tmp_path / "a"), folder_of(tmp_path / "b"))
    folder = tmp_path / "session"
    done = simulated.record_feeds(
        pair.feeds,
        pair.plan(folder, seed=3),
        simulated.Circumstances.replaying(pair.ppg_rate_hz, seed=3),
    )
    for person, kept in done.fidelity.items():
        assert kept.given >= 2 * 70 * BVP_HZ, person
        assert (kept.missing, kept.altered) == (0, 0)
    _says_that_it_is_a_replay(folder)


def _says_that_it_is_a_replay(folder):
    """Everywhere: no simulated people, no alignment but that of the stamps, the source's date."""
    described = describe(folder)
    said = "\n".join(described.sentences())
    assert "replay of a and b through simulated wearables" in said
    assert "aligned only by the times their files begin with" in said
    assert "ms" not in said
    dyad = dyadkit.load(folder)
    assert (dyad.simulated, dyad.replayed, dyad.alignment) == (False, ("a", "b"), None)
    assert "replay of a and b" in dyad._repr_html_()
    result = dyadkit.analyze(dyad)
    assert result.clock.median_bound_s == pytest.approx(1.0)
    result.save(folder / "report.html")
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "· replay of a and b through simulated wearables</p>" in page
    assert "on one clock within" not in page
    began = datetime.datetime.fromisoformat(read_session(folder).about["began_utc"])
    assert began.timestamp() == pytest.approx(START_S - LEAD_IN_S)
    export(dyad, Format.CSV, folder / "csv")
    assert json.loads((folder / "csv" / "session.json").read_text())["replayed"] == ["a", "b"]


def test_people_without_a_pulse_recording_are_replayed_by_their_skin_conductance(tmp_path):
    sources = [folder_of(tmp_path / person, signals=("EDA",)) for person in "ab"]
    pair = read_pair(*sources)
    done = simulated.record_feeds(
        pair.feeds,
        pair.plan(tmp_path / "session", 0),
        simulated.Circumstances.replaying(pair.ppg_rate_hz, 0),
    )
    assert done.outcome.missing_blocks == 0
    assert {(kept.missing, kept.altered) for kept in done.fidelity.values()} == {(0, 0)}
    bodies = dyadkit.analyze(dyadkit.load(tmp_path / "session")).physiology
    assert not np.isfinite(bodies.a.heart_rate_bpm).any()
    known = np.isfinite(bodies.a.tonic_usiemens)
    assert not known[bodies.a.times_s < LEAD_IN_S].any()
    assert known[bodies.a.times_s > LEAD_IN_S + 1].mean() > 0.95
