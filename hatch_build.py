"""What a wheel holds beside sources: the firmware compiled for both processors.

So flashing and updating need no compiler where dyadkit is installed.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent


class CompiledFirmware(BuildHookInterface[Any]):
    """Adds `dyadkit/_firmware/compiled/<processor>` to wheels; checkouts compile when asked."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before the wheel is packed; an editable install holds sources only."""
        if version == "editable":
            return
        sys.path[:0] = [str(ROOT / "host"), str(ROOT / "shared")]
        from dyadkit.devices.firmware_update import PROCESSORS, compile_files

        target = Path(tempfile.mkdtemp(prefix="dyadkit-compiled-"))
        for processor in PROCESSORS:
            for name, data in compile_files(
                [ROOT / "firmware", ROOT / "shared"], processor
            ).items():
                file = target / processor / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
        build_data["force_include"][str(target)] = "dyadkit/_firmware/compiled"
