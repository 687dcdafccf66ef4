"""Pictures of the board for the one who places parts and looks for shorts: front, and back."""

from collections.abc import Sequence
from typing import Any

import pcbnew

from hardware import design
from hardware.drawing.svg import FAINT, Point, Sheet
from hardware.pcb import placement

ORIGIN_MM = 50.0
SCALE = 5.0
SIDES = ("front", "back")
ASSEMBLY = "assembly"
_EDGE_MM = 2.6
_TOP_MM = 5.4
_FRONT, _BACK, _PAD, _HOLE = "#c0392b", "#2e6da4", "#c9a227", "#ffffff"
_TITLES = {
    "front": "Front: parts, and the copper on their side (red). Ground fills the rest of both.",
    ASSEMBLY: "Assembly: the front's parts; a dot is pin 1. Headers J1, J2 stand on the back.",
    "back": "Back, the board turned over: its copper (blue) and what is printed.",
}
_OUTWARD = {"J1": (0, 1), "J2": (0, -1), "J3": (-1, 0)}
_MARKS = ("FID", "H")


class View:
    """One side of the board on a sheet; the back is mirrored."""

    def __init__(self, side: str) -> None:
        width, height = placement.WIDTH_MM, placement.HEIGHT_MM
        self.is_front = side != "back"
        self.sheet = Sheet(SCALE * (width + 2 * _EDGE_MM), SCALE * (height + _TOP_MM + _EDGE_MM))
        self.sheet.text((SCALE * _EDGE_MM, 12), _TITLES[side], 4.5)
        corner = (SCALE * _EDGE_MM, SCALE * _TOP_MM)
        self.sheet.box(corner, (SCALE * width, SCALE * height), fill="#f3f6ee")

    def at(self, place: Any) -> Point:
        """Where a place of the board is on the sheet."""
        x_mm, y_mm = pcbnew.ToMM(place.x) - ORIGIN_MM, pcbnew.ToMM(place.y) - ORIGIN_MM
        x_mm = x_mm if self.is_front else placement.WIDTH_MM - x_mm
        return SCALE * (x_mm + _EDGE_MM), SCALE * (y_mm + _TOP_MM)


def draw(board: Any, side: str) -> str:
    """Copper, pads and names of one side; ground is left out."""
    view = View(side)
    layer, colour = (pcbnew.F_Cu, _FRONT) if view.is_front else (pcbnew.B_Cu, _BACK)
    if side != ASSEMBLY:
        _draw_tracks(view, board, layer, colour)
    for footprint in sorted(board.GetFootprints(), key=lambda one: one.GetReference()):
        pads = list(footprint.Pads())
        _draw_pads(view, pads)
        if view.is_front and not footprint.GetReference().startswith(_MARKS):
            _name_part(view, footprint.GetReference(), pads)
    if not view.is_front:
        _draw_print(view)
    return view.sheet.svg()


def _draw_tracks(view: View, board: Any, layer: int, colour: str) -> None:
    for track in board.GetTracks():
        if isinstance(track, pcbnew.PCB_VIA):
            view.sheet.dot(view.at(track.GetPosition()), SCALE * 0.3, _PAD)
            view.sheet.dot(view.at(track.GetPosition()), SCALE * 0.15, _HOLE)
        elif track.GetLayer() == layer and track.GetNetname() != "GND":
            ends = [view.at(track.GetStart()), view.at(track.GetEnd())]
            view.sheet.line(ends, colour, SCALE * pcbnew.ToMM(track.GetWidth()))


def _draw_pads(view: View, pads: Sequence[Any]) -> None:
    for pad in pads:
        is_through = bool(pad.GetDrillSize().x)
        if not is_through and not view.is_front:
            continue
        box = pad.GetBoundingBox()
        size = (SCALE * pcbnew.ToMM(box.GetWidth()), SCALE * pcbnew.ToMM(box.GetHeight()))
        x, y = view.at(pad.GetPosition())
        round_mm = min(size) / 2 if is_through and pad.GetNumber() != "1" else 0
        view.sheet.box((x - size[0] / 2, y - size[1] / 2), size, _PAD, "none", round_mm)
        if is_through:
            view.sheet.dot((x, y), SCALE * pcbnew.ToMM(pad.GetDrillSize().x) / 2, _HOLE)


def _name_part(view: View, name: str, pads: Sequence[Any]) -> None:
    places = [view.at(pad.GetPosition()) for pad in pads]
    if name in _OUTWARD:
        _name_pins(view, name, pads)
        x, y = max(places) if _OUTWARD[name][1] else min(places, key=lambda place: place[1])
        _boxed(view.sheet, (x + 9, y) if _OUTWARD[name][1] else (x, y - 6), name, 5)
        return
    first = next(view.at(pad.GetPosition()) for pad in pads if pad.GetNumber() == "1")
    if name.startswith("TP"):
        _boxed(view.sheet, (first[0], first[1] - 6), name, 3.2)
        return
    x, y = (sum(one[axis] for one in places) / len(places) for axis in (0, 1))
    if name[0] not in "RC":
        outward = 3.5 if first[1] >= y else -3.5
        view.sheet.dot((first[0], first[1] + outward), 1.2)  # pin 1
    _boxed(view.sheet, (x, y), name, 3.2 if name[0] in "RC" else 4)


def _boxed(sheet: Sheet, at: Point, words: str, size_mm: float) -> None:
    """Words around a point, readable over copper."""
    half = (0.3 * len(words) + 0.2) * size_mm
    corner = (at[0] - half, at[1] - 0.6 * size_mm)
    sheet.box(corner, (2 * half, 1.15 * size_mm), "#fffffff0", "none")
    sheet.text((at[0], at[1] + 0.36 * size_mm), words, size_mm, "middle")


def _name_pins(view: View, name: str, pads: Sequence[Any]) -> None:
    """What each pin of a connector is called, towards the nearest edge."""
    right, down = _OUTWARD[name]
    anchor = {0: "middle", 1: "start", -1: "end"}[right]
    for pad in pads:
        x, y = view.at(pad.GetPosition())
        at = (x + 5 * right, y + 1 + (9.5 * down if down > 0 else 8.5 * down))
        label = design.part(name).pins.get(pad.GetNumber(), ("", ""))[0]
        view.sheet.text(at, label, 3, anchor, FAINT)


def _draw_print(view: View) -> None:
    """What is printed on the back, level: the real print may be turned."""
    for words, x_mm, y_mm in [one[1:4] for one in placement.PRINTED if one[0] == "back"]:
        x = SCALE * (placement.WIDTH_MM - x_mm + _EDGE_MM)
        _boxed(view.sheet, (x, SCALE * (y_mm + _TOP_MM)), words, 3.6)
