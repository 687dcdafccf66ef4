"""H12, H14: electrical rules, parts list, one pin table for hardware, firmware and documents."""

import ast
import csv
import re
from pathlib import Path

import pytest

from dyadwire import frontend
from hardware import design, erc, netlist, tables

ROOT = Path(__file__).parents[2]
OUT = ROOT / "hardware" / "out"


def without(ref):
    return tuple(part for part in design.PARTS if part.ref != ref)


def changed(ref, number, net):
    part = design.part(ref)
    pins = part.pins | {number: (part.pins[number][0], net)}
    return (*without(ref), part._replace(pins=pins))


def plugged(ref, mates):
    """The design with another family of plug at one part; revision A2 had JST PH at both."""
    part = design.part(ref)
    return (*without(ref), part._replace(item=part.item._replace(mates=mates)))


def faults(parts):
    return {f"{one.place} {one.fault}" for one in erc.violations(parts)}


def test_h12_the_design_breaks_no_electrical_rule():
    assert erc.violations() == []


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        (changed("U3", "7", "OUTA"), "net OUTA has more than one output or supply"),
        (changed("U3", "4", "VDD"), "net VDD should supply a part, and nothing supplies it"),
        (changed("U3", "10", ""), "U3 pin 10 (+C) is not connected"),
        (without("R11"), "net AIN1 has only"),
        (without("R12"), "net AIN3 has only"),
        (without("R4"), "net MIDDLE ends at one pin"),
        (changed("R4", "2", "OUTA"), "R4 has both ends on one net"),
        ((*design.PARTS, design.part("R1")), "R1 is used twice"),
        (plugged("J3", "JST PH 2"), "J3 takes what belongs into the cell (JST PH 2)"),
        (plugged("J3", "JST GH 3"), "J3 takes what belongs into J4 (JST GH 3)"),
        (plugged("J4", "JST PH 5"), "J4 takes the plug of a cell (JST PH 5)"),
    ],
)
def test_h12_each_rule_can_be_broken(parts, fault):
    if fault.endswith(
        "has only"
    ):  # the capacitor still holds it: broken only for the rule of inputs
        parts = tuple(part for part in parts if part.ref not in ("C11", "C12", "R24"))
        fault = fault.replace("has only", "ends at one pin")
    assert fault in faults(parts)


def test_h14_every_line_of_the_parts_list_can_be_ordered():
    lines = list(csv.DictReader((OUT / "bom.csv").read_text().splitlines()))
    assert len(lines) >= 15
    for line in lines:
        assert all(value for key, value in line.items() if key != "alternatives"), line
        assert re.fullmatch(r"[\w.]+:[\w.-]+", line["footprint"])


def test_h14_fails_with_a_part_without_an_order_number(monkeypatch):
    nameless = design.part("R6").item._replace(mpn="")
    parts = (*without("R6"), design.part("R6")._replace(item=nameless))
    monkeypatch.setattr(design, "PARTS", parts)
    assert [line for line in tables.bom() if not line[4]]


def test_h14_parts_list_netlist_and_design_hold_the_same_parts():
    listed = {
        ref
        for line in csv.DictReader((OUT / "bom.csv").read_text().splitlines())
        for ref in line["references"].split()
    }
    drawn = set(re.findall(r'\(comp \(ref "(\w+)"\)', (OUT / "wing.net").read_text()))
    assert listed == {part.ref for part in design.ordered()}
    assert drawn == {part.ref for part in design.PARTS}


def test_the_committed_lists_are_those_of_the_design():
    assert (OUT / "wing.net").read_text() == netlist.kicad_netlist()
    assert (OUT / "bom.csv").read_text() == tables.bom_csv()


