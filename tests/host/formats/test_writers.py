"""What is written for other tools comes back as it was."""

import gzip
import json

import numpy as np
import pytest

import dyadkit
from dyadkit.formats import Format, export
from dyadkit.formats.readers import read


@pytest.fixture
def dyad():
    """Two people with gaps, sensors a little fast, a pulse in counts and skin in µS."""
    rng = np.random.default_rng(3)
    people = []
    for person in range(2):
        at_s = 0.3 * person + np.arange(6000) / 100.8
        at_s = np.delete(at_s, slice(2000, 2400))
        counts = np.rint(120_000 + 900 * rng.standard_normal(len(at_s)))
        skin_s = 0.1 + np.arange(900) / 15.87
        people.append(
            {
                "ppg": dyadkit.Series(counts, times_s=at_s, unit="counts"),
                "eda": dyadkit.Series(2 + rng.random(900), times_s=skin_s, unit="µS"),
            }
        )
    marks = [
        dyadkit.Mark(5.0, 25.0, "talk", "condition"),
        dyadkit.Mark(30.0, 30.0, "cry", person="a"),
    ]
    return dyadkit.from_arrays(*people, marks, alignment_bound_s=0.001)


def known(series):
    good = np.isfinite(series.values)
    return series.when_s[good], series.values[good]


def test_xdf_gives_back_every_sample_and_time_to_the_last_bit(dyad, tmp_path):
    [file] = export(dyad, Format.XDF, tmp_path / "out")
    for person in ("a", "b"):
        found = read(file.with_name(f"session.xdf#{person}_"))
        for name, trace in dyad.person(person).traces.items():
            assert np.array_equal(found.series[name].values, trace.values)
            assert np.array_equal(found.series[name].when_s, trace.times_s)
        assert [mark.label for mark in found.marks] == []
    marks = read(file).marks
    assert [(mark.start_s, mark.label) for mark in marks] == [
        (5.0, "talk"), (25.0, "end of talk"), (30.0, "cry"),
    ]  # fmt: skip


def test_bids_gives_back_every_sample_within_a_tenth_of_a_millisecond(dyad, tmp_path):
    export(dyad, Format.BIDS, tmp_path / "out")
    for person in ("a", "b"):
        found = read(tmp_path / "out" / f"sub-{person}")
        for name, trace in dyad.person(person).traces.items():
            times_s, values = known(found.series[name])
            assert values == pytest.approx(trace.values, rel=1e-9)
            assert np.abs(times_s - trace.times_s).max() < 1e-4
        labels = [mark.label for mark in found.marks]
        assert labels == (["talk", "cry"] if person == "a" else ["talk"])


def test_bids_files_are_the_same_bytes_again(dyad, tmp_path):
    first = export(dyad, Format.BIDS, tmp_path / "one")
    again = export(dyad, Format.BIDS, tmp_path / "two")
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in again]
    packed = next(file for file in first if file.suffix == ".gz").read_bytes()
    assert packed[3:8] == b"\0\0\0\0\0"  # neither a name nor a time in the header
    assert b"n/a" in gzip.decompress(packed) or packed


def test_bdf_gives_back_counts_exactly_and_others_within_its_step(dyad, tmp_path):
    made = export(dyad, Format.BDF, tmp_path / "out")
    about = json.loads((tmp_path / "out" / "session.json").read_text())["channels"]
    for person in ("a", "b"):
        for name, trace in dyad.person(person).traces.items():
            described = about[f"{person}_{name}"]
            found = read(tmp_path / "out" / described["file"])
            at = np.searchsorted(found.series[name].when_s, trace.times_s - 1e-3)
            off = np.abs(found.series[name].values[at] - trace.values)
            assert off.max() <= (0 if name == "ppg" else described["step"])
            assert np.abs(found.series[name].when_s[at] - trace.times_s).max() < 1e-4
            assert ("gap of ppg" in [mark.label for mark in found.marks]) == (name == "ppg")
    assert len(made) == 5
