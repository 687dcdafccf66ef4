"""H18: building again gives the same bytes."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.usefixtures("ngspice", "pcbnew")


def contents(folder):
    files = [*folder.glob("out/**/*"), *folder.glob("*.md")]
    return {str(file.relative_to(folder)): file.read_bytes() for file in files if file.is_file()}


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
