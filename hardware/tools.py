"""The outside programs the hardware is built with, and whether they are here."""

import shutil
import subprocess
from functools import cache
from pathlib import Path


class MissingToolError(RuntimeError):
    """A program or package a step needs is not here; the message says which and how to have it."""


SYSTEM_PYTHON = Path("/usr/bin/python3")  # the one Debian's KiCad comes with
FOOTPRINTS = Path("/usr/share/kicad/footprints")
KICAD = "6"


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
    install = "apt-get install --no-install-recommends kicad kicad-footprints, on Debian 12"
    if not version:
        return f"KiCad {KICAD} is missing: {install}"
    if version.split(".")[0] != KICAD:
        return (
            f"KiCad {version} is here, and the board is made with KiCad {KICAD}: its Python module "
            f"has other names ({install}). What is in hardware/out/pcb stays as it is."
        )
    return ""


def has_pcbnew() -> bool:
    """Whether circuit boards can be made and checked."""
    return not missing_pcbnew(pcbnew_version())
