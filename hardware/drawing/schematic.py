"""The schematic: placed by hand, named and valued by the design, and compared with its nets.

Each symbol notes where its pins are and each line joins points, so that `connected` can say which
pins the drawing joins. A test compares that with the netlist.
"""

from collections import defaultdict

from hardware import design
from hardware.drawing.svg import FAINT, INK, Point, Sheet

_NET_COLOUR = "#1f618d"


Place = tuple[int, float, float]  # sheet, x, y


class Schematic:
    """Sheets that know what they connect; equal names of nets join them."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self._pins: dict[tuple[str, str], Place] = {}
        self._joined: list[tuple[Place, Place]] = []
        self._flags: dict[str, list[Place]] = defaultdict(list)

    @property
    def sheet(self) -> Sheet:
        """The sheet that is drawn on."""
        return self.sheets[-1]

    def turn_over(self, title: str) -> None:
        """Begin another sheet of A4."""
        self.sheets.append(Sheet(297, 210))
        self.sheet.text((10, 12), title, 4.5)
        self.sheet.text((287, 12), "research prototype, CERN-OHL-P-2.0", 2.8, "end", FAINT)

    def _here(self, at: Point) -> Place:
        return (len(self.sheets), *at)

    # symbols

    def wire(self, *points: Point) -> None:
        """A line that joins its corners."""
        self.sheet.line(list(points), INK, 0.35)
        places = [self._here(one) for one in points]
        self._joined += zip(places, places[1:], strict=False)

    def ground(self, at: Point) -> None:
        """The symbol of ground."""
        self._flags["GND"].append(self._here(at))
        for row, half in ((0.0, 2.6), (1.1, 1.6), (2.2, 0.6)):
            y = at[1] + 1.5 + row
            self.sheet.line([(at[0] - half, y), (at[0] + half, y)], INK, 0.4)
        self.sheet.line([at, (at[0], at[1] + 1.5)], INK, 0.35)

    def flag(self, at: Point, net: str, side: str = "right") -> None:
        """A net's name; equal names are one net."""
        self._flags[net].append(self._here(at))
        if side == "up":
            self.sheet.line([(at[0] - 2.5, at[1]), (at[0] + 2.5, at[1])], _NET_COLOUR, 0.6)
            self.sheet.text((at[0], at[1] - 1.3), net, 2.8, "middle", _NET_COLOUR)
        else:
            step = 1.2 if side == "right" else -1.2
            anchor = "start" if side == "right" else "end"
            self.sheet.dot(at, 0.7, _NET_COLOUR)
            self.sheet.text((at[0] + step, at[1] + 1), net, 2.8, anchor, _NET_COLOUR)

    def pin(self, pin: tuple[str, str], at: Point) -> None:
        """A pin that is here."""
        self._pins[pin] = self._here(at)

    def pad(self, ref: str, at: Point) -> None:
        """A test point."""
        self.pin((ref, "1"), at)
        self.sheet.dot(at, 1.3, "#c9a227", INK)
        self.sheet.text((at[0] - 2, at[1] + 1), ref, 2.7, "end")
        self.flag((at[0], at[1]), design.part(ref).net("1"))

    def two(self, ref: str, first: Point, second: Point) -> None:
        """A resistor or capacitor from its pin 1 to its pin 2."""
        part = design.part(ref)
        self._pins[ref, "1"], self._pins[ref, "2"] = self._here(first), self._here(second)
        x, y = (first[0] + second[0]) / 2, (first[1] + second[1]) / 2
        upright = first[0] == second[0]
        length = 9.0 if part.kind == "resistor" else 1.6
        self._stubs(first, second, length / 2)
        draw = self._resistor if part.kind == "resistor" else self._capacitor
        draw((x, y), upright)
        value = part.value + ("F" if part.kind == "capacitor" else "")
        if part.tolerance == 0.001:
            value += " 0.1 %"
        if upright:
            gap = 3.2 if part.kind == "resistor" else 4.8
            self.sheet.text((x + gap, y - 0.4), ref, 2.8)
            self.sheet.text((x + gap, y + 3), value, 2.7, colour=FAINT)
        else:
            self.sheet.text((x, y - 3.4), f"{ref}  {value}", 2.7, "middle")

    def _stubs(self, first: Point, second: Point, half: float) -> None:
        x, y = (first[0] + second[0]) / 2, (first[1] + second[1]) / 2
        for end in (first, second):
            to_x = x + half * ((end[0] > x) - (end[0] < x))
            to_y = y + half * ((end[1] > y) - (end[1] < y))
            self.sheet.line([end, (to_x, to_y)], INK, 0.35)

    def _resistor(self, at: Point, upright: bool) -> None:  # noqa: FBT001 - a fact of geometry
        size = (3.2, 9.0) if upright else (9.0, 3.2)
        self.sheet.box((at[0] - size[0] / 2, at[1] - size[1] / 2), size, "#fdf6e3")

    def _capacitor(self, at: Point, upright: bool) -> None:  # noqa: FBT001 - a fact of geometry
        for step in (-0.8, 0.8):
            ends = [(-3.2, step), (3.2, step)] if upright else [(step, -2.6), (step, 2.6)]
            self.sheet.line([(at[0] + x, at[1] + y) for x, y in ends], INK, 0.7)

    def amplifier(self, letter: str, upper: Point, upper_sign: str) -> Point:
        """An amplifier whose upper input is at a point; where its output is."""
        lower_sign = "-" if upper_sign == "+" else "+"
        x, y = upper
        lower, out = (x, y + 8), (x + 20, y + 4)
        self.sheet.area([(x + 2, y - 4), (x + 2, y + 12), (x + 17, y + 4)], "#eaf2f8")
        for end, sign in ((upper, upper_sign), (lower, lower_sign)):
            self.sheet.line([end, (x + 2, end[1])], INK, 0.35)
            self.sheet.text((x + 3, end[1] + 1), sign, 3.2)
        self.sheet.line([(x + 17, y + 4), out], INK, 0.35)
        self.sheet.text((x + 6, y + 5), f"U3{letter}", 2.8)
        numbers = {name: number for number, (name, _) in design.part("U3").pins.items()}
        ends = {f"{upper_sign}{letter}": upper, f"{lower_sign}{letter}": lower, f"OUT{letter}": out}
        for name, at in ends.items():
            self.pin(("U3", numbers[name]), at)
            self.sheet.text((at[0] - 0.4, at[1] - 0.8), numbers[name], 2.4, "end", FAINT)
        return out

    def block(self, ref: str, corner: Point, size: Point, left: str, right: str = "") -> None:
        """A box with named pins on its left and right, each with its net's name."""
        part = design.part(ref)
        self.sheet.box(corner, size, "#eef7ee")
        title = f"{ref}  {part.value}"
        self.sheet.text((corner[0] + size[0] / 2, corner[1] - 1.5), title, 2.8, "middle")
        for names, side in ((left.split(), "left"), (right.split(), "right")):
            for row, name in enumerate(names):
                self._block_pin(part, name, side, (corner, size, row))

    def _block_pin(
        self, part: design.Part, name: str, side: str, where: tuple[Point, Point, int]
    ) -> None:
        corner, size, row = where
        number = next(one for one, (label, _) in part.pins.items() if label == name)
        y = corner[1] + 5 + 6 * row
        edge = corner[0] if side == "left" else corner[0] + size[0]
        step = -5 if side == "left" else 5
        at = (edge + step, y)
        self.sheet.line([(edge, y), at], INK, 0.35)
        anchor = "start" if side == "left" else "end"
        self.sheet.text((edge - step / 4, y + 0.9), name, 2.5, anchor)
        self.sheet.text((edge + step / 2, y - 0.6), number, 2.4, "middle", FAINT)
        net = part.pins[number][1]
        if not net:
            self.sheet.text((at[0], y + 1), "x", 3, "middle")
            return
        self.pin((part.ref, number), at)
        self.flag(at, net, side)

    def junctions(self) -> None:
        """A dot wherever three lines or more meet."""
        ends = [end for line in self._joined for end in line]
        ends += [*self._pins.values(), *self._flags["GND"]]
        for number, *at in sorted(set(ends)):
            if ends.count((number, *at)) > 2:
                self.sheets[number - 1].dot((at[0], at[1]), 0.7)

    # what it says

    def connected(self) -> set[frozenset[tuple[str, str]]]:
        """Groups of (reference, pin number) that the drawing joins."""
        group: dict[Place, Place] = {}

        def root(at: Place) -> Place:
            while group.setdefault(at, at) != at:
                at = group[at]
            return at

        for one, other in self._joined:
            group[root(one)] = root(other)
        for points in self._flags.values():
            for at in points[1:]:
                group[root(at)] = root(points[0])
        found: dict[Place, set[tuple[str, str]]] = defaultdict(set)
        for pin, at in self._pins.items():
            found[root(at)].add(pin)
        return {frozenset(pins) for pins in found.values()}


