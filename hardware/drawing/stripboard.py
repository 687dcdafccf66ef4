"""Pictures of the stripboard: its cuts from the copper side, wires and chip, all parts."""

from collections.abc import Sequence

from hardware import design
from hardware.drawing.svg import FAINT, INK, Point, Sheet
from hardware.stripboard import CHIP, TERMINALS, Hole, Seat, Stripboard

_STEP = 6.0
_LEFT, _TOP = 30.0, 30.0
_COPPER, _WIRE, _CHIP = "#e3b98f", "#c0392b", "#d6e4f0"
_BODY, _CAPACITOR = "#fdf6e3", "#e8daef"
STEPS = (
    ("cuts", "1  Turn the board over: cut the strips at the crosses (copper side, mirrored)"),
    ("wires", "2  Parts' side: solder the wires and the amplifier on its adapter"),
    ("parts", "3  Solder the parts, each upright or flat between its two holes"),
)


def draw(board: Stripboard, step: str) -> str:
    """One step's picture; the third shows the second's wires, too."""
    sheet = Sheet(_LEFT + board.columns * _STEP + 46, _TOP + board.rows * _STEP + 14)
    number = [name for name, _ in STEPS].index(step)
    sheet.text((8, 12), STEPS[number][1], 5.5)
    sheet.text((8, 19), f"{board.columns} x {board.rows} holes, 2.54 mm apart", 3.5, colour=FAINT)
    if step == "cuts":
        mirrored = [(row, board.columns - 1 - column) for row, column in board.cuts]
        _strips(sheet, board, range(board.columns, 0, -1))
        _cuts(sheet, mirrored)
        return sheet.svg()
    _strips(sheet, board, range(1, board.columns + 1))
    _cuts(sheet, board.cuts)
    _wires_and_chip(sheet, board)
    if step == "parts":
        for seat in board.seats:
            _part(sheet, seat)
        _terminals(sheet, board)
    return sheet.svg()


def _at(hole: Hole) -> Point:
    return _LEFT + hole[1] * _STEP, _TOP + hole[0] * _STEP


def _strips(sheet: Sheet, board: Stripboard, numbers: range) -> None:
    for row in range(board.rows):
        x, y = _at((row, 0))
        size = ((board.columns - 1) * _STEP + 4, 4.4)
        sheet.box((x - 2, y - 2.2), size, _COPPER, "none", 1)
        sheet.text((x - 4, y + 1), f"{row + 1}", 3, "end", FAINT)
        for column in range(board.columns):
            sheet.dot(_at((row, column)), 0.6, "#ffffff")
    for column, number in enumerate(numbers):
        if number % 2:
            sheet.text((_at((0, column))[0], _TOP - 4), f"{number}", 3, "middle", FAINT)


def _cuts(sheet: Sheet, cuts: Sequence[Hole]) -> None:
    for cut in cuts:
        x, y = _at(cut)
        sheet.box((x - 2, y - 2.6), (4, 5.2), "#ffffff", "none")
        sheet.line([(x - 1.6, y - 1.6), (x + 1.6, y + 1.6)], INK, 0.7)
        sheet.line([(x - 1.6, y + 1.6), (x + 1.6, y - 1.6)], INK, 0.7)


def _wires_and_chip(sheet: Sheet, board: Stripboard) -> None:
    left, right = board.chip["1"], board.chip["14"]
    corner = (_at(left)[0] - 2, _at(left)[1] - 3)
    size = (_at(right)[0] - _at(left)[0] + 4, 6 * _STEP + 6)
    sheet.box(corner, size, _CHIP, round_mm=1)
    sheet.dot((corner[0] + 9.5, corner[1] + 3), 1.2)
    middle_x, top_y = corner[0] + size[0] / 2, _at(left)[1]
    sheet.text((middle_x, top_y + 0.9 * _STEP), CHIP, 4.5, "middle")
    sheet.text((middle_x, top_y + 5.1 * _STEP), design.part(CHIP).value, 3.2, "middle")
    sheet.text((middle_x, top_y + 5.9 * _STEP), "on its adapter", 3, "middle", FAINT)
    for number, hole in board.chip.items():
        x, y = _at(hole)
        inward = 3 if hole[1] == left[1] else -3.4
        sheet.dot((x, y), 1, INK)
        sheet.text((x + inward, y + 1), number, 3, "middle")
    for one, other in board.links:
        _wire(sheet, _at(one), _at(other))


def _wire(sheet: Sheet, one: Point, other: Point) -> None:
    sheet.line([one, other], _WIRE, 1.1)
    for end in (one, other):
        sheet.dot(end, 1.1, _WIRE)


def _part(sheet: Sheet, seat: Seat) -> None:
    """A part on its two holes, its name and value beside it over the free column."""
    part = design.part(seat.ref)
    one, other = sorted((_at(seat.first), _at(seat.second)), key=lambda at: at[1])
    sheet.line([one, other], INK, 0.7)
    fill = _BODY if part.kind == "resistor" else _CAPACITOR
    x, y = one[0], (one[1] + other[1]) / 2
    half = min(4.0, (other[1] - one[1]) / 2 - 1.2)
    sheet.box((x - 1.3, y - half), (2.6, 2 * half), fill, INK, 0.6)
    for end in (one, other):
        sheet.dot(end, 1, INK)
    sheet.box((x + 1.5, y - 3.4), (9.2, 6.8), fill, "none", 0.6)
    sheet.text((x + 6.1, y - 0.4), seat.ref, 3, "middle")
    sheet.text((x + 6.1, y + 2.8), part.value, 3, "middle")


def _terminals(sheet: Sheet, board: Stripboard) -> None:
    meanings = dict(TERMINALS)
    for net, hole in board.terminals.items():
        x, y = _at(hole)
        sheet.dot((x, y), 1.4, "#1e8449")
        sheet.line([(x, y), (x + 12, y)], "#1e8449", 0.8)
        sheet.text((x + 13, y + 1), f"{net}: {meanings[net]}", 3.2)
