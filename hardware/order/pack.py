"""The folder a board is ordered with: zip of gerber, drill and job files, lists, notes, drawing."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

from hardware import design
from hardware.netlist import PROJECT
from hardware.order import lists
from hardware.pcb import placement

ZIP = f"{PROJECT}-gerber.zip"
JOB = f"{PROJECT}-job.gbrjob"
THICKNESS_MM = 1.6
_WRITTEN = (2000, 1, 1, 0, 0, 0)  # in the zip, so that it is the same each time
_FUNCTIONS = {
    "F_Cu": "Copper,L1,Top", "B_Cu": "Copper,L2,Bot", "F_Mask": "Soldermask,Top",
    "B_Mask": "Soldermask,Bot", "F_Paste": "Paste,Top", "F_SilkS": "Legend,Top",
    "B_SilkS": "Legend,Bot", "Edge_Cuts": "Profile",
}  # fmt: skip


def write(
    folder: Path, gerber: Path, positions: Mapping[str, lists.Position], drawing: str
) -> None:
    """Everything a board house asks for, from the plotted files and the parts' places."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / ZIP, "w") as made:
        for file in sorted(gerber.iterdir()):
            _add(made, file.name, file.read_text())
        _add(made, JOB, job())
    (folder / "parts.csv").write_text(lists.parts_csv())
    (folder / "places.csv").write_text(lists.places_csv(positions))
    (folder / "assembly.svg").write_text(drawing)
    (folder / "notes.txt").write_text(notes())


def _add(made: zipfile.ZipFile, name: str, text: str) -> None:
    entry = zipfile.ZipInfo(name, _WRITTEN)
    entry.external_attr = 0o644 << 16
    made.writestr(entry, text)


def job() -> str:
    """The gerber job file: what each plotted file is, and of what the board is made."""
    files = [
        {"Path": f"{PROJECT}-{name}.gbr", "FileFunction": function, "FilePolarity": _polarity(name)}
        for name, function in _FUNCTIONS.items()
    ]
    made = {
        "Header": {"GenerationSoftware": {"Vendor": "dyadkit", "Application": "hardware/build.py"}},
        "GeneralSpecs": {
            "ProjectId": {"Name": PROJECT, "Revision": design.REVISION},
            "Size": {"X": placement.WIDTH_MM, "Y": placement.HEIGHT_MM},
            "LayerNumber": 2, "BoardThickness": THICKNESS_MM, "Finish": "ENIG",
        },
        "DesignRules": [{"Layers": "Outer", "PadToPad": 0.2, "PadToTrack": 0.2,
                         "TrackToTrack": 0.2, "MinLineWidth": 0.2}],
        "FilesAttributes": files,
    }  # fmt: skip
    return json.dumps(made, indent=1) + "\n"


def _polarity(name: str) -> str:
    return "Negative" if "Mask" in name else "Positive"


def notes() -> str:
    """What the files do not say, for the board house."""
    by_hand = [part for part in design.ordered() if lists.mounted(part) == lists.BY_HAND]
    hand = "".join(f"  {part.ref}: {part.purpose}\n" for part in by_hand)
    return f"""\
{design.TITLE}, revision {design.REVISION}: notes for the board house

BOARD
  Two layers, FR4, {THICKNESS_MM} mm, 35 um copper, {placement.WIDTH_MM} x {placement.HEIGHT_MM} mm.
  Tracks and gaps 0.2 mm, vias 0.6/0.3 mm, tented. Solder mask both sides, print both
  sides, ENIG. Gerber X2 with job file, drills in Excellon, millimetres: {ZIP}

ASSEMBLY
  Front side only, by machine: places.csv (millimetres from the lower left corner, seen from the
  front; turns against the clock, as KiCad counts). Parts: parts.csv, column Mounted = machine.
  Three fiducials. U4 has its pads below it. Dots in assembly.svg are pins 1.
  No other part without asking: U3, D1, K1, K2 and Q1 protect a person.
  Wash off all flux and dry. What remains of it moves the readings.

BY HAND (not by the house)
{hand}  J1 and J2 stand on the BACK and are soldered on the front.

AFTER WASHING AND BRING-UP
  Conformal coating over everything between K1, K2 and U1, not over J4, J5, SW1, SW2, TP1 to TP6.
"""
