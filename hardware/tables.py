"""The tables in the hardware's documents and its lists for ordering, from the design.

Everything between `<!-- table: NAME -->` and `<!-- end -->` is generated; the rest is prose.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from dyadwire import frontend
from hardware import bringup, design, evidence, power, stripboard
from hardware.enclosure import dimensions as d

MARK = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
BOM_HEADS = (
    "references", "quantity", "value", "tolerance", "MPN", "maker", "alternatives", "footprint",
    "checked",
)  # fmt: skip
ROLES = ("scl", "sda", "ppg_interrupt", "button", "led", "usb_sense", "battery_adc", "sync")


def rows(heads: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    table = [heads, ["---"] * len(heads), *lines]
    return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in table)


def bom() -> list[tuple[str, ...]]:
    """One line for each thing to order."""
    groups: dict[tuple[str, str], list[design.Part]] = defaultdict(list)
    for part in design.ordered():
        groups[part.item.mpn, part.value].append(part)
    return [_bom_line(parts) for parts in groups.values()]


def _bom_line(parts: list[design.Part]) -> tuple[str, ...]:
    first = parts[0]
    tolerance = f"{100 * first.tolerance:g} %" if first.tolerance else "n/a"
    return (
        " ".join(part.ref for part in parts), str(len(parts)), first.value, tolerance,
        first.item.mpn, first.item.maker, " ".join(first.item.alternatives), first.item.footprint,
        first.item.checked,
    )  # fmt: skip


def bom_csv() -> str:
    """The parts list as a file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(BOM_HEADS)
    writer.writerows(bom())
    return text.getvalue()


def bom_table() -> str:
    """The parts list, short enough to read."""
    return rows(
        ("references", "value", "tolerance", "order", "or"),
        ((line[0], line[2], line[3], f"{line[5]} {line[4]}", line[6]) for line in bom()),
    )


def parts_table() -> str:
    """Every part but connectors, and what each is for."""
    return rows(
        ("part", "value", "on nets", "purpose"),
        (
            (part.ref, part.value, ", ".join(dict.fromkeys(_nets_of(part))), part.purpose)
            for part in design.PARTS
            if part.kind != "connector"
        ),
    )


def _nets_of(part: design.Part) -> list[str]:
    return [net for _, net in part.pins.values() if net]


def pins_table() -> str:
    """Pads of each role in the firmware's pin table, on each board."""
    heads = ("role", *(f"{board.title} (`{name}`)" for name, board in design.BOARDS.items()))
    supply = ("supply of the front end",
              *(f"GPIO {one.front_end.gpio} ({one.front_end.label})"
                for one in design.BOARDS.values()))  # fmt: skip
    return rows(heads, [*((role, *_places(role)) for role in ROLES), supply])


def _places(role: str) -> Iterable[str]:
    for board in design.BOARDS.values():
        pad = board.pads.get(role)
        yield f"GPIO {pad.gpio} ({pad.label})" if pad else "none"


def power_table() -> str:
    """Loads and what each draws, and how long four sizes of battery last."""
    loads = ((one.name, _range(one.min_ma, one.max_ma, 2), one.known) for one in power.LOADS)
    asleep = (power.MODEM_SLEEP, *power.LOADS[1:])
    return rows(
        ("load", "mA", "known how"),
        [*loads, ("**together**", _range(*power.total_ma(), 1), _lasting(power.LOADS)),
         ("with modem sleep", _range(*power.total_ma(asleep), 1), _lasting(asleep))],
    )  # fmt: skip


def _lasting(loads: tuple[power.Load, ...]) -> str:
    return ", ".join(
        f"{mah} mAh: {_range(*power.hours(mah, loads), 1)} h" for mah in (150, 400, 500, 1000)
    )


def _range(low: float, high: float, digits: int) -> str:
    """Two numbers, or one where they are the same."""
    ends = f"{low:.{digits}f}", f"{high:.{digits}f}"
    return "-".join(dict.fromkeys(ends))


def bringup_table() -> str:
    """The steps of the bring-up; those that guard a person are marked."""
    return rows(
        ("step", "name", "with what", "expected"),
        (
            (number, f"`{step.name}`" + (" **!**" if step.guards else ""), step.what,
             bringup.expected(step))
            for number, step in enumerate(bringup.STEPS, start=1)
        ),
    )  # fmt: skip


def heights_table() -> str:
    """What stands on what in the case."""
    layers = (
        ("cell", d.CELL_MM), ("foam", d.FOAM_MM), ("tails of the sockets", d.TAILS_MM),
        ("FeatherS3", d.FEATHER_PCB_MM), ("sockets", d.SOCKET_MM), ("headers", d.HEADER_BODY_MM),
        ("wing", d.WING_PCB_MM), ("highest part on it, plugged", d.TALLEST_MM),
        ("**inside of the case, below the lid's rim**", d.INNER_HEIGHT_MM - d.LIP_MM),
    )  # fmt: skip
    return rows(("layer", "mm"), ((name, f"{height:g}") for name, height in layers))


def jig_table() -> str:
    """The resistors of the calibration jig and what each is for."""
    uses = (
        "gives the zero of the current", "checks", "checks", "gives gain and zero of the voltage",
        "checks", "gives gain and zero of the voltage",
    )  # fmt: skip
    return rows(
        ("position", "resistor, 0.1 %", "conductance", "use"),
        (
            (
                number,
                "open" if ohms is None else f"{ohms:,} ohm",
                "0" if ohms is None else f"{1e6 / ohms:.4g} uS",
                use,
            )
            for number, (ohms, use) in enumerate(zip(frontend.JIG_OHM, uses, strict=True), start=1)
        ),
    )


def wired_table() -> str:
    """Wired parts to have on the table for the stripboard."""
    groups: dict[tuple[str, str, float], list[str]] = defaultdict(list)
    for part in stripboard.seated():
        groups[part.kind, part.value, part.tolerance].append(part.ref)
    return rows(
        ("wired part", "value", "tolerance", "how many", "references"),
        (
            (kind, value, f"{100 * tolerance:g} %", len(refs), " ".join(refs))
            for (kind, value, tolerance), refs in sorted(groups.items(), reverse=True)
        ),
    )


def strips_table() -> str:
    """Net of every strip of the stripboard, to be found again with a multimeter."""
    return rows(
        ("row", "left of the cuts", "right of the cuts"),
        ((number, *nets) for number, nets in enumerate(stripboard.strips(), start=1)),
    )


def evidence_table() -> str:
    """Every order number and every fact, with what was checked of it and where."""
    numbers: dict[str, list[str]] = defaultdict(list)
    for line in bom():
        numbers[line[-1]].append(line[4])
    parts = ((", ".join(mpns), checked) for checked, mpns in numbers.items())
    return rows(("part or fact", "known how"), [*parts, *evidence.FACTS])


TABLES: dict[str, Callable[[], str]] = {
    "bom": bom_table,
    "parts": parts_table,
    "pins": pins_table,
    "power": power_table,
    "jig": jig_table,
    "bringup": bringup_table,
    "heights": heights_table,
    "strips": strips_table,
    "wired": wired_table,
    "evidence": evidence_table,
}


def with_tables(text: str, extra: dict[str, str]) -> str:
    """A document with fresh tables; `extra` are those that took a simulation, else left."""

    def fresh(found: re.Match[str]) -> str:
        name = found[2]
        if name not in extra and name not in TABLES:
            return found[0]
        return found[1] + (extra[name] if name in extra else TABLES[name]()) + found[3]

    return MARK.sub(fresh, text)
