"""What importing the wearable leaves on the heap stays below its limits.

Measured, in the Unix build with its words of eight bytes: the heap before and after
`import wearable.device`, once from `.mpy` files and once with the files in place in a read-only
file system, without names. In place, code and constants stay where they are, as in an image, and a
frozen module's names are in the image too. What a frozen module does make when it is executed, its
dictionary, functions and classes, is there; so are some headers of code, which it does not make.

Estimated: what that is in the chip's words of four bytes. Both were measured in 32-bit MicroPython
too (`docs/accuracy/memory.md`), with the firmware really frozen; that needs builds which the
tests cannot have. The shares below are those figures over what is measured here of the same source:
code and names keep their size, objects halve but for what their blocks round up.
"""

import importlib.util
import subprocess

import pytest

from fakes.inside_micropython import COMPILER, ROOT

MAX_FROM_FILES_BYTES = 90_000
MAX_FROZEN_BYTES = 32_000
FROM_FILES_SHARE = 89_408 / 135_840
FROZEN_SHARE = 29_776 / 63_225


def benchmark():
    path = ROOT / "tests" / "benchmarks" / "bench_memory.py"
    spec = importlib.util.spec_from_file_location("bench_memory", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.COMPILER = COMPILER
    return module


BENCH = benchmark()


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mpy")
    BENCH.compile_into(folder, 63)
    return folder


def chip_bytes(compiled, place):
    """Bytes on the chip's heap: loaded from files, frozen."""
    from_files, in_place = BENCH.unix_bytes(compiled, place / "image.romfs")
    return from_files * FROM_FILES_SHARE, in_place * FROZEN_SHARE


def test_importing_the_wearable_stays_below_its_limits(compiled, tmp_path):
    from_files, frozen = chip_bytes(compiled, tmp_path)
    assert from_files <= MAX_FROM_FILES_BYTES
    assert frozen <= MAX_FROZEN_BYTES


def test_a_buffer_that_a_module_makes_when_it_is_imported_breaks_both(compiled, tmp_path):
    place = compiled / "wearable" / "disk.mpy"
    before = place.read_bytes()
    source = tmp_path / "disk.py"
    source.write_text("hoarded = bytearray(30_000)\n\ndef remount():\n    pass\n")
    subprocess.run([BENCH.COMPILER, source, "-o", place], check=True)
    try:
        from_files, frozen = chip_bytes(compiled, tmp_path)
    finally:
        place.write_bytes(before)
    assert from_files > MAX_FROM_FILES_BYTES
    assert frozen > MAX_FROZEN_BYTES