TITLES = (
    f"{design.TITLE}, revision {design.REVISION}: skin conductance front end",
    f"{design.TITLE}, revision {design.REVISION}: supply, converter, sensors, outside",
)


def schematic() -> Schematic:
    """The whole wing on two A4 sheets."""
    made = Schematic()
    made.turn_over(TITLES[0])
    for draw in (_levels, _driver, _receiver, _buffers, _relays):
        draw(made)
    made.turn_over(TITLES[1])
    for draw in (_switched, _supply, _battery, _converter, _outside, _pads):
        draw(made)
    made.junctions()
    return made


def _panel(made: Schematic, at: Point, words: str) -> None:
    made.sheet.text(at, words, 3, colour="#7d3c98")


def _levels(made: Schematic) -> None:
    _panel(made, (12, 22), "two levels, 0.5 V apart")
    made.flag((28, 30), "VFE", "up")
    made.two("R1", (28, 30), (28, 46))
    made.two("R2", (28, 46), (28, 66))
    made.two("R3", (28, 66), (28, 86))
    made.ground((28, 86))
    for ref, y, net in (("C4", 46, "VH"), ("C5", 66, "VL")):
        made.wire((28, y), (20, y))
        made.flag((20, y), net, "left")
        made.wire((28, y), (50, y))
        made.two(ref, (50, y), (50, y + 14))
        made.ground((50, y + 14))


