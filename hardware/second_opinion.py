"""Second opinion on the design by skidl: its electrical rules, and the nets of its netlist.

    python hardware/second_opinion.py [short|loose]    breaks the design first, to show it can fail

A check only, run as a program of its own. skidl is installed without its dependency InSpice, which
is GPL: it simulates circuits, which here ngspice does. `./run test` installs it so.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "shared")]

import skidl  # noqa: E402
from skidl import KICAD6, SKIDL, TEMPLATE, Circuit, Net, Pin  # noqa: E402

from hardware import design, erc  # noqa: E402

KINDS = {
    erc.PASSIVE: Pin.types.PASSIVE,
    erc.INPUT: Pin.types.INPUT,
    erc.OUTPUT: Pin.types.OUTPUT,
    erc.BOTH: Pin.types.BIDIR,
    erc.OPEN: Pin.types.OPENCOLL,
    erc.SUPPLIED: Pin.types.PWRIN,
    erc.SUPPLYING: Pin.types.PWROUT,
}
BROKEN = {"short": ("U3", "7", "OUTA"), "loose": ("U3", "10", "")}


def circuit(parts: tuple[design.Part, ...]) -> Circuit:
    """The design as skidl knows it: every part, its pins on nets."""
    made = Circuit()
    nets = {name: Net(name, circuit=made) for name in design.nets(parts)}
    for part in parts:
        placed = _placed(part, made)
        for number, (name, net) in part.pins.items():
            if net:
                nets[net] += placed[number]
            elif erc.kind_of(part, name) in erc.MAY_STAY_OPEN:
                placed[number] += made.NC
    return made


def _placed(part: design.Part, made: Circuit) -> skidl.Part:
    pins = [
        Pin(num=number, name=name, func=KINDS[erc.kind_of(part, name)])
        for number, (name, _) in part.pins.items()
    ]
    kind = skidl.Part(
        name=part.value, tool=SKIDL, dest=TEMPLATE, pins=pins, footprint=part.item.footprint
    )
    return kind(circuit=made, ref=part.ref, tag=part.ref, value=part.value)


def broken(how: str) -> tuple[design.Part, ...]:
    """The design with one pin on a wrong net."""
    ref, number, net = BROKEN[how]
    return tuple(
        part._replace(pins=part.pins | {number: (part.pins[number][0], net)})
        if part.ref == ref
        else part
        for part in design.PARTS
    )


def main(how: list[str]) -> None:
    """Print errors, warnings and the nets of skidl's netlist as JSON."""
    made = circuit(broken(how[0]) if how else design.PARTS)
    made.ERC()
    faults = skidl.erc_logger
    found = {
        "errors": faults.error.count,
        "warnings": faults.warning.count,
        "netlist": made.generate_netlist(tool=KICAD6),
        "inspice": "InSpice" in sys.modules,
    }
    print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
