"""The outside programs the hardware is built with, and whether they are here."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

SYSTEM_PYTHON = Path("/usr/bin/python3")  # the one Debian's KiCad comes with
FOOTPRINTS = Path("/usr/share/kicad/footprints")


def has_ngspice() -> bool:
    """Whether circuits can be simulated."""
    return shutil.which("ngspice") is not None


@cache
def has_pcbnew() -> bool:
    """Whether circuit boards can be made and checked."""
    if not SYSTEM_PYTHON.exists() or not FOOTPRINTS.exists():
        return False
    asked = [str(SYSTEM_PYTHON), "-c", "import pcbnew"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0
