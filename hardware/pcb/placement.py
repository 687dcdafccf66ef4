"""Where each part is on the wing, in millimetres from its upper left corner, and turned how far.

The person is left, the digital side right, plugs and switches along the upper edge. The headers
are where a Feather has its pins; they stand on the back and go into sockets on the Feather, so that
both have the same pins from above. The wing ends before the Feather's antenna.
"""

from typing import NamedTuple

from hardware import design

WIDTH_MM = 45.72
HEIGHT_MM = 30.0
UPPER_MM = 7.14  # beyond the Feather's own edge, for plugs and switches
FEATHER_MM = (50.8, 22.86)
ANTENNA_MM = FEATHER_MM[0]  # at the far end of the Feather, on its short edge
ANTENNA_FREE_MM = 15.0  # no ground plane this near to it: what makers of such modules ask for
POURED_TO_MM = ANTENNA_MM - ANTENNA_FREE_MM
LEAD_CLEARANCE_MM = 1.5  # between what mains could reach and the rest: 325 V of peak
BUFFER_CLEARANCE_MM = 0.5  # its pins' neighbour is ground, whose tracks would come nearer
DECOUPLING_MM = 4.0  # from a chip's supply pin to its capacitor


class Place(NamedTuple):
    """Centre of a part (pin 1 for connectors) and its turn in degrees."""

    x_mm: float
    y_mm: float
    turn_deg: float = 0.0


def _column(x_mm: float, refs: str, top_mm: float = 10.6, step_mm: float = 1.7) -> dict[str, Place]:
    """Parts one under the other; a minus leaves a place free, a slash turns a part around."""
    places = {}
    for row, word in enumerate(refs.split()):
        if word != "-":
            turn = 180.0 if word.startswith("/") else 0.0
            places[word.lstrip("/")] = Place(x_mm, top_mm + row * step_mm, turn)
    return places


PLACES: dict[str, Place] = {
    "J1": Place(6.35, UPPER_MM + 21.59, 90),
    "J2": Place(16.51, UPPER_MM + 1.27, 90),
    # along the upper edge
    "SW1": Place(3.4, 2.5),
    "J5": Place(11.2, 3.35, 180),
    "SW2": Place(20.0, 2.4, 180),
    "J4": Place(30.2, 3.3, 180),
    "C16": Place(37.8, 5.2),
    # the person's side
    "J3": Place(7.6, 15.1, 270),
    "K1": Place(12.8, 12.8, 180),
    "K2": Place(12.8, 21.2, 180),
    "D1": Place(13.4, 17.0),
    "R19": Place(9.3, 9.3),
    "R20": Place(13.0, 25.6),
    # the supply of the front end
    "Q1": Place(13.6, 8.6),
    "R21": Place(9.3, 7.6),
    "R22": Place(5.9, 7.6),
    # the front end
    "U3": Place(26.4, 18.5),
    **_column(18.0, "R17 C6 /R5 R2 R3 C5 C7 - R18 C3"),
    **_column(21.1, "C8 C1 /R4 R7 C15 R1 C4 R8 C2 /R6"),
    **_column(31.8, "- - R12 - C9 /R9 R24 R11 R10"),
    **_column(35.1, "C12 - - C11 C10", top_mm=14.0, step_mm=2.3),
    # the converter, movement, the bus
    "U1": Place(40.1, 14.5),
    "R23": Place(36.6, 11.6),
    "C14": Place(40.8, 11.6),
    "R13": Place(38.6, 17.7),
    "R14": Place(41.9, 17.7),
    "C13": Place(41.9, 19.4),
    "U4": Place(38.9, 21.9, 90),
    "C17": Place(42.7, 21.3),
    "R15": Place(42.7, 23.0),
    "R16": Place(42.7, 24.7),
    # test points
    "TP1": Place(7.6, 25.6),
    "TP2": Place(27.1, 25.4),
    "TP3": Place(24.5, 25.4),
    "TP4": Place(10.1, 25.6),
    "TP5": Place(22.6, 6.4),
    "TP6": Place(30.0, 26.0),
}

FIDUCIALS = ((1.6, 6.0), (44.2, 6.6), (1.6, 22.8))  # for the machine that places parts
HOLES = ((2.7, 26.9), (42.9, 2.8))  # for screws M2

ON_THE_BACK = ("J1", "J2")
ROUTED_FIRST = ("LEAD_A", "LEAD_B", "SENSE_A", "SENSE_B", "BUFFER_A")
# Around these the router keeps more than the usual clearance
CLEARANCES_MM = {
    **dict.fromkeys(design.ELECTRODE_LEADS, LEAD_CLEARANCE_MM),
    "BUFFER_A": BUFFER_CLEARANCE_MM,
}
# Poured around the nodes of high impedance, both sides: net, and left, top, right, bottom
GUARD_BOXES = {
    "VH": (20.8, 9.4, 25.9, 17.7),
    "VL": (20.8, 19.3, 25.9, 25.1),
    "OUTC": (26.2, 16.2, 32.2, 21.7),
}
# Nothing is poured around the leads, and between U3's ground and its input beside it
UNPOURED_BOXES = ((3.6, 11.8, 12.7, 22.2), (25.5, 18.7, 27.9, 20.6))

# printed: side, words, middle, turn, size
PRINTED = (
    ("front", f"dyadkit {design.REVISION}", 40.2, 27.0, 0, 0.9),
    ("front", "NEVER ON", 3.6, 9.3, 0, 0.8),
    ("front", "A PERSON", 3.6, 10.6, 0, 0.8),
    ("front", "WITH USB", 3.6, 11.9, 0, 0.8),
    ("front", "A", 6.2, 13.2, 0, 1.0),
    ("front", "B", 6.2, 20.6, 0, 1.0),
    ("front", "PPG", 30.2, 6.8, 0, 0.8),
    ("front", "1", 24.0, 13.6, 0, 0.8),
    ("front", "1", 37.4, 12.7, 0, 0.7),
    ("back", f"{design.TITLE} {design.REVISION}", 27.0, 14.0, 0, 1.0),
    ("back", "research use only; never on a person while USB is plugged in", 23.5, 24.6, 0, 0.9),
)