def firmware_pins():
    """The firmware's table, read from its source: it cannot be imported without a board."""
    tree = ast.parse((ROOT / "firmware" / "wearable" / "board.py").read_text())
    roles, boards = (), {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "namedtuple":
            name, fields = (ast.literal_eval(one) for one in node.args)
            if name == "Pins":
                roles = fields
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "BOARDS":
            for key, value in zip(node.value.keys, node.value.values, strict=True):
                boards[key.value] = [ast.literal_eval(one) for one in value.args]
    return roles, boards


def test_h14_hardware_and_firmware_mean_the_same_pins_on_every_board():
    roles, boards = firmware_pins()
    assert set(roles) == {*tables.ROLES, "front_end"}
    assert pins_of(design.BOARDS, roles) == boards


@pytest.mark.parametrize("name", design.BOARDS)
def test_h14_fails_when_one_pin_is_moved_in_the_design_alone(name):
    roles, boards = firmware_pins()
    board = design.BOARDS[name]
    moved = board.pads | {"scl": design.Pad(board.pads["scl"].gpio + 1, "moved")}
    changed_boards = design.BOARDS | {name: board._replace(pads=moved)}
    assert pins_of(changed_boards, roles) != boards
    moved_supply = board._replace(front_end=design.Pad(board.front_end.gpio + 1, "moved"))
    assert pins_of(design.BOARDS | {name: moved_supply}, roles) != boards


def pins_of(boards, roles):
    return {
        name: [pads[role].gpio if role in pads else None for role in roles]
        for name, board in boards.items()
        for pads in [board.pads | {"front_end": board.front_end}]
    }


def test_h14_the_wings_sockets_carry_the_pins_of_its_board():
    pads = next(board for board in design.BOARDS.values() if board.carries_wing).pads
    sockets = {
        net: name
        for ref in ("J1", "J2")
        for name, net in design.part(ref).pins.values()
        if net not in ("", *design.SUPPLIES)
    }
    supplies = {"EN", "LDO2", "VBUS"}
    assert {net: name for net, name in sockets.items() if net not in supplies} == {
        "IO0": f"IO{pads['button'].gpio}",
        "SYNC": f"IO{pads['sync'].gpio}",
        "PPG_INT": f"IO{pads['ppg_interrupt'].gpio}",
        "SCL": f"IO{pads['scl'].gpio}",
        "SDA": f"IO{pads['sda'].gpio}",
    }


@pytest.mark.parametrize("name", design.BOARDS)
def test_the_front_end_is_switched_by_a_pin_that_does_nothing_else(name):
    board = design.BOARDS[name]
    taken = {pad.gpio for pad in board.pads.values()}
    assert board.front_end.gpio not in taken
    assert "supply of the front end" in tables.pins_table()


def test_the_wing_takes_its_supply_from_the_switched_regulator_and_from_nothing_else():
    feeding = [one.ref for one in design.PARTS if "VFE" in {net for _, net in one.pins.values()}]
    assert design.part("J1").pins["16"] == ("LDO2", "LDO2")
    assert design.part("U3").net("VDD") == design.part("R1").net("1") == "VFE"
    assert {"Q1", "U3", "R1", "R19", "R20"} <= set(feeding)
    assert not {"J1", "J2"} & set(feeding)


PAIRS = {1: (0, 3), 2: (1, 3), 6: (2, None), 7: (3, None)}  # ADS1115 data sheet, MUX[2:0]
RANGES_MV = {1: 4096, 2: 2048, 3: 1024}  # PGA[2:0]


def firmware_inputs():
    """The converter's inputs as the firmware has them: name to (mux, gain, full scale in mV)."""
    source = (ROOT / "firmware" / "wearable" / "sensors" / "skin.py").read_text()
    found = re.findall(r"^([A-Z]+) = Input\((\d), (\d), (\d+)\)", source, re.MULTILINE)
    return {name: tuple(map(int, numbers)) for name, *numbers in found}


def test_the_firmware_measures_between_the_inputs_that_are_wired():
    between = {name: PAIRS[mux] for name, (mux, _, _) in firmware_inputs().items()}
    assert between == {
        "CURRENT": (frontend.AIN_CURRENT, frontend.AIN_LEVEL),
        "VOLTAGE": (frontend.AIN_ELECTRODE, frontend.AIN_LEVEL),
        "BATTERY": (frontend.AIN_BATTERY, None),
        "REFERENCE": (frontend.AIN_LEVEL, None),
    }


def test_the_firmware_converts_in_the_ranges_the_simulation_and_the_calibration_are_made_for():
    inputs = firmware_inputs()
    assert inputs["CURRENT"][2] == frontend.CURRENT_FULL_SCALE_MV
    assert inputs["VOLTAGE"][2] == frontend.VOLTAGE_FULL_SCALE_MV
    assert all(RANGES_MV[gain] == full_scale for _, gain, full_scale in inputs.values())


@pytest.mark.parametrize(
    ("number", "ref"),
    [
        (frontend.AIN_CURRENT, "R10"),
        (frontend.AIN_ELECTRODE, "R11"),
        (frontend.AIN_LEVEL, "R12"),
        (frontend.AIN_BATTERY, "R13"),
    ],
)
def test_each_input_of_the_converter_is_wired_to_what_the_numbers_say(number, ref):
    assert design.part(ref).net("2") == design.part("U1").net(f"AIN{number}")


def kicads_pins(library, symbol):
    """Number to name of the pins of a symbol in KiCad's own library."""
    file = Path("/usr/share/kicad/symbols") / f"{library}.kicad_sym"
    if not file.exists():
        pytest.skip("kicad-symbols is missing: apt-get install kicad-symbols")
    text = file.read_text().split(f'(symbol "{symbol}"', 1)[1]
    body = re.split(r'\n  \(symbol "', text, maxsplit=1)[0]
    return {number: name for name, number in PIN.findall(body)}


PIN = re.compile(r'\(pin .*?\(name "([^"]*)".*?\(number "(\d+)"', re.DOTALL)


def test_the_converter_has_the_pins_of_kicads_symbol():
    theirs = kicads_pins("Analog_ADC", "ADS1015IDGS")  # the ADS1115 extends it
    mine = {number: name for number, (name, _) in design.part("U1").pins.items()}
    assert mine == {number: name.removesuffix("/RDY") for number, name in theirs.items()}


def test_the_amplifiers_have_the_pins_of_kicads_symbol():
    theirs = kicads_pins("Amplifier_Operational", "LM2902")  # the MCP6004 extends it
    roles = {"OUT": "~", "-": "-", "+": "+", "VDD": "V+", "VSS": "V-"}
    mine = {
        number: roles[name if name in ("VDD", "VSS") else name.rstrip(design.AMPLIFIERS)]
        for number, (name, _) in design.part("U3").pins.items()
    }
    assert mine == theirs


def test_the_parts_have_the_values_everybody_else_computes_with():
    assert design.part("R6").amount + design.part("R18").amount == frontend.CURRENT_OHM
    assert [design.part(ref).amount for ref in ("R1", "R2", "R3")] == list(frontend.DIVIDER_OHM)
    assert [design.part(ref).amount for ref in ("R4", "R5")] == list(frontend.DRIVER_OHM)
