"""Solids by place: what the case and the clip are made of."""

from typing import Any

from build123d import Align, Box, Cylinder, Location

_BOTTOM = (Align.CENTER, Align.CENTER, Align.MIN)


def box(size: tuple[float, float, float], at: tuple[float, float, float]) -> Any:
    """A box that stands on its place."""
    return Location(at) * Box(*size, align=_BOTTOM)


def cylinder(
    radius_mm: float,
    length_mm: float,
    at: tuple[float, float, float],
    turn_deg: tuple[float, float, float] = (0, 0, 0),
) -> Any:
    """A cylinder: upright on its place, or with its middle there and turned."""
    align = _BOTTOM if turn_deg == (0, 0, 0) else (Align.CENTER,) * 3
    return Location(at, turn_deg) * Cylinder(radius_mm, length_mm, align=align)
