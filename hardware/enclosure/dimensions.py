"""Sizes of the case in millimetres. A FeatherS3 with its cell below and the wing on top lies in it.

The strap goes through both lugs and over the end with the USB socket: worn, the socket is covered,
so that nobody charges the wearable on a person.
"""

from hardware.pcb import placement

WALL_MM = 1.8
MIN_WALL_MM = 1.2
PLAY_MM = 0.6
CELL_MM = 6.0
STACK_MM = 17.0  # board, sockets, wing

INNER_LENGTH_MM = placement.WIDTH_MM + 1.6 + 2 * PLAY_MM  # the USB socket stands out a little
INNER_WIDTH_MM = placement.HEIGHT_MM + 2 * PLAY_MM
INNER_HEIGHT_MM = CELL_MM + STACK_MM
LENGTH_MM = INNER_LENGTH_MM + 2 * WALL_MM
WIDTH_MM = INNER_WIDTH_MM + 2 * WALL_MM
HEIGHT_MM = INNER_HEIGHT_MM + WALL_MM  # open at the top

LIP_MM = 2.0
LIP_PLAY_MM = 0.2
LID_MM = 1.8

USB_WIDTH_MM, USB_HEIGHT_MM = 11.0, 6.0
USB_FLOOR_MM = WALL_MM + CELL_MM + 1.0
LEADS_WIDTH_MM, LEADS_HEIGHT_MM = 8.0, 5.0
PPG_WIDTH_MM = 14.0
LEADS_FLOOR_MM = HEIGHT_MM - LIP_MM - LEADS_HEIGHT_MM - 2.0

STRAP_WIDTH_MM = 20.0
STRAP_THICKNESS_MM = 2.4
LUG_MM = 7.0
LUG_HEIGHT_MM = 6.0
