"""Type-check the firmware against MicroPython's own stubs: `python firmware/check_types.py`.

The stub packages lie flat among the installed packages, where mypy may not search. This shows mypy
a folder with links to the stubs alone.
"""

import sys
import tempfile
from importlib.metadata import files
from pathlib import Path

from mypy import api

STUBS = "micropython-esp32-stubs"
STANDARD_STUBS = "micropython-stdlib-stubs"
CONFIG = Path(__file__).with_name("mypy.ini")


def link_stubs(folder: Path) -> None:
    """Fill a folder with links to the stubs of MicroPython's modules."""
    for file in (*(files(STUBS) or ()), *(files(STANDARD_STUBS) or ())):
        top = Path(file.parts[0])
        link = folder / top
        if top.name != "stdlib" and ".dist-info" not in top.name and not link.exists():
            link.symlink_to(Path(str(file.locate())).parents[len(file.parts) - 1] / top)


def main() -> int:
    """Run mypy; its exit code."""
    standard = next(Path(str(file.locate())) for file in files(STANDARD_STUBS) or ())
    with tempfile.TemporaryDirectory() as folder:
        link_stubs(Path(folder))
        config = CONFIG.read_text().replace("$STUBS", folder).replace("$HERE", str(CONFIG.parent))
        own = Path(folder) / "mypy.ini"
        own.write_text(config)
        out, err, code = api.run(
            ["--config-file", str(own), "--custom-typeshed-dir", str(standard.parents[1])]
        )
    sys.stdout.write(out)
    sys.stderr.write(err)
    return code


if __name__ == "__main__":
    sys.exit(main())
