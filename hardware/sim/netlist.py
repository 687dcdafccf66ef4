"""SPICE netlists of the front end, made from the parts list and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dyadkit.sim.device.circuit import CONVERTING_SHARE, CURRENT_LOAD_OHM, VOLTAGE_LOAD_OHM
from dyadwire import frontend
from hardware import design
from hardware.sim import opamp

CURRENT = "v(AIN3)-v(AIN0)"
VOLTAGE = "v(AIN1)-v(AIN3)"


@dataclass(frozen=True)
class CircuitSetup:
    """The circuit on the bench: what differs from the design, and what is connected.

    values : by reference, instead of the design's
    offsets_v : of the amplifiers, by letter
    supply_v : at 3V3
    battery_v : of the cell
    supply : how it comes up, as a SPICE source; empty for a steady one
    skin : lines between ELEC_A, ELEC_B and GND
    removed : references that are not there
    extra : lines more
    """

    values: Mapping[str, float] = field(default_factory=dict)
    offsets_v: Mapping[str, float] = field(default_factory=dict)
    supply_v: float = frontend.SUPPLY_V
    battery_v: float = 3.9
    supply: str = ""
    skin: tuple[str, ...] = ("Vcurrent ELEC_A skin 0", "Rskin skin ELEC_B 100k")
    removed: frozenset[str] = frozenset()
    extra: tuple[str, ...] = ()


def netlist(bench: CircuitSetup) -> str:
    """The circuit, without commands."""
    lines = ["* dyadkit front end, generated from hardware/design.py", opamp.subcircuit()]
    lines += [
        f"VDD 3V3 0 {bench.supply or f'DC {bench.supply_v:.9g}'}",
        f"Vbattery BAT 0 {bench.battery_v:g}",
    ]
    lines += [line for part in design.PARTS for line in _lines(part, bench)]
    lines += [*_converter_load(), *bench.skin, *bench.extra]
    return "\n".join(_ground(line) for line in lines)


def _lines(part: design.Part, bench: CircuitSetup) -> list[str]:
    if part.ref in bench.removed:
        return []
    if part.kind in ("resistor", "capacitor"):
        amount = bench.values.get(part.ref, part.amount)
        return [f"{part.ref} {part.net('1')} {part.net('2')} {amount:.9g}"]
    if part.value == "MCP6074":
        return [_amplifier(part, letter, bench) for letter in design.AMPLIFIERS]
    return []


def _amplifier(part: design.Part, letter: str, bench: CircuitSetup) -> str:
    pins = [part.net(name) for name in (f"+{letter}", f"-{letter}", f"OUT{letter}", "VDD", "VSS")]
    offset = bench.offsets_v.get(letter, 0.0)
    return f"X{letter} {' '.join(pins)} amplifier offset={offset:.9g}"


def _converter_load() -> list[str]:
    """What the converter's inputs draw, as resistors; the same as in the simulator's circuit."""
    lines = []
    for net, (ground, pair) in (("AIN0", CURRENT_LOAD_OHM), ("AIN1", VOLTAGE_LOAD_OHM)):
        lines += [
            f"R{net}_ground {net} 0 {ground / CONVERTING_SHARE:g}",
            f"R{net}_level AIN3 0 {ground / CONVERTING_SHARE:g}",
            f"R{net}_pair {net} AIN3 {pair / CONVERTING_SHARE:g}",
        ]
    return lines


def _ground(line: str) -> str:
    """SPICE calls ground 0."""
    return " ".join("0" if word == "GND" else word for word in line.split(" "))
