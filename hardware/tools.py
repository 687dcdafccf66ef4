"""The outside programs the hardware is built with, and whether they are here."""

import shutil
import subprocess
from functools import cache
from pathlib import Path


class MissingToolError(RuntimeError):
    """A program or package a step needs is not here; the message says which and how to have it."""


SYSTEM_PYTHON = Path("/usr/bin/python3")  # the one Debian's KiCad comes with
FOOTPRINTS = Path("/usr/share/kicad/footprints")
KICAD = 6  # the committed board is its


def has_ngspice() -> bool:
    """Whether circuits can be simulated."""
    return shutil.which("ngspice") is not None


@cache
def pcbnew_version() -> str:
    """Version of the KiCad that the system's Python can use; empty if there is none."""
    if not SYSTEM_PYTHON.exists() or not FOOTPRINTS.exists():
        return ""
    asked = [str(SYSTEM_PYTHON), "-c", "import pcbnew; print(pcbnew.GetBuildVersion())"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def missing_pcbnew(version: str) -> str:
    """Why circuit boards cannot be made with this version; empty if they can."""
    if _major(version) >= KICAD:
        return ""
    install = "apt-get install --no-install-recommends kicad kicad-footprints"
    return f"KiCad {KICAD} or later is missing: {install}"


def board_folder(version: str) -> str:
    """Where this version's board goes: beside the committed one, unless it made that one."""
    major = _major(version)
    return "pcb" if major == KICAD else f"pcb-kicad{major}"


def _major(version: str) -> int:
    return int(version.split(".")[0] or 0)


def has_pcbnew() -> bool:
    """Whether circuit boards can be made and checked."""
    return not missing_pcbnew(pcbnew_version())