def _driver(made: Schematic) -> None:
    _panel(made, (80, 22), "driver: holds electrode A at VH; R4 and R5 cap the current")
    out = made.amplifier("A", (98, 40), "+")
    made.wire((98, 40), (90, 40))
    made.flag((90, 40), "VH", "left")
    made.wire(out, (124, 44))
    made.two("R4", (124, 44), (142, 44))
    made.two("R5", (142, 44), (160, 44))
    made.wire((160, 44), (168, 44))
    made.two("C6", (168, 44), (168, 60))
    made.ground((168, 60))
    made.flag((168, 44), "ELEC_A")
    made.wire((124, 44), (124, 62))
    made.two("C1", (124, 62), (98, 62))
    made.wire((98, 62), (98, 48))
    made.wire((160, 44), (160, 78))
    made.two("R7", (160, 78), (124, 78))
    made.wire((124, 78), (98, 78), (98, 62))
    made.wire((160, 78), (160, 89))
    made.two("R17", (160, 89), (138, 89))
    made.two("C8", (138, 89), (116, 89))
    made.wire((116, 89), (98, 89), (98, 78))


def _receiver(made: Schematic) -> None:
    _panel(made, (80, 98), "receiver: holds electrode B at VL, turns the current into a voltage")
    out = made.amplifier("B", (104, 124), "-")
    made.wire((104, 132), (98, 132))
    made.flag((98, 132), "VL", "left")
    made.wire(out, (128, 128), (136, 128))
    made.flag((136, 128), "OUTB")
    made.two("R8", (82, 124), (100, 124))
    made.wire((100, 124), (104, 124), (104, 110))
    made.two("C2", (128, 110), (104, 110))
    made.wire((128, 110), (128, 128), (128, 148))
    made.two("R6", (128, 148), (104, 148))
    made.wire((104, 148), (82, 148))
    made.two("R18", (82, 148), (82, 128))
    made.wire((82, 128), (82, 124))
    made.wire((128, 148), (128, 162))
    made.two("C3", (128, 162), (104, 162))
    made.wire((104, 162), (82, 162), (82, 148))
    made.wire((82, 124), (69, 124))
    made.two("C7", (69, 124), (69, 140))
    made.ground((69, 140))
    made.flag((69, 124), "ELEC_B", "left")


def _buffers(made: Schematic) -> None:
    _panel(made, (192, 22), "buffers and filters before the converter")
    rows = (
        ("C", 36.0, "R11", "C11", "AIN1"),
        ("D", 70.0, "R12", "C12", "AIN3"),
    )
    for letter, y, resistor, capacitor, net in rows:
        out = made.amplifier(letter, (218, y), "+")
        made.wire(out, (240, y + 4), (240, y + 17), (218, y + 17), (218, y + 8))
        _filter(made, (240, y + 4), (resistor, capacitor, net))
    made.flag((182, 36), "ELEC_A", "left")
    made.two("R9", (182, 36), (198, 36))
    made.wire((198, 36), (200, 36), (218, 36))
    made.two("C9", (200, 36), (200, 52))
    made.flag((200, 52), "VL", "left")
    made.wire((218, 70), (210, 70))
    made.flag((210, 70), "VL", "left")
    made.flag((236, 104), "OUTB", "left")
    made.wire((236, 104), (240, 104))
    _filter(made, (240, 104), ("R10", "C10", "AIN0"))
    made.flag((236, 134), "OUTB", "left")
    made.wire((236, 134), (240, 134))
    made.two("R24", (240, 134), (260, 134))
    made.wire((260, 134), (264, 134))
    made.flag((264, 134), "AIN1")


def _relays(made: Schematic) -> None:
    _panel(
        made, (150, 150), "relays: without the front end's supply the leads are open; static charge"
    )
    for ref, resistor, y in (("K1", "R19", 160), ("K2", "R20", 184)):
        made.block(ref, (182, y), (24, 16), "LED+ LED-", "INNER OUTER")
        net = design.part(resistor).net("2")
        made.flag((132, y + 5), "VFE", "left")
        made.two(resistor, (132, y + 5), (150, y + 5))
        made.flag((150, y + 5), net)
    made.block("D1", (250, 160), (22, 22), "A B GND")


