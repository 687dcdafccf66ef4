"""Arrays of any origin become a Dyad: units, times, gaps, and series that others extracted."""

import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import dyadkit
from dyadkit.dyad.traces import Mark
from dyadkit.signals import extract
from dyadkit.sim.people import bodies

ROOT = Path(__file__).parents[3]
SECONDS = 300.0
BARE = """
import sys
sys.path[:0] = {paths!r}
ABSENT = {absent!r}

class Bare:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ABSENT:
            raise ImportError(f"{{name}} is not here")

sys.meta_path.insert(0, Bare())
import numpy as np
import dyadkit, dyadkit.signals, dyadkit.clock, dyadkit.synchrony
from dyadkit.clock import LiveClock, solve
rng = np.random.default_rng(1)
beats = np.cumsum(rng.normal(0.8, 0.03, 420))
person = {{
    "ibi": dyadkit.Series(np.diff(beats) * 1e3, times_s=beats[1:], unit="ms"),
    "eda": dyadkit.Series(4 + np.cumsum(rng.normal(0, 0.003, 1340)), rate_hz=4.0, unit="µS"),
}}
result = dyadkit.analyze(dyadkit.from_arrays(person, person), seed=0)
print(len(result.sentences()), result.coupling["eda"].p < 0.05)
"""


@pytest.fixture(scope="module")
def perfect():
    """Two simulated people without sensors, clocks and radio between, and what is found."""
    dyad = bodies.perfect_dyad(bodies.meet(bodies.Encounter(), SECONDS, 4))
    return dyad, extract(dyad)


def arrays_of(traces):
    return {
        name: dyadkit.Series(one.values, rate_hz=one.rate_hz, unit=one.unit, sensor=one.sensor)
        for name, one in traces.items()
    }


def skin(values=None, unit="µS", **when):
    values = np.linspace(3.0, 4.0, 400) if values is None else values
    return {"eda": dyadkit.Series(values, **(when or {"rate_hz": 4.0}), unit=unit)}


def test_arrays_of_a_recording_give_what_the_recording_gives(perfect):
    dyad, found = perfect
    again = dyadkit.from_arrays(arrays_of(dyad.a.traces), arrays_of(dyad.b.traces), dyad.marks)
    assert again.duration_s == pytest.approx(dyad.duration_s)
    seen = extract(replace(again, duration_s=dyad.duration_s))
    for one, other in ((seen.a, found.a), (seen.b, found.b)):
        np.testing.assert_array_equal(one.heart_rate_bpm, other.heart_rate_bpm)
        np.testing.assert_array_equal(one.phasic_usiemens, other.phasic_usiemens)


@pytest.mark.parametrize("unit", ["ms", "s"])
@pytest.mark.parametrize("marked", ["end", "begin"])
def test_given_intervals_are_taken_as_they_are(perfect, unit, marked):
    _, found = perfect
    beats_s = found.a.beats.times_s
    length = np.diff(beats_s) * (1000.0 if unit == "ms" else 1.0)
    at_s = beats_s[1:] if marked == "end" else beats_s[:-1]
    person = {"ibi": dyadkit.Series(length, times_s=at_s, unit=unit)}
    body = extract(dyadkit.from_arrays(person, person)).a
    np.testing.assert_allclose(body.beats.times_s, beats_s, atol=1e-6)
    known = np.isfinite(body.heart_rate_bpm)
    near = np.isfinite(found.a.heart_rate_bpm[: len(known)])
    both = known & near
    both[-8:] = False  # the last interval ends behind its mark
    assert both.mean() > 0.9
    np.testing.assert_allclose(
        body.heart_rate_bpm[both], found.a.heart_rate_bpm[: len(known)][both], atol=0.2
    )
    assert body.hrv.rmssd_ms == pytest.approx(found.a.hrv.rmssd_ms, rel=0.05)
    assert "inter-beat intervals as given" in body.notes


def test_a_pause_between_given_intervals_is_a_gap():
    beats_s = np.arange(0.0, 120.0, 0.8)
    ends_s = beats_s[1:][(beats_s[1:] < 40.0) | (beats_s[:-1] > 60.0)]
    person = {"ibi": dyadkit.Series(np.full(len(ends_s), 0.8), times_s=ends_s, unit="s")}
    body = extract(dyadkit.from_arrays(person, person)).b
    assert np.isnan(body.heart_rate_bpm[42 * 4 : 58 * 4]).all()
    assert np.isfinite(body.heart_rate_bpm[10 * 4 : 38 * 4]).all()
    assert body.quality.quality[50] == 0.0


def test_intervals_that_do_not_fit_their_times_are_refused_with_what_to_give():
    ends_s = np.arange(1.0, 100.0)
    person = {"ibi": dyadkit.Series(np.full(len(ends_s), 0.6), times_s=ends_s, unit="s")}
    body = extract(dyadkit.from_arrays(person, person)).a
    assert any("the time of the beat that ends it" in note for note in body.notes)
    assert np.isnan(body.heart_rate_bpm).all()


def test_heart_rate_and_components_are_analysed_as_given():
    rng = np.random.default_rng(3)
    slow = np.convolve(rng.standard_normal(700), np.hanning(20), "valid")[:600]
    a = {
        "heart_rate": dyadkit.Series(70 + slow, rate_hz=1.0, unit="bpm"),
        "eda_tonic": dyadkit.Series(np.full(2400, 5.0), rate_hz=4.0, unit="µS"),
        "eda_phasic": dyadkit.Series(np.repeat(np.abs(slow) / 10, 4), rate_hz=4.0, unit="µS"),
    }
    b = a | {"heart_rate": dyadkit.Series((75 + slow) / 60, rate_hz=1.0, unit="Hz")}
    result = dyadkit.analyze(dyadkit.from_arrays(a, b), seed=0)
    assert result.coupling["heart_rate"].p < 0.01
    assert result.coupling["eda"].p < 0.01
    assert result.physiology.b.heart_rate_bpm[8] == pytest.approx(75 + slow[2])
    assert np.isnan(result.physiology.a.hrv.rmssd_ms)
    assert result.quality.a.notes[0].startswith("heart rate as given")


