"""After a storm of hostile hosts a wearable serves an honest one and has lost nothing flushed."""

import logging

import pytest

from fakes.torture import endure

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")

MODULES_BYTES = 24_000
"""What code that is loaded when first needed takes: for an update, for the partner."""
# of 2, 3, 4: each size of flash, both ways to be pulled from, and a third device that disturbs
QUICK = [2, 3, 4, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 5, 6))]
LONG = range(100, 130)


@pytest.fixture(autouse=True)
def _quiet():
    """The simulated adapter says of each link that fell that it is gone."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


def check(aftermath):
    assert aftermath.broken == []
    assert aftermath.growth_bytes < MODULES_BYTES
    assert aftermath.blocks > 200, "both were recorded"


@pytest.mark.parametrize("seed", QUICK)
def test_sixty_deeds_of_hostile_hosts_break_nothing(seed, tmp_path):
    check(endure(seed, 60, tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("seed", LONG)
def test_three_hundred_deeds_of_hostile_hosts_break_nothing(seed, tmp_path):
    check(endure(seed, 300, tmp_path))
