"""Recordings of other systems: samples that were made, and the real small files of each system."""

import hashlib
import json

import numpy as np
import pytest

from dyadkit.errors import SessionError
from dyadkit.formats.foreign import TimeBase
from dyadkit.formats.importing import prepared
from dyadkit.formats.mapping import read_mapping
from dyadkit.formats.readers import read
from dyadkit.formats.readers.explain import explain
from fakes.foreign_files import bids_folder, emotibit_text, skin, table_text


def rates(found):
    return {
        name: one.rate_hz or (len(one) - 1) / (one.when_s[-1] - one.when_s[0])
        for name, one in found.series.items()
    }


def test_packets_of_an_emotibit_lie_on_a_line_in_local_time(tmp_path):
    file = tmp_path / "raw.csv"
    file.write_text(emotibit_text())
    found = read(file)
    assert (found.reader, found.time_base) == ("EmotiBit", TimeBase.LOCAL)
    assert rates(found) == pytest.approx({"ppg_ir": 25.0, "eda": 15.0})
    assert found.series["eda"].values == pytest.approx(skin(60, 15.0), abs=1e-6)
    local_s = 1_650_456_633.314042 - 0.006  # 12:10:33.314 was read 12 ms after it was asked for
    last_of_first_packet = found.series["ppg_ir"].when_s[4]
    assert last_of_first_packet == pytest.approx(local_s + 0.2, abs=1e-3)


def test_packets_an_emotibit_lost_are_a_gap_and_not_a_slower_clock(tmp_path):
    lines = emotibit_text().splitlines()
    file = tmp_path / "raw.csv"
    file.write_text("\n".join([*lines[:200], *lines[320:]]) + "\n")
    times_s = read(file).series["ppg_ir"].when_s
    steps_s = np.diff(times_s)
    assert np.sort(steps_s)[:-1] == pytest.approx(0.04, abs=1e-6)
    assert steps_s.max() == pytest.approx(12.04, abs=0.01)


def test_an_emotibit_without_a_computer_counts_from_its_own_beginning(tmp_path):
    lines = emotibit_text().splitlines()[2:]
    (tmp_path / "raw.csv").write_text("\n".join(lines))
    found = read(tmp_path / "raw.csv")
    assert found.time_base is TimeBase.OWN
    assert "counts from its own beginning" in found.notes[0]


def test_a_bids_recording_has_its_columns_rate_start_and_events(tmp_path):
    folder = bids_folder(
        tmp_path / "beh",
        {"eda": skin(60, 10.0)},
        10.0,
        -5.0,
        [(1.0, 30.0, "talk"), (40.0, 0, "cry")],
    )
    found = read(folder)
    assert (found.series["eda"].rate_hz, found.series["eda"].start_s) == (10.0, -5.0)
    assert found.series["eda"].values == pytest.approx(skin(60, 10.0))
    assert [(mark.label, mark.kind) for mark in found.marks] == [
        ("talk", "condition"),
        ("cry", "event"),
    ]


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        ({"StartTime": 0, "Columns": ["eda"]}, "SamplingFrequency of None"),
        ({"SamplingFrequency": 0, "Columns": ["eda"]}, "SamplingFrequency of 0"),
        ({"SamplingFrequency": 10, "Columns": []}, "no Columns"),
        ({"SamplingFrequency": 10, "Columns": ["eda", "ppg"]}, "has not 2 columns"),
    ],
)
def test_a_bids_json_that_lies_is_refused(tmp_path, about, reason):
    folder = bids_folder(tmp_path / "beh", {"eda": skin(10, 10.0)}, 10.0)
    (folder / "sub-01_task-talk_physio.json").write_text(json.dumps(about))
    with pytest.raises(SessionError, match=reason):
        read(folder)


DELIMITERS = [(",", "."), (";", ","), (";", "."), ("\t", ","), ("\t", "."), ("|", ".")]


