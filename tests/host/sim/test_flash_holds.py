"""Flash never holds the processor longer than the sensors' FIFOs last."""

import numpy as np
import pytest

import dyadkit
from fakes import recorded


@pytest.fixture(scope="module")
def dyad(shared_folder):
    """Two people; the file system makes a new directory block within the first five minutes."""
    folder, _ = recorded.hard(shared_folder)
    return dyadkit.load(folder)


@pytest.mark.parametrize("stream", ["ppg_ir", "ppg_red", "eda"])
def test_no_sample_is_lost_while_the_file_system_makes_a_new_directory_block(dyad, stream):
    for person in "ab":
        trace = dyad.person(person).traces[stream]
        assert len(trace.gaps_s) == 0, (person, trace.gaps_s)
        assert np.isfinite(trace.values).all()
        assert trace.times_s[-1] - trace.times_s[0] > recorded.HARD_SECONDS - 5
