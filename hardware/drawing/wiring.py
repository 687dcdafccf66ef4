"""How the modules of tier A are wired to a board: one lane for each net, a dot where one joins."""

from hardware import design
from hardware.drawing.svg import FAINT, INK, Sheet
from hardware.stripboard import TERMINALS

LANES = {
    "3V3": "#c0392b", "GND": "#1a1a1a", "BAT": "#d35400", "SCL": "#b7950b", "SDA": "#2471a3",
    "PPG_INT": "#7d3c98", "VFE": "#ca6f9e", "AIN0": "#117a65", "AIN1": "#27ae60", "AIN2": "#16a085",
    "AIN3": "#82a82f",
}  # fmt: skip
_MODULES = (
    ("ADS1115 module", (
        ("VDD", "3V3"), ("GND", "GND"), ("SCL", "SCL"), ("SDA", "SDA"), ("ADDR", "GND"),
        ("A0", "AIN0"), ("A1", "AIN1"), ("A2", "AIN2"), ("A3", "AIN3"),
    )),
    ("MAX30102 breakout, on the finger's lead", (
        ("VIN", "3V3"), ("GND", "GND"), ("SCL", "SCL"), ("SDA", "SDA"), ("INT", "PPG_INT"),
    )),
    ("stripboard", tuple((net, net) for net, _ in TERMINALS)),
)  # fmt: skip
_ROLES = (("scl", "SCL"), ("sda", "SDA"), ("ppg_interrupt", "PPG_INT"), ("battery_adc", "AIN2"))
_ROW = 5.0  # of the board's pins, halfway between the rows of the modules' pins
_BOARD_X, _LANES_X, _MODULES_X = 14.0, 110.0, 206.0


def draw(name: str) -> str:
    """The wiring of one board, on A4."""
    board = design.BOARDS[name]
    sheet = Sheet(297, 210)
    sheet.text((10, 13), f"Wiring of {board.title} (tier A)", 5)
    sheet.text((10, 19), f"board table: {name}; {board.remark}", 3, colour=FAINT)
    lane_x = {net: _LANES_X + 8 * index for index, net in enumerate(LANES)}
    for net, x in lane_x.items():
        sheet.line([(x, 32), (x, 200)], LANES[net], 0.7)
        sheet.text((x, 29), net.replace("PPG_", ""), 2.6, "middle", LANES[net])
    _board(sheet, board, lane_x)
    y = 34.0
    for title, pins in _MODULES:
        y = _module(sheet, title, pins, (y, lane_x))
    return sheet.svg()


def wires(name: str) -> list[tuple[str, str]]:
    """(pad, net) of every wire at the board."""
    pads = design.BOARDS[name].pads
    found = [("3V3", "3V3"), ("GND", "GND"), ("BAT +", "BAT")]
    for role, net in _ROLES:
        pad = pads.get(role, design.ON_BOARD)
        if pad.label != design.ON_BOARD.label:
            found.append((f"{pad.label} (GPIO {pad.gpio})", net))
    supply = design.BOARDS[name].front_end
    return [*found, (f"{supply.label} (GPIO {supply.gpio})", "VFE")]


def _board(sheet: Sheet, board: design.DevelopmentBoard, lane_x: dict[str, float]) -> None:
    pins = wires(next(name for name, one in design.BOARDS.items() if one is board))
    top, width = 58.5, 56.0
    sheet.box((_BOARD_X, top), (width, _ROW * (len(pins) + 2)), "#eaf2f8", round_mm=2)
    sheet.text((_BOARD_X + width / 2, top + 6), board.title, 3.2, "middle")
    for row, (label, net) in enumerate(pins):
        y = top + _ROW * (row + 2)
        edge = _BOARD_X + width
        sheet.text((edge - 2, y + 1), label, 3, "end")
        sheet.dot((edge, y), 1, INK)
        _join(sheet, (edge, y), (lane_x[net], y), net)
    lower = top + _ROW * (len(pins) + 4)
    sheet.box((_BOARD_X, lower), (width, 16), "#fdebd0", round_mm=2)
    sheet.text((_BOARD_X + 2, lower + 6), "LiPo cell with protection,", 2.8)
    sheet.text((_BOARD_X + 2, lower + 11), board.cell, 2.8)
    for row, line in enumerate(
        ("A dot joins; a crossing without a dot does not.", "For the bench: only the wing parts",
         "the leads from USB.")
    ):  # fmt: skip
        sheet.text((_BOARD_X, lower + 26 + 4.5 * row), line, 3, colour=FAINT)


def _module(
    sheet: Sheet,
    title: str,
    pins: tuple[tuple[str, str], ...],
    where: tuple[float, dict[str, float]],
) -> float:
    """One module from a height on; the height below it."""
    top, lane_x = where
    step = 5.0
    height = step * (len(pins) + 1) + 3
    sheet.box((_MODULES_X, top), (80, height), "#eef7ee", round_mm=2)
    sheet.text((_MODULES_X + 78, top + 5), title, 3, "end")
    for row, (label, net) in enumerate(pins):
        y = top + step * (row + 1) + 2
        if net in lane_x:
            sheet.dot((_MODULES_X, y), 0.9, INK)
            sheet.text((_MODULES_X + 3, y + 1), label, 2.8)
            _join(sheet, (_MODULES_X, y), (lane_x[net], y), net)
        else:
            edge = _MODULES_X + 80
            sheet.dot((edge, y), 0.9, INK)
            sheet.line([(edge, y), (edge + 6, y)], INK, 0.7)
            sheet.text((edge - 3, y + 1), f"{label}, to the jig", 2.8, "end")
    return top + height + 7


def _join(sheet: Sheet, pin: tuple[float, float], lane: tuple[float, float], net: str) -> None:
    sheet.line([pin, lane], LANES[net], 0.7)
    sheet.dot(lane, 1.1, LANES[net])
