"""Gaps in the CSV export: every missing sample, and of hours no more than a second's worth each."""

import csv

import numpy as np
import pytest

from dyadkit.dyad.traces import Dyad, PersonTraces, Trace, in_spans
from dyadkit.formats import Format, export


def exported(tmp_path, trace):
    dyad = Dyad(PersonTraces({"eda": trace}), PersonTraces({"eda": trace}), duration_s=10.0)
    export(dyad, Format.CSV, tmp_path / "out")
    with (tmp_path / "out" / "a_eda.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def with_gap(gap_s, rate_hz=16.0):
    times_s = np.r_[np.arange(10) / 16.0, gap_s + 9 / 16.0 + np.arange(10) / 16.0]
    values = np.r_[np.arange(19.0), np.nan]
    bounds_s = np.r_[np.full(19, 1e-4), np.nan]
    gaps_s = np.array([[times_s[9], times_s[10]]])
    return Trace(times_s, values, "microsiemens", rate_hz, gaps_s, bounds_s)


@pytest.mark.parametrize(
    ("gap_s", "empty"), [(10.0, 159), (3600.0, 57_599), (3601.0, 3600), (30 * 86_400.0, 2_591_999)]
)
def test_a_gap_holds_every_missing_sample_and_one_of_hours_one_a_second(tmp_path, gap_s, empty):
    rows = exported(tmp_path, with_gap(gap_s))
    missing = [row for row in rows if row["measured"] == "0"]
    assert len(rows) == 20 + empty
    assert len(missing) == empty + 1
    assert {(row["value"], row["bound_s"]) for row in missing} == {("", "")}
    assert [row["value"] for row in rows[:3]] == ["0", "1", "2"]
    times_s = [float(row["time_s"]) for row in rows]
    assert times_s == sorted(times_s)


@pytest.mark.parametrize("rate_hz", [float("nan"), float("inf"), 0.0])
def test_a_gap_of_a_stream_without_a_rate_is_one_empty_row(tmp_path, rate_hz):
    assert len(exported(tmp_path, with_gap(50.0, rate_hz))) == 21


@pytest.mark.parametrize("seed", range(8))
def test_moments_in_spans_are_those_strictly_inside_one_of_them(seed):
    rng = np.random.default_rng([20260103, seed])
    spans_s = np.sort(rng.integers(0, 40, (rng.integers(0, 12), 2)), axis=1).astype(float)
    times_s = np.r_[rng.integers(-2, 42, 200) / 1.0, rng.uniform(-2, 42, 200), np.nan]
    slow = [any(start < at < stop for start, stop in spans_s) for at in times_s]
    assert in_spans(times_s, spans_s.reshape(-1, 2)).tolist() == slow
