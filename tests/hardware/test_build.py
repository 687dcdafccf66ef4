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
    ("version", "folder"),
    [("6.0.11+dfsg-1", "pcb"), ("7.0.11", "pcb-kicad7"), ("9.0.2+dfsg-1", "pcb-kicad9")],
)
def test_a_later_kicad_makes_the_board_beside_the_committed_one(version, folder):
    assert tools.missing_pcbnew(version) == ""
    assert tools.board_folder(version) == folder


@pytest.mark.parametrize("version", ["", "5.1.9"])
def test_without_kicad_the_sentence_says_what_to_install(version):
    assert "apt-get install" in tools.missing_pcbnew(version)


def contents(folder):
    files = [*folder.glob("out/**/*"), *folder.glob("*.md")]
    return {str(file.relative_to(folder)): file.read_bytes() for file in files if file.is_file()}


@pytest.mark.usefixtures("ngspice", "pcbnew")
def test_h18_building_again_changes_no_byte(tmp_path):
    steps = ["lists", "drawings", "simulation"]
    if tools.board_folder(tools.pcbnew_version()) == "pcb":
        steps.append("pcb")
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
