"""Flash never holds the processor longer than the sensors' FIFOs last."""

import numpy as np
import pytest

import dyadkit
from dyadkit.demo import simulated
from dyadkit.sim.people import bodies

MINUTES = 5.5  # the file system makes a new directory block within the first five


@pytest.fixture(scope="module")
def dyad(tmp_path_factory):
    folder = tmp_path_factory.mktemp("flash") / "session"
    pair = bodies.meet(bodies.Encounter(), MINUTES * 60 + simulated.SETTLE_S, 4)
    simulated.record_pair(pair, simulated.Circumstances(seed=4), folder)
    return dyadkit.load(folder)


@pytest.mark.parametrize("stream", ["ppg_ir", "ppg_red", "eda"])
def test_no_sample_is_lost_while_the_file_system_makes_a_new_directory_block(dyad, stream):
    for person in "ab":
        trace = dyad.person(person).traces[stream]
        assert len(trace.gaps_s) == 0, (person, trace.gaps_s)
        assert np.isfinite(trace.values).all()
        assert trace.times_s[-1] - trace.times_s[0] > MINUTES * 60 - 5
