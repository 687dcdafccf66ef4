"""The few names that changed between KiCad 6, whose files are committed, and its successors."""

from typing import Any

import pcbnew

IS_6 = pcbnew.GetBuildVersion().startswith("6.")
MILLIMETRES = getattr(pcbnew, "EDA_UNITS_MM", None)
if MILLIMETRES is None:
    MILLIMETRES = pcbnew.EDA_UNITS_MILLIMETRES


def point_mm(x_mm: float, y_mm: float) -> Any:
    """A place."""
    return (pcbnew.wxPointMM if IS_6 else pcbnew.VECTOR2I_MM)(x_mm, y_mm)


def size_mm(width_mm: float, height_mm: float) -> Any:
    """A size."""
    return (pcbnew.wxSizeMM if IS_6 else pcbnew.VECTOR2I_MM)(width_mm, height_mm)


def no_corners() -> Any:
    """An empty list of places."""
    return pcbnew.wxPoint_Vector() if IS_6 else pcbnew.VECTOR_VECTOR2I()


def turn(text: Any, degrees: float) -> None:
    """Turn a printed text."""
    if IS_6:
        text.SetTextAngle(10 * degrees)
    else:
        text.SetTextAngleDegrees(degrees)


def turn_over(footprint: Any, at: Any) -> None:
    """Put a part on the back, its pins where they were along the board."""
    footprint.Flip(at, getattr(pcbnew, "FLIP_DIRECTION_TOP_BOTTOM", False))


def set_rank(zone: Any, rank: int) -> None:
    """Fill a zone before those of lower rank."""
    getattr(zone, "SetAssignedPriority", getattr(zone, "SetPriority", None))(rank)


def set_width(via: Any, millimetres: float) -> None:
    """Make a via this wide."""
    wide = getattr(via, "SetFrontWidth", via.SetWidth)  # from KiCad 9 on a via has many widths
    wide(pcbnew.FromMM(millimetres))


def set_rules(board: Any) -> None:
    """What the maker of the board can do; a file does not keep it, so it is said before a check."""
    settings = board.GetDesignSettings()
    settings.m_TrackMinWidth = pcbnew.FromMM(0.15)
    settings.m_MinClearance = pcbnew.FromMM(0.2)
    settings.m_CopperEdgeClearance = pcbnew.FromMM(0.3)
    settings.m_ViasMinSize = pcbnew.FromMM(0.5)
    if hasattr(settings, "m_MinResolvedSpokes"):
        settings.m_MinResolvedSpokes = 1  # ground pads of small parts; KiCad 6 does not ask
