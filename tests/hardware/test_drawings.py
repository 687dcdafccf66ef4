"""The drawings say what the netlist says, and the committed ones are those of the design."""

import re
from pathlib import Path

import pytest

from hardware import design, stripboard
from hardware.drawing import stripboard as pictures
from hardware.drawing import wiring
from hardware.drawing.schematic import Schematic, schematic

OUT = Path(__file__).parents[2] / "hardware" / "out" / "drawings"
PICTURES = sorted(OUT.parent.rglob("*.svg"))
MIN_TEXT_MM = 2.2  # on A4


def netlist():
    return {frozenset(pins) for pins in design.nets().values()}


def test_the_schematic_joins_exactly_what_the_design_joins():
    assert schematic().connected() == netlist()


def test_a_wire_left_out_of_the_schematic_is_noticed(monkeypatch):
    drawn = Schematic.wire
    skipped = []

    def all_but_one(self, *points):
        if points[0] == (124, 44) and len(points) == 2 and not skipped:
            skipped.append(points)
        else:
            drawn(self, *points)

    monkeypatch.setattr(Schematic, "wire", all_but_one)
    assert schematic().connected() != netlist()
    assert skipped


def test_the_stripboard_joins_exactly_what_the_design_joins():
    assert stripboard.joined(stripboard.layout()) == stripboard.wanted()


@pytest.mark.parametrize("field", ["cuts", "links", "seats"])
def test_a_cut_a_wire_or_a_part_left_out_of_the_stripboard_is_noticed(field):
    board = stripboard.layout()
    for index in range(len(getattr(board, field))):
        kept = getattr(board, field)[:index] + getattr(board, field)[index + 1 :]
        assert stripboard.joined(board._replace(**{field: kept})) != stripboard.wanted()


def test_no_two_leads_share_a_hole_and_none_is_where_a_strip_is_cut():
    board = stripboard.layout()
    holes = stripboard.holes_used(board)
    assert len(holes) == len(set(holes))
    assert not set(holes) & set(board.cuts)


def test_what_is_not_on_the_stripboard_is_on_a_module_or_is_a_lead():
    seated = {seat.ref for seat in stripboard.layout().seats} | {stripboard.CHIP}
    assert {part.ref for part in design.PARTS} == seated | set(
        (*stripboard.ON_MODULES, *stripboard.ONLY_ON_THE_WING)
    )


@pytest.mark.parametrize("name", design.BOARDS)
def test_the_wiring_shows_the_pads_of_the_pin_table(name):
    pads = design.BOARDS[name].pads
    shown = dict((net, label) for label, net in wiring.wires(name))
    assert shown["SCL"] == f"{pads['scl'].label} (GPIO {pads['scl'].gpio})"
    assert shown["SDA"] == f"{pads['sda'].label} (GPIO {pads['sda'].gpio})"
    assert f"GPIO {pads['ppg_interrupt'].gpio}" in wiring.draw(name)


@pytest.mark.parametrize("name", design.BOARDS)
def test_the_wiring_shows_where_the_cell_and_the_front_ends_supply_belong(name):
    board = design.BOARDS[name]
    assert (f"{board.front_end.label} (GPIO {board.front_end.gpio})", "VFE") in wiring.wires(name)
    assert board.cell in wiring.draw(name).replace("&#x27;", "'")
    assert ("socket" in board.cell) == board.carries_wing


def test_the_committed_drawings_are_those_of_the_design():
    for number, sheet in enumerate(schematic().sheets, start=1):
        assert (OUT / f"schematic-{number}.svg").read_text() == sheet.svg()
    board = stripboard.layout()
    for step, _ in pictures.STEPS:
        assert (OUT / f"stripboard-{step}.svg").read_text() == pictures.draw(board, step)
    for name in design.BOARDS:
        assert (OUT / f"wiring-{name}.svg").read_text() == wiring.draw(name)


def texts_on_a4_mm(svg):
    """Sizes of all words when the drawing fills a sheet of A4 at most, lying or standing."""
    width, height = (float(re.search(rf'{side}=[\'"]([\d.]+)mm', svg)[1]) for side in SIDES)
    unit_mm = width / float(re.search(r'viewBox=[\'"]\S+ \S+ ([\d.]+)', svg)[1])
    longer, shorter = max(width, height), min(width, height)
    shrunk = min(1.0, 297 / longer, 210 / shorter)
    sizes = re.findall(r'font-size=[\'"]([\d.]+)', svg)
    return [float(size) * unit_mm * shrunk for size in sizes]


SIDES = ("width", "height")


@pytest.mark.parametrize("picture", PICTURES, ids=lambda one: one.stem)
def test_every_word_can_be_read_on_a4(picture):
    sizes = texts_on_a4_mm(picture.read_text())
    assert sizes
    assert min(sizes) >= MIN_TEXT_MM


def test_a_word_too_small_on_a4_is_noticed():
    svg = (OUT / "schematic-1.svg").read_text()
    assert min(texts_on_a4_mm(svg.replace("font-size='2.4'", "font-size='1.2'"))) < MIN_TEXT_MM


def boxes(svg):
    """Rough boxes of all words: (left, top, right, bottom, words)."""
    found = []
    for x, y, size, anchor, words in TEXT.findall(svg):
        width = 0.56 * float(size) * len(words)
        left = float(x) - {"start": 0, "middle": width / 2, "end": width}[anchor]
        found.append((left, float(y) - 0.72 * float(size), left + width, float(y), words))
    return found


TEXT = re.compile(
    r"<text x='([\d.-]+)' y='([\d.-]+)' font-size='([\d.]+)'[^>]*text-anchor='(\w+)'[^>]*>([^<]*)<"
)


def overlapping(svg):
    placed = boxes(svg)
    return [
        (one[4], other[4])
        for index, one in enumerate(placed)
        for other in placed[index + 1 :]
        if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    ]


@pytest.mark.parametrize(
    "picture",
    [one for one in PICTURES if one.stem not in ("enclosure", "clip")],
    ids=lambda one: one.stem,
)
def test_no_words_stand_on_others(picture):
    assert overlapping(picture.read_text()) == []


def test_words_on_others_are_noticed():
    twice = "<text x='5' y='5' font-size='3' text-anchor='start'>R1</text>" * 2
    assert overlapping(twice) == [("R1", "R1")]
