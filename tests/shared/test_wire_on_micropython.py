"""The other test files of this folder, run once more inside MicroPython."""

from pathlib import Path

import pytest

from fakes.inside_micropython import ROOT, check, functions_in

HERE = Path(__file__).parent
ON_BOTH = [file for file in HERE.glob("test_*.py") if "\nimport pytest" not in file.read_text()]
CASES = functions_in(file for file in ON_BOTH if "hypothesis" not in file.read_text())


@pytest.mark.parametrize(("file", "name"), CASES, ids=lambda part: getattr(part, "stem", part))
def test_inside_micropython(file, name):
    check(file, name, [str(ROOT / "shared")], heap="256k")
