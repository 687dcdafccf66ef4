"""Pictures of the stripboard: bare with its cuts, with wires and chip, and complete."""

from hardware import design
from hardware.drawing.svg import FAINT, INK, Point, Sheet
from hardware.stripboard import CHIP, CHIP_TOP, TERMINALS, Hole, Seat, Stripboard

_STEP = 6.0
_LEFT, _TOP = 30.0, 30.0
_COPPER, _BODY, _WIRE, _CHIP = "#e3b98f", "#fdf6e3", "#c0392b", "#d6e4f0"
STEPS = (
    ("cuts", "1  Cut the strips at the crosses (seen from the parts' side)"),
    ("wires", "2  Solder the wires and the amplifier on its adapter"),
    ("parts", "3  Solder the parts, each upright or flat between its two holes"),
)


def draw(board: Stripboard, step: str) -> str:
    """One step's picture; later steps show the earlier ones."""
    width = _LEFT + board.columns * _STEP + 52
    sheet = Sheet(width, _TOP + board.rows * _STEP + 14)
    number = [name for name, _ in STEPS].index(step)
    sheet.text((8, 12), STEPS[number][1], 4.5)
    sheet.text((8, 18), f"{board.columns} x {board.rows} holes, 2.54 mm apart", 3, colour=FAINT)
    _strips(sheet, board)
    if number >= 1:
        _wires_and_chip(sheet, board)
    if number >= 2:
        for seat in board.seats:
            _part(sheet, seat)
        _terminals(sheet, board)
    return sheet.svg()


def _at(hole: Hole) -> Point:
    return _LEFT + hole[1] * _STEP, _TOP + hole[0] * _STEP


def _strips(sheet: Sheet, board: Stripboard) -> None:
    for row in range(board.rows):
        x, y = _at((row, 0))
        size = ((board.columns - 1) * _STEP + 4, 4.4)
        sheet.box((x - 2, y - 2.2), size, _COPPER, "none", 1)
        sheet.text((x - 4, y + 1), f"{row + 1}", 2.6, "end", FAINT)
        for column in range(board.columns):
            sheet.dot(_at((row, column)), 0.6, "#ffffff")
    for column in range(0, board.columns, 2):
        sheet.text((_at((0, column))[0], _TOP - 4), f"{column + 1}", 2.4, "middle", FAINT)
    for cut in board.cuts:
        x, y = _at(cut)
        sheet.box((x - 2, y - 2.6), (4, 5.2), "#ffffff", "none")
        sheet.line([(x - 1.6, y - 1.6), (x + 1.6, y + 1.6)], INK, 0.7)
        sheet.line([(x - 1.6, y + 1.6), (x + 1.6, y - 1.6)], INK, 0.7)


def _wires_and_chip(sheet: Sheet, board: Stripboard) -> None:
    left, right = board.chip["1"], board.chip["14"]
    corner = (_at(left)[0] - 2, _at(left)[1] - 3)
    size = (_at(right)[0] - _at(left)[0] + 4, 6 * _STEP + 6)
    sheet.box(corner, size, _CHIP, round_mm=1)
    sheet.dot((corner[0] + 8, corner[1] + 3), 1.2)
    middle = (corner[0] + size[0] / 2, _at((CHIP_TOP + 3, 0))[1])
    sheet.text((middle[0], middle[1] - 1), CHIP, 4.5, "middle")
    sheet.text((middle[0], middle[1] + 4), design.part(CHIP).value, 3, "middle")
    sheet.text((middle[0], middle[1] + 8), "on adapter", 2.5, "middle", FAINT)
    for number, hole in board.chip.items():
        x, y = _at(hole)
        inward = 2.6 if hole[1] == left[1] else -2.6
        sheet.dot((x, y), 1, INK)
        sheet.text((x + inward, y + 0.9), number, 2.4, "middle")
    for one, other in board.links:
        _wire(sheet, _at(one), _at(other))


def _wire(sheet: Sheet, one: Point, other: Point) -> None:
    sheet.line([one, other], _WIRE, 1.1)
    for end in (one, other):
        sheet.dot(end, 1.1, _WIRE)


def _part(sheet: Sheet, seat: Seat) -> None:
    part = design.part(seat.ref)
    one, other = sorted((_at(seat.first), _at(seat.second)), key=lambda at: at[1])
    sheet.line([one, other], INK, 0.7)
    for end in (one, other):
        sheet.dot(end, 1, INK)
    middle = (one[0], (one[1] + other[1]) / 2)
    fill = _BODY if part.kind == "resistor" else "#e8daef"
    sheet.box((middle[0] - 4.6, middle[1] - 2.9), (9.2, 5.8), fill, INK, 1)
    sheet.text((middle[0], middle[1] - 0.3), seat.ref, 2.6, "middle")
    sheet.text((middle[0], middle[1] + 2.3), part.value, 2.2, "middle")


def _terminals(sheet: Sheet, board: Stripboard) -> None:
    meanings = dict(TERMINALS)
    for net, hole in board.terminals.items():
        x, y = _at(hole)
        sheet.dot((x, y), 1.4, "#1e8449")
        sheet.line([(x, y), (x + 14, y)], "#1e8449", 0.8)
        sheet.text((x + 15, y + 1), f"{net}: {meanings[net]}", 2.8)
