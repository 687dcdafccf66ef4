"""The firmware's tests: each runs inside MicroPython with little more memory than the chip has.

The files in `cases` hold plain functions; `fakes` stand only for the bus, the radio, the clock and
the flash chip.
"""

from pathlib import Path

import pytest

from fakes.inside_micropython import FAKES, LIMIT_S, ROOT, check, compiled, functions_in

HERE = Path(__file__).parent
CASES = functions_in((HERE / "cases").glob("*.py"))
PACKAGES = (
    ROOT / "firmware" / "wearable",
    ROOT / "firmware" / "slots",
    ROOT / "shared" / "dyadwire",
)
# of a 32-bit chip: words of this machine count as four bytes
ONE_WEARABLE = "140wk"
ONE_AFTER_THE_OTHER = "156wk"  # with what those before have left in between

LONG_CASES = functions_in((HERE / "long").glob("*.py"))
LONG_S = 3600


def tried(file, name, heap, limit_s=LIMIT_S):
    """Run one test with everything compiled, so that the memory is what a chip would have."""
    cases = compiled(file.parent, parts=0)
    own = [
        compiled(FAKES, parts=0),
        compiled(HERE / "cases", parts=0),
    ]
    folders = own + [compiled(package) for package in PACKAGES]
    found = [path for path in Path(cases).iterdir() if path.stem == file.stem]
    check(found[0], name, folders, heap, limit_s)


@pytest.mark.parametrize(("file", "name"), CASES, ids=lambda part: getattr(part, "stem", part))
def test_on_micropython(file, name):
    tried(file, name, ONE_AFTER_THE_OTHER)


@pytest.mark.slow
@pytest.mark.parametrize(("file", "name"), LONG_CASES, ids=lambda part: getattr(part, "stem", part))
def test_for_long_on_micropython(file, name):
    tried(file, name, ONE_WEARABLE, LONG_S)
