"""Electrical rules: what every net and pin must satisfy before anything is drawn or ordered.

They are few and need nothing installed; `second_opinion.py` asks skidl the same in a test.
"""

from collections.abc import Sequence
from typing import NamedTuple

from hardware import design
from hardware.catalogue import CELL_PLUG

PASSIVE, INPUT, OUTPUT, BOTH, OPEN = "passive", "input", "output", "both ways", "open drain"
SUPPLIED, SUPPLYING = "supplied", "supplying"

# first matching beginning of a pin's name decides, by part value
_KINDS: dict[str, tuple[tuple[str, str], ...]] = {
    "MCP6074": (("OUT", OUTPUT), ("VDD", SUPPLIED), ("VSS", SUPPLIED), ("", INPUT)),
    "ADS1115": (
        ("ALERT", OPEN), ("GND", SUPPLIED), ("VDD", SUPPLIED), ("SDA", BOTH), ("", INPUT),
    ),
    "LIS3DH": (
        ("VDD", SUPPLIED), ("GND", SUPPLIED), ("RES", SUPPLIED), ("SCL", INPUT), ("SDA", BOTH),
        ("SA0", INPUT), ("CS", INPUT), ("INT", OPEN), ("", PASSIVE),
    ),
    "PMOS": (("D", SUPPLYING), ("", PASSIVE)),
    "HEADER-16": (
        ("LDO2", SUPPLYING), ("3V3", SUPPLYING), ("GND", SUPPLYING), ("", BOTH),
    ),
    "HEADER-12": (
        ("VBAT", SUPPLYING), ("VBUS", SUPPLYING), ("EN", PASSIVE), ("IO9", OUTPUT),
        ("IO10", INPUT), ("", BOTH),
    ),
    "GH-5": (
        ("3V3", SUPPLIED), ("GND", SUPPLIED), ("SDA", BOTH), ("SCL", INPUT), ("INT", OPEN),
    ),
    "SH-4": (("3V3", SUPPLIED), ("GND", SUPPLIED), ("SDA", BOTH), ("SCL", INPUT)),
}  # fmt: skip
FILTER_OHM = 100  # a resistor this small filters the supply of what is on its pin 2
MAY_STAY_OPEN = {PASSIVE, BOTH, OPEN}


class Violation(NamedTuple):
    """A broken rule: where, and what is wrong there."""

    place: str
    fault: str


def kind_of(part: design.Part, name: str) -> str:
    """Electrical kind of a pin, by the beginning of its name."""
    if part.kind == "resistor" and part.amount <= FILTER_OHM and name == "2":
        return SUPPLYING
    for beginning, kind in _KINDS.get(part.value, (("", PASSIVE),)):
        if name.startswith(beginning):
            return kind
    raise ValueError(f"{part.ref} pin {name} has no electrical kind")


def violations(parts: Sequence[design.Part] = design.PARTS) -> list[Violation]:
    """Every broken rule; none in a sound design."""
    found = _reference_rules(parts)
    by_ref = {part.ref: part for part in parts}
    for net, pins in design.nets(tuple(parts)).items():
        kinds = [kind_of(by_ref[ref], by_ref[ref].pins[number][0]) for ref, number in pins]
        found += [Violation(f"net {net}", fault) for fault in _net_faults(kinds)]
    for part in parts:
        for number, (name, net) in part.pins.items():
            if not net and kind_of(part, name) not in MAY_STAY_OPEN:
                found.append(Violation(f"{part.ref} pin {number} ({name})", "is not connected"))
    return found + mating_faults(parts)


def mating_faults(parts: Sequence[design.Part] = design.PARTS) -> list[Violation]:
    """Leads that fit where a supply comes out, or take the plug of a cell.

    An electrode must not reach a supply by a wrong plug; a cell must not reach a sensor's bus.
    Families count, not pins: a narrow plug goes into a wide socket of its family.
    """
    worn, carrying = {CELL_PLUG: "the cell"}, {}
    for part in parts:
        if part.kind == "connector" and part.item.mates:
            is_electrode = {net for _, net in part.pins.values()} & set(design.ELECTRODE_LEADS)
            (carrying if is_electrode else worn)[part.item.mates] = part.ref
    cells = _family(CELL_PLUG)
    found = [
        Violation(ref, f"takes what belongs into {other} ({family})")
        for family, ref in carrying.items()
        for supply, other in worn.items()
        if _family(family) == _family(supply)
    ]
    return found + [
        Violation(ref, f"takes the plug of a cell ({family})")
        for family, ref in worn.items()
        if family != CELL_PLUG and _family(family) == cells
    ]


def _family(mates: str) -> str:
    return mates.rpartition(" ")[0]


def _net_faults(kinds: list[str]) -> list[str]:
    faults = []
    if len(kinds) < 2:
        faults.append("ends at one pin")
    if kinds.count(OUTPUT) + kinds.count(SUPPLYING) > 1:
        faults.append("has more than one output or supply")
    if SUPPLIED in kinds and SUPPLYING not in kinds:
        faults.append("should supply a part, and nothing supplies it")
    if INPUT in kinds and not set(kinds) - {INPUT}:
        faults.append("has only inputs")
    return faults


def _reference_rules(parts: Sequence[design.Part]) -> list[Violation]:
    refs = [part.ref for part in parts]
    twice = {ref for ref in refs if refs.count(ref) > 1}
    shorted = [
        part.ref
        for part in parts
        if len(part.pins) == 2 and len({net for _, net in part.pins.values()}) == 1
    ]
    return [
        *(Violation(ref, "is used twice") for ref in sorted(twice)),
        *(Violation(ref, "has both ends on one net") for ref in shorted),
    ]
