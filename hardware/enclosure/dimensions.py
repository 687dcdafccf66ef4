"""Sizes of the wrist case and the finger clip in millimetres, from the heights of what is inside.

A FeatherS3 with its cell below and the wing on top lies in the case. The strap goes through both
lugs and over the end with the USB socket: worn, the socket is covered, so that nobody charges the
wearable on a person.
"""

from typing import NamedTuple

from hardware import design
from hardware.pcb import placement

WALL_MM = 1.8
MIN_WALL_MM = 1.2
PLAY_MM = 0.6

# heights from the bottom up
CELL_MM = 6.0  # 400 mAh in its foil
FOAM_MM = 0.5
TAILS_MM = 1.8  # of the sockets, below the Feather
FEATHER_PCB_MM = 1.6
SOCKET_MM = 8.5  # of the Feather's female headers
HEADER_BODY_MM = 2.5  # of the wing's male headers
WING_PCB_MM = 1.6
TALLEST_MM = max(one.item.height_mm for one in design.PARTS)  # on the wing, plugs seated
STACK_MM = TAILS_MM + FEATHER_PCB_MM + SOCKET_MM + HEADER_BODY_MM + WING_PCB_MM + TALLEST_MM

LIP_MM = 3.2
LIP_PLAY_MM = 0.2
LID_MM = 1.8
CATCH_MM = 0.4  # how far the lid's bead goes into the case's groove
CATCH_AT_MM = 2.05  # below the case's upper edge
CATCH_HIGH_MM = 1.3
CATCH_WIDE_MM = 14.0

INNER_LENGTH_MM = placement.FEATHER_MM[0] + 1.6 + 2 * PLAY_MM  # the USB socket stands out a little
INNER_WIDTH_MM = placement.HEIGHT_MM + 2 * PLAY_MM
INNER_HEIGHT_MM = CELL_MM + FOAM_MM + STACK_MM + PLAY_MM + LIP_MM
LENGTH_MM = INNER_LENGTH_MM + 2 * WALL_MM
WIDTH_MM = INNER_WIDTH_MM + 2 * WALL_MM
HEIGHT_MM = INNER_HEIGHT_MM + WALL_MM  # open at the top

# From the inside's corner (USB end, side of the plugs) to a place of the wing
WING_AT_MM = (1.6 + PLAY_MM, PLAY_MM)
FEATHER_FLOOR_MM = WALL_MM + CELL_MM + FOAM_MM + TAILS_MM  # underside of the Feather
WING_FLOOR_MM = FEATHER_FLOOR_MM + FEATHER_PCB_MM + SOCKET_MM + HEADER_BODY_MM  # of the wing
WING_TOP_MM = WING_FLOOR_MM + WING_PCB_MM

USB_PLUG_MM = (12.4, 7.0)  # overmould of a usual plug
USB_SHELL_MM = 3.2  # of the socket on the Feather
USB_WIDTH_MM, USB_HEIGHT_MM = USB_PLUG_MM[0] + 1.0, USB_PLUG_MM[1] + 1.0
USB_FLOOR_MM = FEATHER_FLOOR_MM + FEATHER_PCB_MM + USB_SHELL_MM / 2 - USB_HEIGHT_MM / 2

LEAD_HOLE_MM = 1.6  # each electrode lead goes out by itself, with a knot inside
BUTTON_HOLE_MM = 3.0  # for a pen's tip: it is pressed seldom, and not by a sleeve
LAMP_MM = (8.0, 2.4)  # a slit at the height of the Feather's lamps, at the USB end

STRAP_WIDTH_MM = 22.0
STRAP_THICKNESS_MM = 2.4
LUG_MM = 7.0
LUG_HEIGHT_MM = 6.0


class Opening(NamedTuple):
    """A hole in the long wall at the wing's plugs, around a part: along the wall, and upright."""

    ref: str
    width_mm: float
    low_mm: float  # from the wing's upper side
    high_mm: float


# what reaches through the wall on the side of the plugs
OPENINGS = (
    Opening("J4", 9.0, -0.4, 4.6),
    Opening("J5", 7.0, -0.4, 3.6),
    Opening("SW2", 7.0, -0.2, 2.2),
)

# the finger clip: a bed for the finger with a pocket for the sensor's board below a window
FINGER_MM = 17.0  # width of an adult's fingertip, with play
CHILD_FINGER_MM = 13.0
CLIP_LENGTH_MM = 34.0
POCKET_MM = (21.5, 16.5, 4.2)  # a usual MAX30102 breakout with its parts
WINDOW_MM = (7.0, 5.0)
WINDOW_FLOOR_MM = 1.4  # depth of the clear resin over the sensor: no metal nearer to the skin
CLIP_WALL_MM = 1.8
CABLE_MM = 3.2
BAND_MM = (12.0, 2.0)  # slot for a hook-and-loop band


def along_mm(ref: str) -> float:
    """Where a part is along the case, from its middle."""
    return WING_AT_MM[0] + placement.PLACES[ref].x_mm - INNER_LENGTH_MM / 2


def across_mm(ref: str) -> float:
    """Where a part is across the case, from its middle; the wall of the plugs is negative."""
    return WING_AT_MM[1] + placement.PLACES[ref].y_mm - INNER_WIDTH_MM / 2
