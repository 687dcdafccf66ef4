"""H13: the circuit board keeps KiCad's rules, connects what the design connects, and can fail."""

import json
import subprocess
from pathlib import Path

import pytest

from hardware import design, tools

ROOT = Path(__file__).parents[2]
BOARD = ROOT / "hardware" / "out" / "pcb" / "dyadkit-wing.kicad_pcb"
VERIFY = ROOT / "hardware" / "pcb" / "verify.py"

pytestmark = pytest.mark.usefixtures("pcbnew")


def verified(*how):
    asked = [str(tools.SYSTEM_PYTHON), str(VERIFY), str(BOARD), *how]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_h13_the_board_breaks_no_rule_and_leaves_nothing_unconnected():
    found = verified()
    assert (found["violations"], found["unconnected"]) == (0, 0)


def test_h13_a_missing_track_is_found():
    assert verified("remove")["unconnected"] > 0


def test_h13_a_track_too_wide_is_found():
    assert verified("widen")["violations"] > 0


def test_the_board_connects_what_the_design_connects():
    pads = verified()["pads"]
    wanted = {
        f"{part.ref}.{number}": net
        for part in design.PARTS
        for number, (_, net) in part.pins.items()
    }
    assert pads == wanted


def test_gerber_and_drill_files_are_there_for_each_layer():
    made = {file.name.removeprefix("dyadkit-wing-") for file in (BOARD.parent / "gerber").iterdir()}
    assert {"F_Cu.gbr", "B_Cu.gbr", "F_Mask.gbr", "B_Mask.gbr", "Edge_Cuts.gbr", "PTH.drl"} <= made
