"""H18: building again gives the same bytes."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hardware import build, tools

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


def rebuilt(folder, steps, change=lambda design: design):
    """Files of a copy that are others after building it again, its design changed or not."""
    for name in ("hardware", "shared", "host"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    design = folder / "hardware" / "design.py"
    design.write_text(change(design.read_text(encoding="utf-8")), encoding="utf-8")
    before = contents(folder / "hardware")
    built = [sys.executable, str(folder / "hardware" / "build.py"), *steps]
    subprocess.run(built, check=True, capture_output=True, text=True)
    after = contents(folder / "hardware")
    assert sorted(before) == sorted(after)
    return [name for name in before if before[name] != after[name]]


@pytest.mark.usefixtures("ngspice")
def test_h18_simulating_again_changes_no_byte(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "hardware", tmp_path / "hardware")
    documents = [tmp_path / "hardware" / one.name for one in build.DOCUMENTS]
    monkeypatch.setattr(build, "OUT", tmp_path / "hardware" / "out")
    monkeypatch.setattr(build, "DOCUMENTS", documents)
    circuit = tmp_path / "hardware" / "out" / "front-end.cir"
    circuit.unlink()
    build.simulation()
    assert circuit.exists()
    assert contents(tmp_path / "hardware") == contents(ROOT / "hardware")


@pytest.mark.usefixtures("pcbnew")
def test_h18_building_again_changes_no_byte(tmp_path):
    steps = ["lists", "drawings"]
    if tools.board_folder(tools.pcbnew_version()) == "pcb":
        steps.append("pcb")
    if importlib.util.find_spec("build123d"):
        steps.append("enclosure")
    assert rebuilt(tmp_path, steps) == []


def test_h18_a_value_changed_in_the_design_shows_in_what_is_built(tmp_path):
    def stiffer(design):
        assert '"R17", 4_700' in design
        return design.replace('"R17", 4_700', '"R17", 6_800')

    changed = rebuilt(tmp_path, ["lists", "drawings"], stiffer)
    assert {"out/bom.csv", "out/drawings/schematic-1.svg"} <= set(changed)
