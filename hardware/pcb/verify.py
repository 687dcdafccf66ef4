"""What KiCad says of a board file: rule violations and the net of every pad, as JSON.

`verify.py FILE [remove|widen]` breaks the board first, to show that the check can fail.
"""

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "shared")]

import pcbnew  # noqa: E402

from hardware.pcb import kicad  # noqa: E402

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
    """Take the longest track away, or make it far too wide."""
    track = max(board.GetTracks(), key=lambda track: track.GetLength())
    if how == "remove":
        board.Delete(track)
    else:
        track.SetWidth(pcbnew.FromMM(3))


def main() -> None:
    """Print what was found."""
    board = pcbnew.LoadBoard(sys.argv[1])
    pads = {
        f"{footprint.GetReference()}.{pad.GetNumber()}": pad.GetNetname()
        for footprint in board.GetFootprints()
        for pad in footprint.Pads()
    }
    if len(sys.argv) > 2:
        break_it(board, sys.argv[2])
    violations, unconnected, _ = check(board)
    print(json.dumps({"violations": violations, "unconnected": unconnected, "pads": pads}))  # noqa: T201


if __name__ == "__main__":
    main()