@pytest.mark.parametrize(("delimiter", "decimal"), DELIMITERS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_of_any_delimiter_decimal_sign_and_encoding_is_the_same(
    tmp_path, delimiter, decimal, encoding
):
    columns = {"time (s)": np.arange(240) / 4, "EDA (µS)": np.round(skin(60), 4)}
    file = tmp_path / "ann.csv"
    file.write_bytes(table_text(columns, delimiter, decimal, ["Logger 3.1"]).encode(encoding))
    found = read(file)
    assert found.series["eda"].unit == "µS"
    assert found.series["eda"].values == pytest.approx(columns["EDA (µS)"])
    assert found.series["eda"].when_s == pytest.approx(columns["time (s)"])


@pytest.mark.parametrize(("unit", "factor"), [("s", 1), ("ms", 1e3), ("us", 1e6), ("ns", 1e9)])
def test_unix_times_of_any_unit_are_seconds(tmp_path, unit, factor):
    start_s = 1_700_000_000
    times = [
        str(round((start_s + n / 4) * factor) if factor > 1 else start_s + n / 4) for n in range(80)
    ]
    file = tmp_path / "ann.csv"
    file.write_text(table_text({"timestamp": times, "GSR_uS": skin(20).tolist()}))
    found = read(file)
    assert found.time_base is TimeBase.UNIX
    assert found.series["eda"].when_s == pytest.approx(start_s + np.arange(80) / 4, abs=1e-6)


def test_holes_doubles_and_disorder_of_a_table_are_mended_and_said(tmp_path):
    order = [*range(20), 19, *range(20, 40), 41, 40, *range(50, 100)]
    columns = {"time": [n / 4 for n in order], "EDA [uS]": [2 + n / 100 for n in order]}
    file = tmp_path / "ann.csv"
    file.write_text(table_text(columns))
    found = read(file)
    kept = [*range(42), *range(50, 100)]
    assert found.series["eda"].when_s == pytest.approx([n / 4 for n in kept])
    assert found.series["eda"].values == pytest.approx([2 + n / 100 for n in kept])
    assert "rows out of order sorted" in found.notes[1]
    assert "1 row with the time of another dropped" in found.notes[2]


def test_a_cell_that_is_no_number_is_named_with_its_line(tmp_path):
    columns = {
        "time": [n / 4 for n in range(40)],
        "EDA (µS)": [f"{2 + n / 100}" for n in range(40)],
    }
    columns["EDA (µS)"][30] = "tw0"
    file = tmp_path / "ann.csv"
    file.write_text(table_text(columns))
    with pytest.raises(SessionError, match=r"ann.csv, line 32: EDA \(µS\) is 'tw0', not a number"):
        read(
            file,
            read_mapping_text(tmp_path, '[time]\ncolumn="time"\n[series.eda]\ncolumn="EDA (µS)"'),
        )


def read_mapping_text(folder, text):
    (folder / "map.toml").write_text(text, encoding="utf-8")
    return read_mapping(folder / "map.toml")


def test_a_table_without_times_needs_a_rate_and_says_so(tmp_path):
    file = tmp_path / "ann.csv"
    file.write_text("EDA (µS)\n" + "\n".join(f"{value:.4f}" for value in skin(20)))
    with pytest.raises(SessionError, match="neither times nor a rate"):
        read(file)
    mapping = read_mapping_text(
        tmp_path, '[time]\nrate_hz=4\n[series.eda]\ncolumn="EDA (µS)"\nunit="nS"\nscale=1000'
    )
    found = read(file, mapping)
    assert found.series["eda"].values == pytest.approx(1000 * skin(20), abs=0.1)
    assert (found.series["eda"].rate_hz, found.series["eda"].unit) == (4.0, "nS")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[time]\nrate_hz=4", "names no series"),
        ('[series.eda]\ncolumn="x"', "give either column or rate_hz"),
        ('[time]\nrate_hz=0\n[series.eda]\ncolumn="x"', "rate_hz is 0"),
        ('[time]\nrate_hz="4"\n[series.eda]\ncolumn="x"', "rate_hz is a number"),
        ('[time]\nrate=4\n[series.eda]\ncolumn="x"', r"rate is not known in \[time\]"),
        ("[time]\nrate_hz=4\n[series.eda]\nunit='µS'", r"\[series.eda\]: column is missing"),
        ("[[time]]\n", "time is a table"),
        ("not toml", "is no mapping"),
    ],
)
def test_a_mapping_that_says_too_little_or_nonsense_is_refused(tmp_path, text, reason):
    with pytest.raises(SessionError, match=reason):
        read_mapping_text(tmp_path, text)


def test_what_explain_drafts_reads_the_file_as_it_says(tmp_path):
    file = tmp_path / "ann.csv"
    file.write_text(
        table_text({"t_ms": [250 * n for n in range(80)], "GSR (kOhm)": (400 / skin(20)).tolist()})
    )
    drafted = explain(file)
    found = read(file, read_mapping_text(tmp_path, drafted.mapping))
    assert found.series["eda"].unit == "kOhm"
    assert found.series["eda"].when_s == pytest.approx(np.arange(80) / 4)


