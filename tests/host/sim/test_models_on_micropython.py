"""The register models' tests, run once more inside MicroPython where the models live."""

from pathlib import Path

import pytest

from fakes.inside_micropython import ROOT, check, functions_in

CASES = functions_in((Path(__file__).parent / "models").glob("test_*.py"))


@pytest.mark.parametrize(("file", "name"), CASES, ids=lambda part: getattr(part, "stem", part))
def test_inside_micropython(file, name):
    check(file, name, [str(ROOT / "host" / "dyadkit" / "sim" / "device" / "inside")])
