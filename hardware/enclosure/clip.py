"""The finger clip: a bed for a fingertip over the PPG sensor, which it keeps from the skin.

The breakout lies in a pocket from below, its chip under the window. Clear resin fills the window
and the pocket: the finger touches plastic and resin only. A cover closes the pocket; a band holds
the finger; the cable goes out along the finger, clamped by the cover.
"""

from typing import Any

from hardware.enclosure import dimensions as d
from hardware.enclosure.solids import box, cylinder


def outer_mm(finger_mm: float) -> tuple[float, float, float]:
    """Length, width and height of the bed for a finger of this width."""
    width = max(finger_mm, d.POCKET_MM[1]) + 2 * d.CLIP_WALL_MM
    return d.CLIP_LENGTH_MM, width, floor_mm() + finger_mm / 2


def floor_mm() -> float:
    """Height of the lowest place of the finger's bed."""
    return d.POCKET_MM[2] + d.WINDOW_FLOOR_MM


def bed(finger_mm: float) -> Any:
    """The bed: a trough for the finger, a pocket from below, the window between them."""
    length, width, height = outer_mm(finger_mm)
    solid = box((length, width, height), (0, 0, 0))
    trough = cylinder(
        finger_mm / 2, 2 * length, (d.CLIP_WALL_MM * 2, 0, floor_mm() + finger_mm / 2), (0, 90, 0)
    )
    solid -= trough & box((length, width, height), (2 * d.CLIP_WALL_MM, 0, 0))
    solid -= box(d.POCKET_MM, (0, 0, 0))
    solid -= box((*d.WINDOW_MM, 2 * floor_mm()), (0, 0, 0))
    return solid - box((length, d.CABLE_MM, d.CABLE_MM), (length / 2, 0, 0))


def cover(finger_mm: float) -> Any:
    """The cover of the pocket: a plate with a plug that presses on the board and the cable."""
    length, width, _ = outer_mm(finger_mm)
    plate = box(
        (length, width + 2 * (d.BAND_MM[1] + 2 * d.CLIP_WALL_MM), d.CLIP_WALL_MM), (0, 0, 0)
    )
    play = 0.3
    plug = box((d.POCKET_MM[0] - 2 * play, d.POCKET_MM[1] - 2 * play, 1.2), (0, 0, d.CLIP_WALL_MM))
    slot = (d.BAND_MM[0], d.BAND_MM[1], 3 * d.CLIP_WALL_MM)
    side = width / 2 + d.BAND_MM[1] / 2 + d.CLIP_WALL_MM
    slots = box(slot, (0, side, -d.CLIP_WALL_MM)) + box(slot, (0, -side, -d.CLIP_WALL_MM))
    return plate + plug - slots
