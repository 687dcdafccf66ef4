"""What KiCad says of a board file: rule violations and the net of every pad, as JSON.

`verify.py FILE [remove|widen|pour|crowd|unguard]` breaks the board first, to show that the check
can fail.
"""

import json
import re
import sys
import tempfile
from collections.abc import Sequence
from math import hypot
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "shared")]

import pcbnew  # noqa: E402

from hardware import design  # noqa: E402
from hardware.pcb import kicad, outlines, placement  # noqa: E402
from hardware.pcb.pictures import ORIGIN_MM  # noqa: E402

_COUNTS = (r"Found (\d+) DRC violations", r"Found (\d+) unconnected")


def check(board: Any) -> tuple[int, int, str]:
    """Violations and unconnected items by KiCad's own design rule check, and its report.

    That the user's KiCad knows no footprint library is no fault of the board.
    """
    kicad.set_rules(board)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "drc.txt"
        pcbnew.WriteDRCReport(board, str(file), kicad.MILLIMETRES, True)  # noqa: FBT003
        report = file.read_text()
    found = [re.search(pattern, report) for pattern in _COUNTS]
    if not all(found):
        raise RuntimeError("KiCad wrote no design rule report")
    violations, unconnected = (int(one[1]) for one in found if one)
    violations -= report.count("[lib_footprint_issues]")
    return violations, unconnected, report


def break_it(board: Any, how: str) -> None:
    """Break one rule: a track missing or too wide, a pour or a part where none may be."""
    if how in ("remove", "widen"):
        track = max(board.GetTracks(), key=lambda track: track.GetLength())
        board.Delete(track) if how == "remove" else track.SetWidth(pcbnew.FromMM(3))
    elif how == "pour":
        moved = pcbnew.FromMM(8)
        for zone in board.Zones():
            zone.Move(kicad.point_mm(pcbnew.ToMM(moved), 0))
        pcbnew.ZONE_FILLER(board).Fill(board.Zones())
    elif how == "crowd":
        leads = board.FindFootprintByReference("R19")
        leads.SetPosition(board.FindFootprintByReference("J3").GetPosition())
    elif how == "unguard":
        for zone in [one for one in board.Zones() if one.GetNetname() != "GND"]:
            board.Delete(zone)
        pcbnew.ZONE_FILLER(board).Fill(board.Zones())


def poured_to_mm(board: Any) -> float:
    """How far a pour reaches towards the antenna, in mm from the left edge."""
    return max(end[0] for _, _, piece, _ in outlines.poured(board) for end in piece)


def nearest_mm(board: Any, nets: Sequence[str]) -> float:
    """Smallest distance of these nets' copper to any other, what is poured too, in mm."""
    copper = [*outlines.soldered(board), *outlines.poured(board)]
    mine = [one for one in copper if one.net in nets]
    return outlines.min_apart_mm(mine, [one for one in copper if one.net not in nets])


def ground_near_mm(board: Any) -> float:
    """Smallest distance of poured ground to a node of high impedance, in mm."""
    mine = [one for one in outlines.soldered(board) if one.net in design.GUARDS]
    ground = [one for one in outlines.poured(board) if one.net == "GND"]
    return outlines.min_apart_mm(mine, ground)


def decoupling_mm(board: Any) -> dict[str, float]:
    """Distance from each chip's supply pin to the nearest capacitor on its net, in mm."""
    pads = [
        (footprint.GetReference(), pad)
        for footprint in board.GetFootprints()
        for pad in footprint.Pads()
    ]
    found = {}
    for part in design.PARTS:
        supply = next((net for name, net in part.pins.values() if name == "VDD"), "")
        if not supply:
            continue
        pins = [pad for ref, pad in pads if ref == part.ref and pad.GetNetname() == supply]
        near = [pad for ref, pad in pads if ref[0] == "C" and pad.GetNetname() == supply]
        found[part.ref] = min(_apart_mm(one, other) for one in pins for other in near)
    return found


def _apart_mm(one: Any, other: Any) -> float:
    at, there = one.GetPosition(), other.GetPosition()
    return float(hypot(pcbnew.ToMM(at.x - there.x), pcbnew.ToMM(at.y - there.y)))


def placed(board: Any) -> dict[str, tuple[float, float, float, str]]:
    """Place, turn and side of every part, in mm from the board's lower left corner."""
    found = {}
    for footprint in board.GetFootprints():
        at = footprint.GetPosition()
        found[footprint.GetReference()] = (
            round(pcbnew.ToMM(at.x) - ORIGIN_MM, 4),
            round(placement.HEIGHT_MM - (pcbnew.ToMM(at.y) - ORIGIN_MM), 4),
            round(footprint.GetOrientationDegrees() % 360, 2),
            "bottom" if footprint.IsFlipped() else "top",
        )
    return found


def main() -> None:
    """Print what was found."""
    board = pcbnew.LoadBoard(sys.argv[1])
    pads = {
        f"{footprint.GetReference()}.{pad.GetNumber()}": pad.GetNetname()
        for footprint in board.GetFootprints()
        for pad in footprint.Pads()
        if pad.GetNumber() not in ("", "MP")
    }
    if len(sys.argv) > 2:
        break_it(board, sys.argv[2])
    violations, unconnected, _ = check(board)
    found = {
        "violations": violations, "unconnected": unconnected, "pads": pads,
        "poured_to_mm": poured_to_mm(board), "decoupling_mm": decoupling_mm(board),
        "leads_apart_mm": nearest_mm(board, design.ELECTRODE_LEADS),
        "ground_from_guarded_mm": ground_near_mm(board), "placed": placed(board),
    }  # fmt: skip
    print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main()
