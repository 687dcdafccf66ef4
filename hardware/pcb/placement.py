"""Where each part is on the wing, in millimetres from its upper left corner, and turned how far.

The electrodes are left, the digital side right. The headers are where a Feather has its pins; they
stand on the back and go into sockets on the Feather, so that both have the same pins from above.
"""

from typing import NamedTuple

from hardware import design

WIDTH_MM = 50.8
HEIGHT_MM = 22.86


class Place(NamedTuple):
    """Centre of a part (pin 1 for connectors) and its turn in degrees."""

    x_mm: float
    y_mm: float
    turn_deg: float = 0.0


def _column(x_mm: float, refs: str, top_mm: float = 4.2, step_mm: float = 1.8) -> dict[str, Place]:
    """Parts one under the other; a minus leaves a place free, a slash turns a part around."""
    places = {}
    for row, word in enumerate(refs.split()):
        if word != "-":
            turn = 180.0 if word.startswith("/") else 0.0
            places[word.lstrip("/")] = Place(x_mm, top_mm + row * step_mm, turn)
    return places


PLACES: dict[str, Place] = {
    "J1": Place(6.35, 21.59, 90),
    "J2": Place(16.51, 1.27, 90),
    "J3": Place(2.9, 12.4, 90),
    "J4": Place(47.6, 15.4, 90),
    "U3": Place(18.3, 11.4),
    "U1": Place(33.4, 11.4),
    **_column(8.2, "R17 C6 /R5 R9 - R3 R2 C7 C3 -", top_mm=2.4),
    **_column(12.0, "C8 C1 /R4 R7 R1 C4 C5 R8 R6 C2", top_mm=2.4),
    **_column(24.6, "- C15 R12 - - R11 - R10 -"),
    **_column(28.4, "- C12 - - C11 - C10 - -", top_mm=4.6),
    **_column(38.4, "R13 R14 C13 - - C14 - - R16"),
    **_column(42.2, "- - - - - - - - R15"),
    "C16": Place(42.4, 9.6, 90),
}

ROUTED_FIRST = ("SDA", "3V3")  # found by the router; without them it tries three times

# printed on the back: words, middle, turn
PRINTED = (
    (f"{design.TITLE} {design.REVISION}", 27.0, 8.0, 0),
    ("research use only; never on a person while USB is plugged in", 25.4, 16.5, 0),
    ("electrodes", 6.4, 11.4, 90),
    ("PPG", 44.6, 11.4, 90),
)
