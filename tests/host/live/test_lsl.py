"""A session played through LSL outlets is what an inlet on this computer receives."""

import numpy as np
import pytest

import dyadkit
from dyadkit.live.lsl import play, signals_of


@pytest.fixture(scope="module")
def dyad():
    from dyadkit.sim.people import bodies

    return bodies.perfect_dyad(bodies.meet(bodies.Encounter(), 90.0, seed=4))


def test_coupling_is_played_when_it_was_known_and_as_live_has_it(dyad):
    found = {one.name: one for one in signals_of(dyad)}
    coupling = found["coupling_eda"]
    assert coupling.channels == ("strength", "lag_s")
    assert coupling.times_s[0] >= 30.0
    assert np.nanmax(np.abs(coupling.values[:, 0])) <= 1.0


def test_what_an_inlet_receives_is_the_session(dyad, tmp_path, monkeypatch):
    (tmp_path / "lsl.cfg").write_text("[multicast]\nResolveScope = machine\n[log]\nlevel = -3\n")
    monkeypatch.setenv("LSLAPICFG", str(tmp_path / "lsl.cfg"))
    pylsl = pytest.importorskip("pylsl")
    short = dyadkit.Dyad(dyad.a, dyad.b, (dyadkit.Mark(1.0, 1.0, "bell"),), 3.0, simulated=True)
    name = "dyadkit a_eda"
    steps = play(short, lambda second: None)
    next(steps)
    streams = pylsl.resolve_byprop("name", name, timeout=5.0)
    inlet = pylsl.StreamInlet(streams[0])
    inlet.open_stream(timeout=5.0)
    values, stamps = [], []
    for _ in steps:
        chunk, at_s = inlet.pull_chunk(timeout=0.02)
        values += [row[0] for row in chunk]
        stamps += at_s
    trace = short.a.traces["eda"]
    place = (
        np.searchsorted(trace.values, values[0])
        if False
        else int(np.argmin(np.abs(trace.values - values[0])))
    )
    assert len(values) >= 8
    assert values == trace.values[place : place + len(values)].tolist()
    assert np.diff(stamps) == pytest.approx(
        np.diff(trace.times_s[place : place + len(values)]), abs=1e-6
    )
