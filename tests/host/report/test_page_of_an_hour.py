"""The page of a long session costs little: one hour in five seconds of a processor, 3 MB."""

import time

import pytest

import dyadkit
from dyadkit.report import render
from dyadkit.sim.people import bodies

HOUR_S = 3600.0
MAX_CPU_S, MAX_BYTES = 5.0, 3_000_000


@pytest.mark.slow
def test_a_page_of_one_hour_is_drawn_in_five_seconds_of_a_processor():
    pair = bodies.meet(bodies.Encounter(), HOUR_S, seed=7)
    found = dyadkit.analyze(bodies.perfect_dyad(pair), seed=0)
    begun = time.process_time()
    page = render(found)
    spent = time.process_time() - begun
    assert spent <= MAX_CPU_S, f"{spent:.1f} s of a processor"
    assert len(page.encode()) < MAX_BYTES
