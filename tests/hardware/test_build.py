"""H18: building again gives the same bytes."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hardware import tools

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        ("", "KiCad 6 is missing: apt-get install"),
        ("9.0.2+dfsg-1", "KiCad 9.0.2+dfsg-1 is here, and the board is made with KiCad 6"),
        ("6.0.11+dfsg-1", ""),
    ],
)
def test_another_kicad_is_refused_with_what_to_do(version, sentence):
    assert tools.missing_pcbnew(version).startswith(sentence)
    assert bool(tools.missing_pcbnew(version)) == bool(sentence)


def contents(folder):
    files = [*folder.glob("out/**/*"), *folder.glob("*.md")]
    return {str(file.relative_to(folder)): file.read_bytes() for file in files if file.is_file()}


@pytest.mark.usefixtures("ngspice", "pcbnew")
def test_h18_building_again_changes_no_byte(tmp_path):
    steps = ["lists", "drawings", "simulation", "pcb"]
    if importlib.util.find_spec("build123d"):
        steps.append("enclosure")
    for name in ("hardware", "shared", "host"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    before = contents(tmp_path / "hardware")
    built = [sys.executable, str(tmp_path / "hardware" / "build.py"), *steps]
    subprocess.run(built, check=True, capture_output=True, text=True)
    after = contents(tmp_path / "hardware")
    assert sorted(before) == sorted(after)
    assert [name for name in before if before[name] != after[name]] == []
