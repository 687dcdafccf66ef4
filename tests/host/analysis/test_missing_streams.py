"""Whatever one person lacks and however long a session is: an answer, or a sentence why not."""

import warnings

import numpy as np
import pytest

from dyadkit.analysis.whole import analyze
from dyadkit.dyad.traces import Dyad, PersonTraces, Trace
from dyadkit.errors import SignalError
from dyadkit.sim.people import bodies
from dyadkit.synchrony.dynamics import without_breathing

HZ = 4.0
SECONDS = 124
PAIR = bodies.meet(bodies.Encounter(), SECONDS + 8, seed=11)
PULSE, SKIN, COMPONENTS = ("heart_rate",), ("eda",), ("eda_tonic", "eda_phasic")
LACKS = {
    "nothing": (),
    "pulse": PULSE,
    "skin": SKIN + COMPONENTS,
    "components": COMPONENTS,
    "everything": PULSE + SKIN + COMPONENTS,
}


def traces(signals, samples):
    times_s = np.arange(samples) / HZ

    def trace(values, unit):
        at_s = np.arange(len(values)) / bodies.RATE_HZ
        return Trace(times_s, np.interp(times_s, at_s, values), unit, HZ)

    return {
        "heart_rate": trace(signals.heart_rate_bpm, "bpm"),
        "eda": trace(signals.eda_usiemens, "microsiemens"),
        "eda_tonic": trace(signals.tonic_usiemens, "microsiemens"),
        "eda_phasic": trace(signals.phasic_usiemens, "microsiemens"),
    }


def dead(trace):
    """A stream that was recorded and never measured anything."""
    return Trace(trace.times_s, np.full(len(trace), np.nan), trace.unit, trace.rate_hz)


def dyad(samples, lacks, who, how):
    persons = {"a": traces(PAIR.a, samples), "b": traces(PAIR.b, samples)}
    for person in who:
        for name in lacks:
            gone = persons[person].pop(name)
            if how == "dead":
                persons[person][name] = dead(gone)
    a, b = (PersonTraces(persons[person]) for person in "ab")
    return Dyad(a, b, duration_s=samples / HZ, source="made up")


@pytest.mark.parametrize("how", ["absent", "dead"])
@pytest.mark.parametrize("who", ["a", "b", "ab"])
@pytest.mark.parametrize("lacks", LACKS)
def test_every_estimate_is_there_or_refused_whoever_lacks_what(lacks, who, how):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = analyze(dyad(round(SECONDS * HZ) + 7, LACKS[lacks], who, how))
    for name in ("eda", "heart_rate"):
        assert (name in found.coupling) != (name in found.refusals)
    for name in ("dynamics", "responses"):
        assert (getattr(found, name) is None) == (name in found.refusals)
    assert found.sentences() or found.refusals
    found.to_dict()


@pytest.mark.parametrize("samples", range(round(SECONDS * HZ), round(SECONDS * HZ) + 16))
def test_one_dead_pulse_ends_no_analysis_of_any_length(samples):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = analyze(dyad(samples, PULSE, "a", "dead"))
    assert "heart_rate" in found.refusals


@pytest.mark.parametrize("rate_hz", [1.0, 2.0, 4.0, 16.0])
def test_a_slow_series_is_as_long_whatever_is_missing(rate_hz):
    for samples in range(int(20 * rate_hz), int(20 * rate_hz) + int(4 * rate_hz) + 1):
        whole = np.sin(np.arange(samples))
        half = np.where(np.arange(samples) < samples / 2, whole, np.nan)
        slow = [without_breathing(one, rate_hz) for one in (whole, half, np.full(samples, np.nan))]
        assert len({(len(series), rate) for series, rate in slow}) == 1


@pytest.mark.parametrize("seconds", [0.0, 0.2])
def test_a_session_shorter_than_one_step_says_so(seconds):
    with pytest.raises(SignalError, match="nothing to look at"):
        analyze(dyad(int(seconds * HZ), (), "a", "absent"))


@pytest.mark.parametrize("seconds", [0.25, 1.0, 3.9, 16.0])
def test_a_session_too_short_for_anything_says_why(seconds):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = analyze(dyad(int(seconds * HZ), (), "a", "absent"))
    assert {"eda", "heart_rate", "dynamics", "responses"} <= found.refusals.keys()


WAVES = {
    "absent": None,
    "never measured": lambda values: np.full(len(values), np.nan),
    "flat": lambda values: np.full(len(values), 1000.0),
    "one sample": lambda values: np.where(np.arange(len(values)) == 50, values, np.nan),
    "half": lambda values: np.where(np.arange(len(values)) < len(values) / 2, values, np.nan),
}


@pytest.mark.parametrize("stream", ["ppg_ir", "eda"])
@pytest.mark.parametrize("wave", WAVES)
def test_a_measured_stream_of_one_person_that_failed_ends_no_analysis(wave, stream):
    whole = bodies.perfect_dyad(bodies.meet(bodies.Encounter(), 95.25, seed=12))
    kept = dict(whole.b.traces)
    kept.pop("ppg_red")
    gone = kept.pop(stream)
    if WAVES[wave] is not None:
        made = WAVES[wave](gone.values)
        kept[stream] = Trace(gone.times_s, made, gone.unit, gone.rate_hz, sensor=gone.sensor)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = analyze(Dyad(whole.a, PersonTraces(kept), (), whole.duration_s, "made up"))
    assert ("heart_rate" if stream == "ppg_ir" else "eda") in found.refusals or wave == "half"
