"""The case and its lid as solids (build123d, an optional extra)."""

from typing import Any

from hardware.enclosure import dimensions as d
from hardware.enclosure.solids import box, cylinder


def case() -> Any:
    """The lower part: walls, lugs for the strap, openings for plugs, switch, leads and lamp."""
    solid = box((d.LENGTH_MM, d.WIDTH_MM, d.HEIGHT_MM), (0, 0, 0)) + _lugs()
    solid -= box((d.INNER_LENGTH_MM, d.INNER_WIDTH_MM, d.HEIGHT_MM), (0, 0, d.WALL_MM))
    solid -= _slots()
    solid -= box((4 * d.WALL_MM, d.USB_WIDTH_MM, d.USB_HEIGHT_MM),
                 (-d.LENGTH_MM / 2, _feather_across(), d.USB_FLOOR_MM))  # fmt: skip
    for one in d.OPENINGS:
        size = (one.width_mm, 4 * d.WALL_MM, one.high_mm - one.low_mm)
        at = (d.along_mm(one.ref), -d.WIDTH_MM / 2, d.WING_TOP_MM + one.low_mm)
        solid -= box(size, at)
    return solid - _lead_holes() - _lamp() - _groove()


def lid() -> Any:
    """The upper part: a plate, a rim with a bead that snaps in, a hole for the button."""
    plate = box((d.LENGTH_MM, d.WIDTH_MM, d.LID_MM), (0, 0, 0))
    outer = (d.INNER_LENGTH_MM - 2 * d.LIP_PLAY_MM, d.INNER_WIDTH_MM - 2 * d.LIP_PLAY_MM)
    rim = box((*outer, d.LIP_MM), (0, 0, d.LID_MM)) - box(
        (outer[0] - 2 * d.WALL_MM, outer[1] - 2 * d.WALL_MM, d.LIP_MM), (0, 0, d.LID_MM)
    )
    bead = _bead(outer[0] + 2 * d.CATCH_MM, d.CATCH_HIGH_MM, d.LID_MM + d.CATCH_AT_MM)
    bead -= box((outer[0] - d.WALL_MM, outer[1], 9.0), (0, 0, 0))
    # the lid is turned over onto the case, so that across is mirrored
    button = cylinder(d.BUTTON_HOLE_MM / 2, 3 * d.LID_MM, _button_on_the_lid())
    return plate + rim + bead - button


def _button_on_the_lid() -> tuple[float, float, float]:
    return d.along_mm("SW1"), -d.across_mm("SW1"), -d.LID_MM


def _feather_across() -> float:
    """Where the middle of the Feather is across the case: the wing is wider on one side."""
    return d.INNER_WIDTH_MM / 2 - d.PLAY_MM - d.placement.FEATHER_MM[1] / 2


def _lugs() -> Any:
    reach = d.LENGTH_MM / 2 + d.LUG_MM / 2
    lug = (d.LUG_MM + 2, d.STRAP_WIDTH_MM + 2 * d.WALL_MM, d.LUG_HEIGHT_MM)
    return box(lug, (reach - 1, 0, 0)) + box(lug, (1 - reach, 0, 0))


def _slots() -> Any:
    reach = d.LENGTH_MM / 2 + d.LUG_MM / 2 + 0.2
    slot = (d.STRAP_THICKNESS_MM, d.STRAP_WIDTH_MM, 3 * d.LUG_HEIGHT_MM)
    return box(slot, (reach, 0, -d.LUG_HEIGHT_MM)) + box(slot, (-reach, 0, -d.LUG_HEIGHT_MM))


def _lead_holes() -> Any:
    """Two round holes in the long wall, the leads between them bent: that takes the pull."""
    x, z = d.along_mm("J3"), d.WING_TOP_MM + 1.5
    holes = [
        cylinder(d.LEAD_HOLE_MM / 2, 4 * d.WALL_MM, (x + side, d.WIDTH_MM / 2, z), (90, 0, 0))
        for side in (-3.0, 3.0)
    ]
    return holes[0] + holes[1]


def _lamp() -> Any:
    """A slit in the long wall without plugs, at the height of the Feather's upper side."""
    x = -d.INNER_LENGTH_MM / 2 + d.WING_AT_MM[0] + 7.0
    z = d.FEATHER_FLOOR_MM + d.FEATHER_PCB_MM + 0.3
    return box((d.LAMP_MM[0], 4 * d.WALL_MM, d.LAMP_MM[1]), (x, d.WIDTH_MM / 2, z))


def _groove() -> Any:
    """Where the lid's bead catches, in both short walls."""
    return _bead(
        d.INNER_LENGTH_MM + 2 * d.CATCH_MM, d.CATCH_HIGH_MM + 0.2, d.HEIGHT_MM - d.CATCH_AT_MM
    )


def _bead(long_mm: float, high_mm: float, middle_mm: float) -> Any:
    return box((long_mm, d.CATCH_WIDE_MM, high_mm), (0, 0, middle_mm - high_mm / 2))