def _filter(made: Schematic, at: Point, names: tuple[str, str, str]) -> None:
    resistor, capacitor, net = names
    x, y = at
    made.two(resistor, at, (x + 20, y))
    made.wire((x + 20, y), (x + 30, y))
    made.flag((x + 30, y), net)
    made.two(capacitor, (x + 20, y), (x + 20, y + 14))
    made.ground((x + 20, y + 14))


def _switched(made: Schematic) -> None:
    _panel(made, (12, 22), "the front end's supply: LDO2, and not on USB")
    made.block("Q1", (56, 32), (20, 16), "S G", "D")
    made.flag((30, 64), "VBUS", "left")
    made.two("R21", (30, 64), (48, 64))
    made.wire((48, 64), (56, 64))
    made.flag((56, 64), "USB_GATE")
    made.two("R22", (56, 64), (56, 82))
    made.ground((56, 82))


def _supply(made: Schematic) -> None:
    _panel(made, (104, 22), "supply and bus")
    made.flag((116, 34), "3V3", "left")
    made.two("R23", (116, 34), (134, 34))
    made.flag((134, 34), "VDIG")
    for ref, x, net in (("C14", 112, "VDIG"), ("C17", 130, "VDIG"), ("C15", 148, "VFE"),
                        ("C16", 166, "3V3")):  # fmt: skip
        made.flag((x, 50), net, "up")
        made.two(ref, (x, 50), (x, 66))
        made.ground((x, 66))
    for ref, x, net in (("R15", 184, "SDA"), ("R16", 202, "SCL")):
        made.flag((x, 50), "3V3", "up")
        made.two(ref, (x, 50), (x, 70))
        made.flag((x, 70), net)


def _battery(made: Schematic) -> None:
    _panel(made, (226, 22), "battery voltage")
    made.flag((240, 34), "BAT", "up")
    made.two("R13", (240, 34), (240, 52))
    made.two("R14", (240, 52), (240, 70))
    made.ground((240, 70))
    made.wire((240, 52), (260, 52))
    made.two("C13", (260, 52), (260, 70))
    made.ground((260, 70))
    made.flag((260, 52), "AIN2")


def _converter(made: Schematic) -> None:
    _panel(made, (12, 94), "converter and movement")
    made.block("U1", (36, 102), (28, 34), "AIN0 AIN1 AIN2 AIN3 ADDR", "VDD GND SCL SDA ALERT")
    made.block("U4", (116, 102), (28, 34), "VDD VDD_IO CS SCL SDA", "GND GND12 RES SA0 INT1")
    made.sheet.box((176, 112), (26, 14), "#eef7ee")
    made.sheet.text((178, 120), "U3 supply", 2.8)
    numbers = {name: number for number, (name, _) in design.part("U3").pins.items()}
    above, below = (196.0, 107.0), (196.0, 131.0)
    for name, at, edge, inside in (("VDD", above, 112, 115.5), ("VSS", below, 126, 124.5)):
        made.pin(("U3", numbers[name]), at)
        made.sheet.line([at, (at[0], edge)], INK, 0.35)
        made.sheet.text((at[0], inside), f"{name} {numbers[name]}", 2.4, "middle")
    made.flag(above, design.part("U3").net("VDD"), "up")
    made.ground(below)


def _outside(made: Schematic) -> None:
    _panel(made, (12, 148), "to the outside")
    made.block("J1", (36, 158), (20, 28), "LDO2 3V3 IO0 GND")
    made.block("J2", (86, 156), (20, 46), "VBAT VBUS EN IO11 IO10 IO9 IO8")
    words = "J1, J2: FeatherS3; its other pins are not connected"
    made.sheet.text((12, 207), words, 2.7, colour=FAINT)
    blocks = (
        ("J3", (136, 158), 16, "A B", "electrode leads"),
        ("J4", (176, 158), 34, "3V3 GND SDA SCL INT", "PPG sensor"),
        ("J5", (216, 158), 28, "GND 3V3 SDA SCL", "skin temperature"),
        ("SW1", (256, 158), 16, "1 2", "the button"),
        ("SW2", (256, 186), 16, "1 2", "off"),
    )
    for ref, corner, height, pins, words in blocks:
        made.block(ref, corner, (20, height), pins)
        made.sheet.text((corner[0] + 10, corner[1] + height + 3.5), words, 2.7, "middle", FAINT)


def _pads(made: Schematic) -> None:
    _panel(made, (226, 94), "test points")
    pads = [one.ref for one in design.PARTS if one.kind == design.BARE_COPPER]
    for row, ref in enumerate(pads):
        made.pad(ref, (240 + 28 * (row % 2), 104 + 10 * (row // 2)))