def test_one_of_several_people_in_a_table_is_chosen_by_a_word(tmp_path):
    file = tmp_path / "both.csv"
    columns = {"time": np.arange(80) / 4, "p0_eda": skin(20), "p1_eda": 2 * skin(20)}
    file.write_text(table_text({name: one.tolist() for name, one in columns.items()}))
    found = read(tmp_path / "both.csv#p1")
    assert found.series["eda"].values == pytest.approx(2 * skin(20))


@pytest.mark.parametrize("name", ["x.mat", "x.xlsx", "notes.docx", "empty.csv"])
def test_an_unknown_file_is_answered_with_what_would_make_it_readable(tmp_path, name):
    (tmp_path / name).write_bytes(b"" if name == "empty.csv" else b"PK\3\4 nothing we know")
    with pytest.raises(SessionError, match=r"not of a form that is known.*(CSV|mapping)"):
        read(tmp_path / name)


SAMPLES = {
    "acq/physio-5.0.1-c.acq": (
        "AcqKnowledge",
        {"ecg": 1000.0, "eda": 2000.0, "respiration": 3.90625},
    ),
    "biosppy/ppg.txt": ("a table", {"ppg": 1000.0}),
    "e4_short": ("Empatica E4", {"eda": 4.0, "ppg": 64.0, "temperature": 4.0}),
    "edf/faros.edf": ("EDF", {"ecg": 500.0, "hrv": 5.0}),
    "embraceplus/test_data.avro": ("Empatica EmbracePlus", {"eda": 4.0, "ppg": 64.0}),
    "emotibit/raw.csv.gz": ("EmotiBit", {"eda": 15.0, "ppg_ir": 25.0}),
    "emotibit/raw_timesync.csv.gz": ("EmotiBit", {"eda": 15.0, "ppg_ir": 25.0}),
    "opensignals/SampleECG_pyhrv.txt.gz": ("OpenSignals", {"ecg": 1000.0}),
    "physiokit_pair/P11_A_Passive_1675944284_729139.csv.gz": ("a table", {"ppg": 275.2}),
    "shimmer/consensys.csv": ("a table", {"eda": 51.2}),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_real_file_of_each_system_is_read(data, name):
    reader, wanted = SAMPLES[name]
    found = read(data / "samples" / name)
    assert found.reader == reader
    known = rates(found)
    assert {one: known[one] for one in wanted} == pytest.approx(wanted, rel=0.06)
    assert all(np.isfinite(one.values).any() for one in found.series.values())


def test_streams_of_an_embraceplus_begin_each_at_their_own_time(data):
    series = read(data / "samples" / "embraceplus/test_data.avro").series
    assert series["eda"].start_s - series["ppg"].start_s == pytest.approx(1.124, abs=0.001)


def test_samples_agree_with_what_peers_read(data):
    edfio, bioread = pytest.importorskip("edfio"), pytest.importorskip("bioread")
    peer = edfio.read_edf(data / "samples/edf/faros.edf")
    ours = read(data / "samples/edf/faros.edf").series["ecg"]
    assert np.array_equal(ours.values, peer.get_signal("ECG").data)
    theirs = bioread.read(str(data / "samples/acq/physio-5.0.1-c.acq")).channels[3].data
    assert np.array_equal(
        read(data / "samples/acq/physio-5.0.1-c.acq").series["eda"].values, theirs
    )


def heart(beats=400, seed=1):
    """Intervals of a heart in s."""
    rng = np.random.default_rng(seed)
    return np.round(
        0.85 + 0.05 * np.sin(np.arange(beats) / 4) + 0.01 * rng.standard_normal(beats), 3
    )


def test_intervals_of_a_polar_strap_follow_on_one_another_and_not_on_their_arrival(tmp_path):
    lengths_s = heart()
    ends_s = np.cumsum(lengths_s)
    rng = np.random.default_rng(2)
    arrived_s = np.maximum.accumulate(np.ceil(ends_s) + 0.1 * rng.random(len(ends_s)))
    rows = [
        f"2021-07-02T11:{33 + int(at // 60):02d}:{at % 60:06.3f};{round(1000 * length)}"
        for at, length in zip(arrived_s, lengths_s, strict=True)
    ]
    file = tmp_path / "rr.txt"
    file.write_text("Phone timestamp;RR-interval [ms]\n" + "\n".join(rows))
    ibi = prepared(read(file)).series["ibi"]
    assert ibi.values == pytest.approx(lengths_s, abs=1e-9)
    assert np.diff(ibi.when_s) == pytest.approx(lengths_s[1:], abs=1e-4)
    assert ibi.when_s - ibi.when_s[0] == pytest.approx(ends_s - ends_s[0], abs=1e-3)


def test_a_list_of_intervals_is_its_own_clock(tmp_path):
    file = tmp_path / "hrv.txt"
    file.write_text("RR\n" + "\n".join(f"{1000 * one:.0f}" for one in heart()))
    ibi = prepared(read(file)).series["ibi"]
    assert ibi.values == pytest.approx(heart(), abs=1e-9)
    assert ibi.when_s == pytest.approx(np.cumsum(heart()), abs=1e-3)


def test_an_ecg_of_a_polar_strap_becomes_intervals(tmp_path):
    rng = np.random.default_rng(5)
    at_s = np.arange(0, 60, 1 / 130)
    beats_s = np.cumsum(heart(72))
    ecg = sum(900 * np.exp(-(((at_s - beat) / 0.012) ** 2)) for beat in beats_s)
    rows = [
        f"2021-07-02T11:33:{second:09.6f};{1e9 * second:.0f};{1e3 * second:.3f};{value:.0f}"
        for second, value in zip(
            at_s[:7800], ecg + 20 * rng.standard_normal(len(at_s)), strict=False
        )
    ]
    file = tmp_path / "ecg.txt"
    file.write_text(
        "Phone timestamp;sensor timestamp [ns];timestamp [ms];ecg [uV]\n" + "\n".join(rows)
    )
    found = prepared(read(file))
    ibi = found.series["ibi"]
    assert len(ibi) > 60
    found_s = ibi.when_s - found.series["ecg"].when_s[0]
    assert np.abs(found_s[:, None] - beats_s).min(axis=1).max() < 0.02
    assert np.median(ibi.values) == pytest.approx(0.85, abs=0.02)
    assert any("heartbeats found in the ECG" in note for note in found.notes)


def test_a_movesense_and_a_mindware_text_are_read_by_their_names(tmp_path):
    (tmp_path / "movesense.csv").write_text(
        table_text({"timestamp": [8 * n for n in range(500)], "ecg": (100 * skin(125)).tolist()})
    )
    assert rates(read(tmp_path / "movesense.csv"))["ecg"] == pytest.approx(125.0)
    text = table_text(
        {"Time": np.arange(2000) / 500, "ECG": np.ones(2000), "GSC (uS)": skin(500)}, "\t"
    )
    (tmp_path / "mindware.txt").write_text("MindWare BioLab\nSampling Rate: 500\n\n" + text)
    found = read(tmp_path / "mindware.txt")
    assert rates(found) == pytest.approx({"ecg": 500.0, "eda": 500.0})


GOLDEN = {
    "acq/physio-5.0.1-c.acq": "63051d713b4d4547",
    "biosppy/ppg.txt": "758cf761ecbf26c6",
    "e4_short": "fb886a30f3bf670b",
    "edf/faros.edf": "3aa8a680d319db3c",
    "embraceplus/test_data.avro": "3b2e4b5325bef436",
    "emotibit/raw.csv.gz": "5f29027be43ab72c",
    "emotibit/raw_timesync.csv.gz": "57b227cc685603c2",
    "opensignals/SampleECG_pyhrv.txt.gz": "b415cc5750067e72",
    "physiokit_pair/P11_A_Passive_1675944284_729139.csv.gz": "76887175c004807e",
    "shimmer/consensys.csv": "3e597a18a283da23",
    "physiokit_pair/P12_A_Passive_1675944265_107143.csv.gz": "f4fec1a9e807b186",
    "xdf/clock_resets.xdf": "444662b4e43af99e",
    "xdf/empty_streams.xdf": "a280df2d31388ef4",
    "xdf/minimal.xdf": "67127703a055fb4d",
}
"""Of the samples of each real file, times to the millisecond."""


def digest(found):
    """Hash of every sample and unit of a recording, by name."""
    whole = hashlib.sha256()
    for name in sorted(found.series):
        one = found.series[name]
        whole.update(f"{name} {one.unit} {len(one)}\n".encode())
        whole.update(one.values.astype("<f8").tobytes())
        whole.update(np.round(1e3 * (one.when_s - one.when_s[0])).astype("<i8").tobytes())
    return whole.hexdigest()[:16]


@pytest.mark.parametrize("name", GOLDEN)
def test_samples_of_a_real_file_are_those_they_were(data, name):
    assert digest(read(data / "samples" / name)) == GOLDEN[name]
