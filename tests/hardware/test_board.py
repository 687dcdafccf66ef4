"""H13: the circuit board keeps KiCad's rules and ours, connects what the design does, can fail."""

import json
import subprocess
from functools import cache
from pathlib import Path

import pytest

from hardware import design, tools

MIN_LEAD_MM = 1.49  # placement.LEAD_CLEARANCE_MM; not imported, it says what is promised
MIN_GUARDED_MM = 0.5
MAX_DECOUPLING_MM = 4.0
MAX_POURED_MM = 50.8 - 15.0  # the antenna's end of a FeatherS3, and what is kept free of it

ROOT = Path(__file__).parents[2]
BOARD = ROOT / "hardware" / "out" / "pcb" / "dyadkit-wing.kicad_pcb"
VERIFY = ROOT / "hardware" / "pcb" / "verify.py"

REFS = {part.ref for part in design.PARTS}

pytestmark = pytest.mark.usefixtures("pcbnew")


@cache
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
    wanted.update({ref: net for ref, net in pads.items() if ref.split(".")[0] not in REFS})
    assert pads == wanted


def test_no_ground_is_poured_near_the_antenna():
    assert verified()["poured_to_mm"] <= MAX_POURED_MM + 0.01


def test_ground_poured_over_the_antenna_is_noticed():
    assert verified("pour")["poured_to_mm"] > MAX_POURED_MM + 1


def test_what_mains_could_reach_is_apart_from_everything_else():
    assert verified()["leads_apart_mm"] >= MIN_LEAD_MM


def test_a_part_beside_a_lead_is_noticed():
    assert verified("crowd")["leads_apart_mm"] < MIN_LEAD_MM


def test_no_ground_lies_beside_a_node_of_high_impedance():
    assert verified()["ground_from_guarded_mm"] >= MIN_GUARDED_MM


def test_a_board_without_guards_is_noticed():
    assert verified("unguard")["ground_from_guarded_mm"] < MIN_GUARDED_MM


def test_each_chip_has_its_capacitor_beside_its_supply_pin():
    found = verified()["decoupling_mm"]
    assert set(found) == {"U1", "U3", "U4"}
    assert max(found.values()) <= MAX_DECOUPLING_MM
    assert MAX_DECOUPLING_MM < 9.8  # where C15 was in revision A2


def test_headers_stand_on_the_back_and_everything_else_on_the_front():
    sides = {ref: place[3] for ref, place in verified()["placed"].items()}
    assert {ref for ref, side in sides.items() if side == "bottom"} == {"J1", "J2"}


def test_gerber_and_drill_files_are_there_for_each_layer():
    made = {file.name.removeprefix("dyadkit-wing-") for file in (BOARD.parent / "gerber").iterdir()}
    assert {"F_Cu.gbr", "B_Cu.gbr", "F_Mask.gbr", "B_Mask.gbr", "Edge_Cuts.gbr", "PTH.drl"} <= made
