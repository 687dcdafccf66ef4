"""The front end on stripboard, for the bench: which part in which hole, worked out and checked.

It has neither relays nor a clamp: nobody is connected to it while anything else is plugged in.

Strips run from left to right. The amplifier sits in the middle, its strips cut between its pins, so
that its left pins' strips belong to the left field and its right pins' strips to the right one.
Every other net has a strip of its own over the whole board. Each part stands upright in one
column, from its first net's strip to its second's.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from hardware import design

PITCH_MM = 2.54
CHIP = "U3"
CHIP_WIDTH = 6  # holes from pin row to pin row of the adapter board
_WIDE_ABOVE = ("AIN1", "MIDDLE", "AHEAD", "ELEC_A")
CHIP_TOP = len(_WIDE_ABOVE)
_WIDE_BELOW = ("ELEC_B", "INNER_B", "GND", "AIN0", "AIN3", "AIN2", "BAT", "VFE")
_LEFT = ("R1", "R2", "R3", "C4", "C5", "R4", "R5", "R7", "C1", "R17", "C8", "C6", "R6", "C3",
         "R8", "C2", "C7", "R18", "R10", "C15", "R24")  # fmt: skip
_RIGHT = ("R11", "R12", "R9", "C9", "C10", "C11", "C12", "R13", "R14", "C13")
# the modules bring these
ON_MODULES = ("U1", "U4", "C14", "C16", "C17", "R15", "R16", "R23", "J1", "J2", "J4", "J5", "SW1")
# only a board has these: what parts the person from it, takes up static charge, or is a pad
ONLY_ON_THE_WING = (
    "Q1", "R21", "R22", "K1", "K2", "R19", "R20", "D1", "SW2", "J3",
    *(one.ref for one in design.PARTS if one.kind == design.BARE_COPPER),
)  # fmt: skip
TERMINALS = (
    ("VFE", "the front end's pin"), ("GND", "from the board"), ("BAT", "battery +"),
    ("AIN0", "ADS1115 A0"), ("AIN1", "ADS1115 A1"), ("AIN2", "ADS1115 A2"), ("AIN3", "ADS1115 A3"),
    ("ELEC_A", "electrode lead A"), ("ELEC_B", "electrode lead B"),
)  # fmt: skip

Hole = tuple[int, int]  # row, column


class Seat(NamedTuple):
    """A two-ended part: where its pin 1 and its pin 2 are."""

    ref: str
    first: Hole
    second: Hole


class Stripboard(NamedTuple):
    """Layout of a stripboard: size, cuts, wires, and the hole of every pin."""

    rows: int
    columns: int
    cuts: tuple[Hole, ...]
    links: tuple[tuple[Hole, Hole], ...]
    seats: tuple[Seat, ...]
    chip: dict[str, Hole]
    terminals: dict[str, Hole]


def layout() -> Stripboard:
    """Layout of the front end: where everything goes."""
    rows_of = _rows()
    left = _seats(_LEFT, rows_of["left"], 2)
    chip_left = max(seat.first[1] for seat in left) + 3
    chip = _chip(chip_left)
    right = _seats(_RIGHT, rows_of["right"], chip_left + CHIP_WIDTH + 3)
    last = max(seat.first[1] for seat in right) + 2
    middle = chip_left + CHIP_WIDTH // 2
    return Stripboard(
        rows=len(rows_of["all"]),
        columns=last + 2,
        cuts=tuple((row, middle) for row in range(CHIP_TOP, CHIP_TOP + 7)),
        links=_links(rows_of, chip_left),
        seats=(*left, *right),
        chip=chip,
        terminals={net: (rows_of["wide"][net], last) for net, _ in TERMINALS},
    )


def strips() -> list[tuple[str, str]]:
    """The net of each strip from the top, left and right of the cuts."""
    pins = [net for _, net in design.part(CHIP).pins.values()]
    wide = [(net, net) for net in (*_WIDE_ABOVE, *_WIDE_BELOW)]
    return [*wide[:CHIP_TOP], *zip(pins[:7], reversed(pins[7:]), strict=True), *wide[CHIP_TOP:]]


def seated() -> list[design.Part]:
    """The parts that are soldered here, the amplifier not counted."""
    return [design.part(ref) for ref in (*_LEFT, *_RIGHT)]


def _rows() -> dict[str, dict[str, int]]:
    """The row of each net: over the whole board, in the left field, in the right field."""
    pins = [net for _, net in design.part(CHIP).pins.values()]
    left = {net: CHIP_TOP + row for row, net in enumerate(pins[:7])}
    right = {net: CHIP_TOP + row for row, net in enumerate(reversed(pins[7:]))}
    wide = {net: row for row, net in enumerate(_WIDE_ABOVE)}
    wide |= {net: CHIP_TOP + 7 + row for row, net in enumerate(_WIDE_BELOW)}
    count = CHIP_TOP + 7 + len(_WIDE_BELOW)
    return {
        "left": wide | left, "right": wide | right, "wide": wide,
        "all": {str(row): row for row in range(count)},
    }  # fmt: skip


def _seats(refs: tuple[str, ...], row_of: dict[str, int], start: int) -> list[Seat]:
    """Each part in the first column where its span is free; bodies need a column between."""
    taken: dict[int, set[int]] = defaultdict(set)
    seats = []
    for ref in refs:
        rows = [row_of[net] for _, net in design.part(ref).pins.values()]
        span = set(range(min(rows), max(rows) + 1))
        column = start
        while taken[column] & span:
            column += 2
        taken[column] |= span
        seats.append(Seat(ref, (rows[0], column), (rows[1], column)))
    return seats


def _chip(left: int) -> dict[str, Hole]:
    pins = list(design.part(CHIP).pins)
    seats = {number: (CHIP_TOP + row, left) for row, number in enumerate(pins[:7])}
    backwards = enumerate(reversed(pins[7:]))
    return seats | {number: (CHIP_TOP + row, left + CHIP_WIDTH) for row, number in backwards}


def _links(rows_of: dict[str, dict[str, int]], chip_left: int) -> tuple[tuple[Hole, Hole], ...]:
    """Wires: supplies to the chip's strips, nets that have two strips, the level to both sides."""
    left, wide = rows_of["left"], rows_of["wide"]
    inner, outer = chip_left - 1, chip_left + CHIP_WIDTH + 1
    pins = [net for _, net in design.part(CHIP).pins.values()]
    made = [
        ((left["VFE"], inner), (wide["VFE"], inner)),
        ((CHIP_TOP + pins[:7].index("VL"), chip_left + 1),
         (CHIP_TOP + list(reversed(pins[7:])).index("VL"), chip_left + CHIP_WIDTH - 1)),
        ((CHIP_TOP + list(reversed(pins[7:])).index("GND"), outer + 1), (wide["GND"], outer + 1)),
    ]  # fmt: skip
    twins = list(reversed(pins[7:]))
    for row, (one, other) in enumerate(zip(twins, twins[1:], strict=False)):
        if one == other:
            made.append(((CHIP_TOP + row, outer), (CHIP_TOP + row + 1, outer)))
    return tuple(made)


