"""Outlines of all copper on a board, and how near two of them come."""

from collections.abc import Iterable
from math import hypot
from typing import Any, NamedTuple

import pcbnew

from hardware.pcb.pictures import ORIGIN_MM

Ends = tuple[tuple[float, float], tuple[float, float]]


class Outline(NamedTuple):
    """A straight piece of the edge of copper: its net, layer, ends, and half its width, in mm."""

    net: str
    layer: int
    ends: Ends
    half_mm: float


def soldered(board: Any) -> list[Outline]:
    """Edges of pads, taken as boxes, and middles of tracks and vias."""
    found = []
    for layer in (pcbnew.F_Cu, pcbnew.B_Cu):
        for pad in board.GetPads():
            if pad.IsOnLayer(layer):
                found += _loop(pad.GetNetname(), layer, _corners(pad))
        for track in board.GetTracks():
            if track.IsOnLayer(layer):
                ends = _place(track.GetStart()), _place(track.GetEnd())
                half_mm = pcbnew.ToMM(track.GetWidth()) / 2
                found.append(Outline(track.GetNetname(), layer, ends, half_mm))
    return found


def poured(board: Any) -> list[Outline]:
    """Edges of what is poured."""
    found = []
    for zone in [one for one in board.Zones() if not one.GetIsRuleArea()]:
        for layer in zone.GetLayerSet().Seq():
            polygons = zone.GetFilledPolysList(layer)
            for index in range(polygons.OutlineCount()):
                line = polygons.COutline(index)
                places = [_place(line.CPoint(at)) for at in range(line.PointCount())]
                found += _loop(zone.GetNetname(), layer, places)
    return found


def min_apart_mm(mine: Iterable[Outline], others: list[Outline]) -> float:
    """Smallest distance between two sets of outlines on the same layer."""
    return min(
        _apart_mm(one.ends, other.ends) - one.half_mm - other.half_mm
        for one in mine
        for other in others
        if one.layer == other.layer
    )


def _corners(pad: Any) -> list[tuple[float, float]]:
    box = pad.GetBoundingBox()
    xs = pcbnew.ToMM(box.GetLeft()) - ORIGIN_MM, pcbnew.ToMM(box.GetRight()) - ORIGIN_MM
    ys = pcbnew.ToMM(box.GetTop()) - ORIGIN_MM, pcbnew.ToMM(box.GetBottom()) - ORIGIN_MM
    return [(xs[0], ys[0]), (xs[1], ys[0]), (xs[1], ys[1]), (xs[0], ys[1])]


def _loop(net: str, layer: int, places: list[tuple[float, float]]) -> list[Outline]:
    turned = places[1:] + places[:1]
    return [Outline(net, layer, ends, 0.0) for ends in zip(places, turned, strict=True)]


def _place(at: Any) -> tuple[float, float]:
    return pcbnew.ToMM(at.x) - ORIGIN_MM, pcbnew.ToMM(at.y) - ORIGIN_MM


def _apart_mm(one: Ends, other: Ends) -> float:
    """Distance of two pieces that do not cross: from an end of one to the other."""
    far = [(end, other) for end in one] + [(end, one) for end in other]
    return min(_from_end_mm(end, piece) for end, piece in far)


def _from_end_mm(end: tuple[float, float], piece: Ends) -> float:
    (left, top), (right, bottom) = piece
    across, down = right - left, bottom - top
    length = across * across + down * down
    along = ((end[0] - left) * across + (end[1] - top) * down) / length if length else 0.0
    along = max(0.0, min(1.0, along))
    return hypot(end[0] - left - along * across, end[1] - top - along * down)