@pytest.mark.parametrize(
    ("unit", "value"),
    [
        ("µS", 4.0), ("uS", 4.0), ("\u03bcS", 4.0), ("microsiemens", 4.0), ("nS", 4000.0),
        ("S", 4e-6), ("kOhm", 250.0), ("k\u2126", 250.0), ("Ohm", 250_000.0), ("MOhm", 0.25),
    ],
)  # fmt: skip
def test_units_of_conductance_and_resistance_become_microsiemens(unit, value):
    dyad = dyadkit.from_arrays(skin(np.full(400, value), unit), skin())
    assert dyad.a.traces["eda"].unit == "microsiemens"
    np.testing.assert_allclose(dyad.a.traces["eda"].values, 4.0)


def test_unix_times_begin_at_the_first_sample_and_marks_move_with_them():
    start_s = 1.7e9
    a = skin(times_s=start_s + 2.0 + np.arange(400) / 4)
    b = skin(rate_hz=4.0)
    b["eda"] = dyadkit.Series(b["eda"].values, rate_hz=4.0, unit="µS", start_s=start_s)
    mark = Mark(start_s + 10.0, start_s + 20.0, "talk", "condition")
    dyad = dyadkit.from_arrays(a, b, [mark])
    assert dyad.a.traces["eda"].times_s[0] == pytest.approx(2.0)
    assert dyad.b.traces["eda"].times_s[0] == 0.0
    assert (dyad.marks[0].start_s, dyad.marks[0].stop_s) == (10.0, 20.0)


def test_holes_in_times_are_gaps():
    times_s = np.arange(400) / 4
    kept = (times_s < 30.0) | (times_s > 40.0)
    dyad = dyadkit.from_arrays(skin(np.full(kept.sum(), 4.0), times_s=times_s[kept]), skin())
    trace = dyad.a.traces["eda"]
    np.testing.assert_allclose(trace.gaps_s, [[29.75, 40.25]])
    assert trace.rate_hz == pytest.approx(4.0)
    assert np.isnan(trace.uniform(4.0, 0.0, 100.0)[31 * 4 : 40 * 4]).all()


def test_the_stated_bound_is_that_between_the_two_people():
    dyad = dyadkit.from_arrays(skin(), skin(), alignment_bound_s=0.02)
    bounds = [dyad.person(name).traces["eda"].bounds_s for name in "ab"]
    np.testing.assert_allclose(np.hypot(*bounds), 0.02)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (lambda: dyadkit.Series([[1.0, 2.0]], rate_hz=4.0), r"shape \(1, 2\): give one series"),
        (lambda: dyadkit.Series([], rate_hz=4.0), "give one series"),
        (lambda: dyadkit.Series(["a"], rate_hz=4.0), "must be numbers"),
        (lambda: dyadkit.Series([1.0]), "give either rate_hz"),
        (lambda: dyadkit.Series([1.0], rate_hz=4.0, times_s=[0.0]), "give either rate_hz"),
        (lambda: dyadkit.Series([1.0], rate_hz=0.0), "rate_hz is 0.0"),
        (lambda: dyadkit.Series([1.0], rate_hz=4.0, start_s=np.nan), "start_s is nan"),
        (lambda: dyadkit.Series([1.0, 2.0], times_s=[0.0]), "1 times for 2 values"),
        (lambda: dyadkit.Series([1.0, 2.0], times_s=[1.0, 1.0]), "sample 1 is at 1 s"),
        (lambda: dyadkit.Series([1.0, 2.0], times_s=[1.0, np.nan]), "sample 1 is at nan s"),
        (lambda: dyadkit.from_arrays({}, skin()), "person a has no series"),
        (lambda: dyadkit.from_arrays(skin(), skin(unit="V")), "eda of b is in V"),
        (lambda: dyadkit.from_arrays(skin(), skin(unit="")), "eda of b is in no unit"),
        (lambda: dyadkit.from_arrays(skin(), skin(), alignment_bound_s=-1.0), "give seconds"),
        (
            lambda: dyadkit.from_arrays(skin(), skin(times_s=500.0 + np.arange(400) / 4)),
            "they share no time",
        ),
        (
            lambda: dyadkit.from_arrays(skin(), skin(times_s=1.7e9 + np.arange(400) / 4)),
            "some series begin in Unix time",
        ),
    ],
)
def test_what_cannot_be_a_dyad_is_refused_with_what_to_do(given, message):
    with pytest.raises(ValueError, match=message):
        given()


def test_numpy_and_scipy_alone_analyse_arrays():
    """No radio, file format, command line, drawing or wearable is needed for the science."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = listed["dependencies"] + [
        one for extra in listed["optional-dependencies"].values() for one in extra
    ]
    names = {re.split(r"[<>=\[ ]", one)[0].replace("-", "_") for one in wanted}
    absent = sorted(names - {"numpy", "scipy", "dyadkit"} | {"serial"})
    assert {"bleak", "mcap", "typer", "rich", "matplotlib"} <= set(absent)
    program = BARE.format(paths=sys.path[:], absent=absent)
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    said, coupled = run.stdout.split()
    assert int(said) >= 1
    assert coupled == "True"