def joined(board: Stripboard) -> set[frozenset[tuple[str, str]]]:
    """Groups of (reference, pin number) that copper and wires join."""
    found: dict[Hole, set[tuple[str, str]]] = defaultdict(set)
    copper = _copper(board)
    for pin, hole in _pins(board):
        found[copper[hole]].add(pin)
    return {frozenset(pins) for pins in found.values()}


def _copper(board: Stripboard) -> dict[Hole, Hole]:
    """For each hole the first hole of the copper it is on, wires included."""
    first: dict[Hole, Hole] = {}
    cuts = set(board.cuts)
    for row in range(board.rows):
        for column in range(board.columns):
            goes_on = column and not {(row, column - 1), (row, column)} & cuts
            first[row, column] = first[row, column - 1] if goes_on else (row, column)
    for one, other in board.links:
        kept, dropped = first[one], first[other]
        first = {hole: kept if start == dropped else start for hole, start in first.items()}
    return first


def _pins(board: Stripboard) -> Iterator[tuple[tuple[str, str], Hole]]:
    for seat in board.seats:
        yield (seat.ref, "1"), seat.first
        yield (seat.ref, "2"), seat.second
    for number, hole in board.chip.items():
        yield (CHIP, number), hole
    for net, hole in board.terminals.items():
        yield ("terminal", net), hole


def wanted() -> set[frozenset[tuple[str, str]]]:
    """The same groups as the design has them, of the parts that are on the stripboard."""
    here = {CHIP, *_LEFT, *_RIGHT}
    terminals = {net for net, _ in TERMINALS}
    return {
        frozenset(
            {pin for pin in pins if pin[0] in here}
            | ({("terminal", net)} if net in terminals else set())
        )
        for net, pins in design.nets().items()
        if any(pin[0] in here for pin in pins)
    }


def holes_used(board: Stripboard) -> list[Hole]:
    """Every hole something is soldered into."""
    ends = [hole for seat in board.seats for hole in (seat.first, seat.second)]
    ends += [hole for link in board.links for hole in link]
    return [*ends, *board.chip.values(), *board.terminals.values()]
