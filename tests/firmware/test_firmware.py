"""The firmware's tests: each runs inside MicroPython with as little memory as the chip has.

The files in `cases` hold plain functions; `fakes` stand only for the bus, the radio, the clock and
the flash chip.
"""

from pathlib import Path

import pytest

from inside_micropython import LIMIT_S, ROOT, check, compiled, functions_in

HERE = Path(__file__).parent
CASES = functions_in((HERE / "cases").glob("*.py"))
PACKAGES = (
    ROOT / "firmware" / "wearable",
    ROOT / "firmware" / "slots",
    ROOT / "shared" / "dyadwire",
)
HEAP = "128wk"  # 128 KiB of a 32-bit chip: words of this machine count as four bytes


LONG_CASES = functions_in((HERE / "long").glob("*.py"))
LONG_S = 900


def tried(file, name, limit_s=LIMIT_S):
    """Run one test with everything compiled, so that the memory is what a chip would have."""
    cases = compiled(file.parent, parts=0)
    own = [compiled(HERE / "fakes", parts=0), compiled(HERE / "cases", parts=0)]
    folders = own + [compiled(package) for package in PACKAGES]
    found = [path for path in Path(cases).iterdir() if path.stem == file.stem]
    check(found[0], name, folders, HEAP, limit_s)


@pytest.mark.parametrize(("file", "name"), CASES, ids=lambda part: getattr(part, "stem", part))
def test_on_micropython(file, name):
    tried(file, name)


@pytest.mark.slow
@pytest.mark.parametrize(("file", "name"), LONG_CASES, ids=lambda part: getattr(part, "stem", part))
def test_for_long_on_micropython(file, name):
    tried(file, name, LONG_S)
