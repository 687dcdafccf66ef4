"""What one interpreter packs the other packs too, byte for byte."""

import subprocess
from pathlib import Path
from random import Random

import pytest
import random_wire

from dyadwire import frames
from dyadwire.frames import FrameReader
from fakes.inside_micropython import MICROPYTHON, ROOT

COUNT = 10_000
MUTATED = 10_000
SEED = 20260101
PROGRAM = """
import sys
sys.path[:0] = [{here!r}, {shared!r}]
import random_wire
print(random_wire.checksum_of({count}, {seed}))
"""


def test_ten_thousand_random_messages_are_the_same_bytes_on_both_interpreters():
    here = str(Path(__file__).parent)
    program = PROGRAM.format(here=here, shared=str(ROOT / "shared"), count=COUNT, seed=SEED)
    run = subprocess.run([MICROPYTHON, "-c", program], capture_output=True, text=True, check=True)
    assert int(run.stdout) == random_wire.checksum_of(COUNT, SEED)


@pytest.mark.parametrize("mutated", [MUTATED, pytest.param(100_000, marks=pytest.mark.slow)])
def test_no_changed_frame_is_taken_for_another_and_none_raises(mutated):
    random = Random(SEED)
    for _ in range(mutated):
        framed = frames.frame(8, random.randbytes(random.randrange(1, 60)))
        spoiled = bytearray(framed)
        for _ in range(random.randrange(1, 6)):
            spoiled[random.randrange(len(spoiled))] ^= random.randrange(1, 256)
        reader = FrameReader()
        assert all(found == framed for found in reader.feed(spoiled) + reader.finish())
