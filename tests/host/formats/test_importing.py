"""Two recordings of other systems become one dyad, on a clock of stated quality, and a session."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from typer.testing import CliRunner

import dyadkit
from dyadkit.cli import app
from dyadkit.errors import DyadkitError, SessionError
from dyadkit.formats.assays import read_assays
from dyadkit.formats.importing import Joining, import_pair
from dyadkit.formats.joining import COMPUTERS_BOUND_S, JoinedBy
from dyadkit.formats.readers import read
from dyadkit.sessions.loading import load as load_session
from fakes.foreign_files import (
    START_S,
    e4_folder,
    e4_text,
    emotibit_text,
    pulse,
    skin,
    table_text,
)


def pair(tmp_path, shift_s=3.5):
    start_s = START_S + shift_s
    other = {
        "EDA": e4_text(4.0, 1.5 * skin(70), start_s),
        "BVP": e4_text(64.0, 1.5 * pulse(70), start_s),
    }
    return e4_folder(tmp_path / "ann"), e4_folder(tmp_path / "ben", start_s=start_s, **other)


def tables(tmp_path, times, marks=None):
    """Two tables on these times, with marks by row where given."""
    made = []
    for name, at_s in zip(("ann", "ben"), times, strict=True):
        level = skin(len(at_s) / 4) + len(made)
        columns = {"time": list(at_s), "EDA (µS)": level.tolist()}
        if marks is not None:
            columns["event"] = [marks[name].get(row, "") for row in range(len(at_s))]
        made.append(tmp_path / f"{name}.csv")
        made[-1].write_text(table_text(columns))
    return made


def test_clocks_set_by_computers_join_two_people_and_limit_what_may_be_said(tmp_path):
    found = import_pair(*pair(tmp_path))
    assert found.joined.by is JoinedBy.COMPUTERS
    assert found.dyad.b.traces["eda"].times_s[0] == pytest.approx(3.5)
    assert "leads and lags below 3 s cannot be told" in found.dyad.notes[0]
    result = dyadkit.analyze(found.dyad)
    assert result.clock.median_bound_s == pytest.approx(COMPUTERS_BOUND_S)
    assert result.notes == found.dyad.notes


def test_a_given_offset_and_bound_are_taken(tmp_path):
    found = import_pair(*pair(tmp_path), Joining(offset_s=-3.5, bound_s=0.02))
    assert found.joined.by is JoinedBy.OFFSET
    assert found.dyad.b.traces["eda"].times_s[0] == pytest.approx(0.0)
    assert "within 20 ms" in found.dyad.notes[0]


def test_marks_of_one_name_join_two_clocks_of_their_own(tmp_path):
    at_s = np.arange(400) / 4
    events = {"ann": {40: "clap", 200: "end"}, "ben": {20: "clap", 180: "end"}}
    found = import_pair(*tables(tmp_path, (at_s, at_s), events))
    assert found.joined.by is JoinedBy.MARKS
    assert found.joined.offset_s == pytest.approx(5.0)
    assert [(mark.start_s, mark.label) for mark in found.dyad.marks] == [
        (10.0, "clap"),
        (50.0, "end"),
    ]


def test_one_event_joins_two_clocks_of_their_own(tmp_path):
    at_s = np.arange(400) / 4
    files = tables(tmp_path, (at_s, at_s), {"ann": {40: "clap"}, "ben": {20: "clap", 60: "cry"}})
    found = import_pair(*files, Joining(event="clap"))
    assert (found.joined.by, found.joined.offset_s) == (JoinedBy.EVENT, 5.0)
    assert "within 300 ms" in found.dyad.notes[0]
    with pytest.raises(SessionError, match="'cry' is 0 times in ann.csv and 1 times in ben.csv"):
        import_pair(*files, Joining(event="cry"))


def test_two_clocks_of_their_own_without_marks_need_an_offset(tmp_path):
    at_s = np.arange(400) / 4
    files = tables(tmp_path, (at_s, at_s))
    with pytest.raises(SessionError, match="give --offset SECONDS"):
        import_pair(*files)


def test_one_recording_under_two_names_is_not_two_people(tmp_path):
    ann = e4_folder(tmp_path / "ann")
    e4_folder(tmp_path / "copy", start_s=START_S + 1)
    with pytest.raises(SessionError, match="both are one recording"):
        import_pair(ann, tmp_path / "copy")


def test_a_recording_and_a_part_of_it_are_not_two_people(tmp_path):
    whole = np.random.default_rng(7).normal(size=1200).cumsum() / 50 + 9
    for name, values in (("ann", whole), ("part", whole[300:])):
        columns = {"time": (np.arange(len(values)) / 4).tolist(), "eda_uS": values.tolist()}
        (tmp_path / f"{name}.csv").write_text(table_text(columns))
    with pytest.raises(SessionError, match="both are one recording"):
        import_pair(tmp_path / "ann.csv", tmp_path / "part.csv", Joining(offset_s=0.0))


def test_people_who_share_no_time_are_refused(tmp_path):
    with pytest.raises(SessionError, match="they share no time"):
        import_pair(*pair(tmp_path, shift_s=500.0))


def test_a_file_that_holds_both_is_one_clock(tmp_path):
    columns = {"time": np.arange(400) / 4, "EDA Ann (µS)": skin(100), "EDA Ben (µS)": 2 * skin(100)}
    file = tmp_path / "both.csv"
    file.write_text(table_text({name: one.tolist() for name, one in columns.items()}))
    found = import_pair(tmp_path / "both.csv#Ann", tmp_path / "both.csv#Ben")
    assert (found.joined.by, found.joined.bound_s) == (JoinedBy.ONE_FILE, 0.0)
    assert found.dyad.b.traces["eda"].values == pytest.approx(2 * skin(100))


def test_a_local_time_and_a_unix_time_are_not_mixed(tmp_path):
    (tmp_path / "ben.csv").write_text(emotibit_text(local="2021-12-17_16-24-55-000000"))
    with pytest.raises(SessionError, match="time zone the file does not say"):
        import_pair(e4_folder(tmp_path / "ann", EDA=None), tmp_path / "ben.csv")


def test_a_unit_that_is_not_known_is_set_aside_and_said(tmp_path):
    at_s = np.arange(400) / 4
    for name, factor in (("ann", 1), ("ben", 2)):
        columns = {"time": at_s.tolist(), "gsr": (factor * skin(100)).tolist()}
        (tmp_path / f"{name}.csv").write_text(table_text(columns))
    found = import_pair(tmp_path / "ann.csv", tmp_path / "ben.csv", Joining(offset_s=0.0))
    assert list(found.dyad.a.traces) == ["eda_raw"]
    assert any("eda is without a unit and kept as eda_raw" in note for note in found.dyad.notes)


def test_an_imported_session_is_loaded_as_it_was_to_the_last_bit(tmp_path):
    found = import_pair(
        *pair(tmp_path), Joining(marks=(dyadkit.Mark(10.0, 40.0, "talk", "condition"),))
    )
    found.write(tmp_path / "session")
    for dyad in (dyadkit.load(tmp_path / "session"), load_session(tmp_path / "session")):
        for person in ("a", "b"):
            for name, trace in found.dyad.person(person).traces.items():
                stored = dyad.person(person).traces[name]
                assert np.array_equal(stored.values, trace.values, equal_nan=True)
                assert np.array_equal(stored.times_s, trace.times_s)
                assert np.array_equal(stored.bounds_s, trace.bounds_s)
                assert (stored.unit, stored.rate_hz, stored.sensor) == (
                    trace.unit, trace.rate_hz, trace.sensor,
                )  # fmt: skip
        assert [asdict(mark) for mark in dyad.marks] == [asdict(mark) for mark in found.dyad.marks]
        assert dyad.notes == found.dyad.notes


def test_what_an_imported_session_is_from_stands_in_it_with_hashes(tmp_path):
    import_pair(*pair(tmp_path)).write(tmp_path / "session")
    about = json.loads((tmp_path / "session" / "session.json").read_text())
    assert about["origin"] == "imported"
    assert about["sources"]["a"]["reader"] == "Empatica E4"
    assert {file["name"] for file in about["sources"]["b"]["files"]} == {
        "BVP.csv",
        "EDA.csv",
        "tags.csv",
    }


@pytest.mark.parametrize("seed", range(12))
def test_no_changed_byte_of_an_imported_session_passes_unnoticed(tmp_path, seed):
    found = import_pair(*pair(tmp_path))
    file = found.write(tmp_path / "session")
    whole = file.read_bytes()
    before = dyadkit.load(file)
    rng = np.random.default_rng(seed)
    for at in rng.integers(0, len(whole), 8):
        file.write_bytes(
            whole[:at] + bytes([whole[at] ^ 1 << int(rng.integers(8))]) + whole[at + 1 :]
        )
        try:
            after = dyadkit.load(file)
        except SessionError:
            continue
        for person in ("a", "b"):  # what is left is what MCAP does not check and nothing reads
            for name, trace in before.person(person).traces.items():
                other = after.person(person).traces[name]
                assert np.array_equal(other.values, trace.values), f"byte {at}, seed {seed}"
                assert np.array_equal(other.times_s, trace.times_s), f"byte {at}, seed {seed}"
                assert (other.unit, other.rate_hz, other.sensor) == (
                    trace.unit,
                    trace.rate_hz,
                    trace.sensor,
                )


def test_a_folder_that_holds_a_session_is_not_overwritten(tmp_path):
    found = import_pair(*pair(tmp_path))
    found.write(tmp_path / "session")
    with pytest.raises(SessionError, match="nothing was overwritten"):
        found.write(tmp_path / "session")


def test_one_person_alone_is_answered_with_what_is_missing(tmp_path):
    ann, _ = pair(tmp_path)
    with pytest.raises(SessionError, match="give the other person's as well"):
        dyadkit.load(ann)


def command(*words):
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=True)


def test_the_command_imports_and_the_others_take_the_session(tmp_path):
    ann, ben = pair(tmp_path)
    out = tmp_path / "session"
    said = command("import", ann, ben, "--out", out)
    assert said.exit_code == 0, said.output
    assert "person a: Empatica E4: eda, ppg" in said.output
    assert "joined by the clocks of the devices" in said.output
    info = command("info", out)
    assert "eda: 280 samples at 4 Hz in microsiemens" in info.output
    page = tmp_path / "report.html"
    assert command("analyze", out, "--report", page).exit_code == 0
    assert "nobody measured how well those agree" in page.read_text()
    assert command("export", out, "--to", "csv", "--out", tmp_path / "csv").exit_code == 0


def test_the_command_explains_a_file(tmp_path):
    (tmp_path / "x.csv").write_text(table_text({"t": [0.0, 0.25, 0.5], "gsr": [3, 3, 3]}))
    said = command("import", "--explain", tmp_path / "x.csv")
    assert "columns: t, gsr" in said.output
    assert '[series.eda]\ncolumn = "gsr"' in said.output


@pytest.mark.parametrize("team", ["D1_1_team1", "D1_1_team3"])
def test_real_pairs_of_e4_recordings_are_read_and_joined_without_a_simulator(data, team):
    folder = data / "dyads" / "emopaircompete" / team
    found = import_pair(folder / "round_2_phase2_A", folder / "round_2_phase2_B")
    for person in ("a", "b"):
        traces = found.dyad.person(person).traces
        assert {"eda", "ppg", "temperature"} <= traces.keys()
        assert np.isfinite(traces["eda"].values).mean() > 0.99


def test_assays_stand_in_the_session_and_in_the_report_and_decide_nothing(tmp_path):
    rows = "-600,a,cortisol,6.2,nmol/l\n900,b,cortisol,9.1,nmol/l\n"
    (tmp_path / "saliva.csv").write_text(f"time,person,analyte,value,unit\n{rows}")
    ann, ben = pair(tmp_path)
    out = tmp_path / "session"
    said = command("import", ann, ben, "--out", out, "--assays", tmp_path / "saliva.csv")
    assert said.exit_code == 0, said.output
    found = dyadkit.analyze(dyadkit.load(out))
    assert [(one.person, one.at_s, one.value) for one in found.assays] == [
        ("a", -600.0, 6.2), ("b", 900.0, 9.1),
    ]  # fmt: skip
    found.save(tmp_path / "r.html")
    assert "6.2 nmol/l" in (tmp_path / "r.html").read_text()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("time,person,value\n1,a,2\n", "no column analyte"),
        ("time,person,analyte,value,unit\n1,c,cortisol,2,\n", "line 2: .*person is a or b"),
        ("time,person,analyte,value,unit\n1,a,,2,\n", "the analyte is named"),
    ],
)
def test_a_table_of_assays_that_says_too_little_is_refused(tmp_path, text, reason):
    (tmp_path / "saliva.csv").write_text(text)
    with pytest.raises(SessionError, match=reason):
        read_assays(tmp_path / "saliva.csv")


def test_an_export_carries_other_codes_and_dates_and_no_wearable(tmp_path):
    import_pair(*pair(tmp_path)).write(tmp_path / "session")
    out = tmp_path / "bids"
    words = ["--alias-a", "S01", "--alias-b", "S02", "--shift-dates", "-100"]
    said = command("export", tmp_path / "session", "--to", "bids", "--out", out, *words)
    assert said.exit_code == 0, said.output
    scans = (out / "sub-S01" / "ses-1" / "sub-S01_ses-1_scans.tsv").read_text()
    assert "2021-09-08T16:24:55Z" in scans  # 100 days before the recording
    assert (out / "sub-S02").is_dir()


SAMPLES = (
    "acq/physio-5.0.1-c.acq", "biosppy/ppg.txt", "e4_short", "edf/faros.edf",
    "embraceplus/test_data.avro", "emotibit/raw.csv.gz", "emotibit/raw_composite.csv",
    "opensignals/SampleECG_pyhrv.txt.gz", "shimmer/consensys.csv", "xdf/clock_resets.xdf",
    "xdf/empty_streams.xdf", "xdf/minimal.xdf",
)  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
def test_every_real_file_ends_in_a_report_or_in_one_sentence(data, tmp_path, name):
    """The other person is made: a table of the same seconds."""
    file = data / "samples" / name
    try:
        start_s, stop_s = read(file).span_s
        times_s = np.arange(start_s, min(stop_s, start_s + 400), 0.25)
        level = 3 + np.random.default_rng(1).standard_normal(len(times_s)).cumsum() * 0.01
        columns = {"time": [f"{at:.3f}" for at in times_s], "EDA (µS)": level.tolist()}
        (tmp_path / "ben.csv").write_text(table_text(columns))
        found = import_pair(file, tmp_path / "ben.csv", Joining(offset_s=0.0))
        dyadkit.analyze(found.dyad).save(tmp_path / "r.html")
    except DyadkitError as error:
        said = str(error)
    else:
        said = "" if (tmp_path / "r.html").stat().st_size > 10_000 else "an empty\nreport"
    assert len(said.splitlines()) <= 1, said
