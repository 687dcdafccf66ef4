"""The lists an assembly house reads: parts to buy, and where the machine places them.

The machine places what is soldered flat on the front. Headers and wires are soldered by hand.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from hardware import design

PARTS_HEADS = ("Comment", "Designator", "Footprint", "Quantity", "Manufacturer", "MPN", "Mounted")
PLACES_HEADS = ("Designator", "Mid X", "Mid Y", "Layer", "Rotation", "Comment", "Footprint")
BY_MACHINE, BY_HAND = "machine", "hand"
_BY_HAND = ("PinHeader", "SolderWire")  # footprints with holes


class Position(NamedTuple):
    """Place of a part's centre from the lower left corner, turn against the clock, and side."""

    x_mm: float
    y_mm: float
    turn_deg: float
    side: str


def mounted(part: design.Part) -> str:
    """Who solders a part."""
    return BY_HAND if any(word in part.item.footprint for word in _BY_HAND) else BY_MACHINE


def parts_csv() -> str:
    """One line for each thing to buy, first choices only."""
    groups: dict[tuple[str, str], list[design.Part]] = defaultdict(list)
    for part in design.ordered():
        groups[part.item.mpn, part.value].append(part)
    return _csv(PARTS_HEADS, (_line(parts) for parts in groups.values()))


def _line(parts: Sequence[design.Part]) -> tuple[object, ...]:
    first = parts[0]
    return (
        first.value, ",".join(one.ref for one in parts), first.item.footprint.split(":")[1],
        len(parts), first.item.maker, first.item.mpn, mounted(first),
    )  # fmt: skip


def places_csv(positions: Mapping[str, Position]) -> str:
    """Where the machine places each part, in millimetres and degrees."""
    machine = [part for part in design.ordered() if mounted(part) == BY_MACHINE]
    return _csv(PLACES_HEADS, (_placed(part, positions[part.ref]) for part in machine))


def _placed(part: design.Part, at: Position) -> tuple[object, ...]:
    return (
        part.ref, f"{at.x_mm:.4f}mm", f"{at.y_mm:.4f}mm", at.side, f"{at.turn_deg:g}", part.value,
        part.item.footprint.split(":")[1],
    )  # fmt: skip


def _csv(heads: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(lines)
    return text.getvalue()
