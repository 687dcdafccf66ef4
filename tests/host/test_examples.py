"""The examples in the docstrings run and give what they say; public names are pinned and have one.

Examples may use a recorded session: `session-12` lies in the folder they run in.
"""

import doctest
import importlib
import inspect
import pkgutil
import shutil

import pytest

import dyadkit
import dyadwire
from fakes import recorded

PUBLIC = {
    "dyadkit": (
        "Analysis", "Dyad", "Mark", "Person", "Series", "__version__", "analyze", "from_arrays",
        "load", "plot",
    ),
    "dyadkit.clock": (
        "Clock", "ClockMap", "Exchanges", "LinkLog", "LiveClock", "Mode", "Reason", "SampleTimes",
        "Sends", "Spell", "Stretch", "SyncLog", "alignment", "from_plain", "read_sync_log",
        "sample_times", "solve", "solve_causal", "spells", "to_plain", "write_sync_log",
    ),
    "dyadkit.formats": ("Format", "export"),
    "dyadkit.links": ("HostClock", "Link", "SteadyClock", "monotonic_ns"),
    "dyadkit.plot": (
        "against_chance", "alignment", "answers", "coherence", "coupling_surface", "dyads",
        "excerpt", "heart_rates", "lag_profile", "pair", "person", "phase", "quality", "recurrence",
        "trust", "verdict_course", "verdicts", "weeks",
    ),
    "dyadkit.report": ("Audience", "render"),
    "dyadkit.signals": ("Physiology", "PhysiologyPair", "extract"),
    "dyadkit.signals.eda": (
        "Decomposition", "EventResponse", "HUMAN", "Latency", "LiveEda", "LiveSkin", "MAX_RATE_HZ",
        "MIN_RATE_HZ", "Model", "Response", "SWEAT", "TonicLevel", "artefacts", "decompose",
        "event_responses", "faults", "judge_eda", "notes_of", "tonic_level",
    ),
    "dyadkit.signals.ppg": (
        "ANY_SENSOR", "Beats", "HeartRate", "IntervalKind", "Intervals", "LiveBeats", "MAX3010X",
        "Polarity", "Sensor", "TRUSTED", "find_beats", "heart_rate", "intervals",
        "perfusion_percent",
    ),
    "dyadkit.sim": (
        "DeviceClockModel", "FifoLog", "Pace", "RadioModel", "SensorFeed", "VirtualDeadlockError",
        "VirtualWearable", "World",
    ),
    "dyadkit.storage": (
        "ABOUT_NAME", "BYTES_PER_HOUR", "Damage", "DiskFile", "FILE_NAME", "Follow", "JSON_TOPICS",
        "SessionStream", "SessionWriter", "StoredMessage", "StoredMessages", "StoredSession",
        "TOPICS", "WIRE_TOPICS", "hours_of_room", "read_about", "read_session", "sha256_of",
        "write_about",
    ),
    "dyadkit.synchrony": (
        "CircularShift", "PseudoDyads", "assess_group", "boker", "bsync", "calibrate_null",
        "couple", "couple_events", "cross_correlation", "cross_recurrence", "epoch_synchrony",
        "event_locked", "state_space_grid", "fit_glla", "fit_inertia_coordination",
        "fit_oscillator", "follow_oscillator", "granger", "judge_persons", "match_amico",
        "partner_response", "phase_locking",
        "rmea", "single_session_index", "stress_buffering", "susy", "transfer_entropy",
        "warped_distance", "wavelet_coherence", "windowed_correlation",
    ),
}  # fmt: skip


def modules():
    """Every module of both packages but those that only MicroPython can run."""
    for package in (dyadkit, dyadwire):
        yield package.__name__
        for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not {"inside", "fast", "__main__"} & set(one.name.split(".")):
                yield one.name


def examples_in(module):
    """Doctests of a module that hold at least one line to run."""
    return [test for test in doctest.DocTestFinder().find(module) if test.examples]


@pytest.fixture(scope="session")
def place(shared_folder, tmp_path_factory):
    """A folder with a recorded session of two simulated people."""
    folder = tmp_path_factory.mktemp("examples")
    session, _ = recorded.usual(shared_folder)
    shutil.copytree(session, folder / "session-12")
    return folder


@pytest.mark.parametrize("name", [*modules()])
def test_examples_run(name, request, monkeypatch):
    module = importlib.import_module(name)
    tests = examples_in(module)
    if any("session-12" in test.docstring for test in tests):
        monkeypatch.chdir(request.getfixturevalue("place"))
    for test in tests:
        assert doctest.DocTestRunner().run(test).failed == 0


@pytest.mark.parametrize("package", PUBLIC)
def test_public_names_are_those(package):
    assert sorted(importlib.import_module(package).__all__) == sorted(PUBLIC[package])


@pytest.mark.parametrize(
    ("package", "name"), [(package, name) for package, names in PUBLIC.items() for name in names]
)
def test_every_public_name_has_an_example(package, name):
    thing = getattr(importlib.import_module(package), name)
    if not (inspect.isclass(thing) or inspect.isfunction(thing)):
        return
    tests = doctest.DocTestFinder().find(thing, name)
    assert any(
        not example.options.get(doctest.SKIP) for test in tests for example in test.examples
    ), f"{package}.{name} has no example that runs"
