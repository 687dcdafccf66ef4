"""A picture of the board for the one who places parts and looks for shorts."""

from typing import Any

import pcbnew

from hardware.drawing.svg import Sheet
from hardware.pcb import placement

ORIGIN_MM = 50.0
SCALE = 5.0
_EDGE_MM = 2.0
_FRONT, _BACK, _PAD, _HOLE = "#c0392b", "#2e6da4", "#c9a227", "#ffffff"


def draw(board: Any) -> str:
    """Front and back copper over each other, pads, and each part's name; ground is left out."""
    sheet = Sheet(
        SCALE * (placement.WIDTH_MM + 2 * _EDGE_MM),
        SCALE * (placement.HEIGHT_MM + 2 * _EDGE_MM) + 8,
    )
    size = (SCALE * placement.WIDTH_MM, SCALE * placement.HEIGHT_MM)
    sheet.box((SCALE * _EDGE_MM, SCALE * _EDGE_MM), size, fill="#f3f6ee")
    _draw_tracks(sheet, board, pcbnew.B_Cu, _BACK)
    _draw_tracks(sheet, board, pcbnew.F_Cu, _FRONT)
    for footprint in sorted(board.GetFootprints(), key=lambda one: one.GetReference()):
        _draw_part(sheet, footprint)
    for words, x_mm in (
        ("front copper", 2),
        ("back copper", 20),
        ("pads; ground fills the rest", 37),
    ):
        colour = {"f": _FRONT, "b": _BACK, "p": _PAD}[words[0]]
        sheet.text((SCALE * x_mm, sheet.height_mm - 3), words, 4, colour=colour)
    return sheet.svg()


def _draw_tracks(sheet: Sheet, board: Any, layer: int, colour: str) -> None:
    for track in board.GetTracks():
        if isinstance(track, pcbnew.PCB_VIA):
            sheet.dot(_at(track.GetPosition()), SCALE * 0.3, _PAD)
            sheet.dot(_at(track.GetPosition()), SCALE * 0.15, _HOLE)
        elif track.GetLayer() == layer and track.GetNetname() != "GND":
            ends = [_at(track.GetStart()), _at(track.GetEnd())]
            sheet.line(ends, colour, SCALE * pcbnew.ToMM(track.GetWidth()))


def _draw_part(sheet: Sheet, footprint: Any) -> None:
    for pad in footprint.Pads():
        box = pad.GetBoundingBox()
        size = (SCALE * pcbnew.ToMM(box.GetWidth()), SCALE * pcbnew.ToMM(box.GetHeight()))
        x, y = _at(pad.GetPosition())
        round_mm = min(size) / 2 if pad.GetDrillSize().x and pad.GetNumber() != "1" else 0
        sheet.box((x - size[0] / 2, y - size[1] / 2), size, _PAD, "none", round_mm)
        if pad.GetDrillSize().x:
            sheet.dot((x, y), SCALE * pcbnew.ToMM(pad.GetDrillSize().x) / 2, _HOLE)
    name = footprint.GetReference()
    pads = [_at(pad.GetPosition()) for pad in footprint.Pads()]
    if name[0] == "U":
        sheet.dot((pads[0][0], pads[0][1] - 6), 1.2)  # pin 1
    middle = tuple(sum(one[axis] for one in pads) / len(pads) for axis in (0, 1))
    size_mm = 3.2 if name[0] in "RC" else 5
    half = 0.36 * size_mm * len(name)
    sheet.box(
        (middle[0] - half, middle[1] - 0.6 * size_mm),
        (2 * half, 1.15 * size_mm),
        "#fffffff0",
        "none",
    )
    sheet.text((middle[0], middle[1] + 0.36 * size_mm), name, size_mm, "middle")


def _at(place: Any) -> tuple[float, float]:
    return (
        SCALE * (pcbnew.ToMM(place.x) - ORIGIN_MM + _EDGE_MM),
        SCALE * (pcbnew.ToMM(place.y) - ORIGIN_MM + _EDGE_MM),
    )
