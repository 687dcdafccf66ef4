"""Averaging to the 4 Hz grid loses no sample, wherever a trace begins."""

import numpy as np
import pytest

from dyadkit.analysis.regulation import _averaged
from dyadkit.dyad.traces import Trace


@pytest.mark.parametrize("start_s", [0.0, 0.05, 0.125, 0.2, 0.25])
def test_a_trace_of_4_hz_keeps_every_sample(start_s):
    times_s = start_s + np.arange(400) / 4.0
    found = _averaged(Trace(times_s, np.arange(400.0), "microsiemens", 4.0), 402)
    known = found[np.isfinite(found)]
    assert known.tolist() == np.arange(400.0).tolist()
