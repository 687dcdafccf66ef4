"""The firmware's tests: each runs inside MicroPython with as little memory as the chip has.

The files in `cases` hold plain functions; `fakes` stand only for the bus, the radio, the clock and
the flash chip.
"""

from pathlib import Path

import pytest

from inside_micropython import ROOT, check, compiled, functions_in

HERE = Path(__file__).parent
CASES = functions_in((HERE / "cases").glob("*.py"))
PACKAGES = (ROOT / "firmware" / "wearable", ROOT / "shared" / "dyadwire")
HEAP = "128wk"  # 128 KiB of a 32-bit chip: words of this machine count as four bytes


@pytest.mark.parametrize(("file", "name"), CASES, ids=lambda part: getattr(part, "stem", part))
def test_on_micropython(file, name):
    folders = [str(HERE / "fakes"), *map(compiled, PACKAGES)]
    check(file, name, folders, heap=HEAP)
