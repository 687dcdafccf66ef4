"""Build of the hardware: everything in `hardware/out/`, and every table in the documents.

    python hardware/build.py            all of it
    python hardware/build.py lists pcb  only these steps

The files are the same bytes each time; `git diff` shows what a change of the design changed.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "shared"), str(ROOT / "host")]

from hardware import design, erc, netlist, tables, tools  # noqa: E402

HARDWARE = ROOT / "hardware"
OUT = HARDWARE / "out"
DOCUMENTS = sorted(HARDWARE.glob("*.md"))


def lists() -> None:
    """Netlist, parts list and the documents' tables, after the electrical rules."""
    broken = erc.violations()
    if broken:
        sys.exit("\n".join(f"{one.place} {one.fault}" for one in broken))
    _write("wing.net", netlist.kicad_netlist())
    _write("bom.csv", tables.bom_csv())
    _fill_documents({})


def simulation() -> None:
    """The SPICE netlist, and the documents with what was simulated."""
    from hardware.sim import tables as simulated

    _write("front-end.cir", simulated.spice_netlist())
    _fill_documents(simulated.simulated())


def drawings() -> None:
    """Schematic, stripboard in three steps, and the wiring of each board."""
    from hardware import stripboard
    from hardware.drawing import stripboard as pictures
    from hardware.drawing import wiring
    from hardware.drawing.schematic import schematic

    for number, sheet in enumerate(schematic().sheets, start=1):
        _write(f"drawings/schematic-{number}.svg", sheet.svg())
    board = stripboard.layout()
    for step, _ in pictures.STEPS:
        _write(f"drawings/stripboard-{step}.svg", pictures.draw(board, step))
    for name in design.BOARDS:
        _write(f"drawings/wiring-{name}.svg", wiring.draw(name))


def enclosure() -> None:
    """The case and the finger clip, by build123d."""
    from hardware.enclosure import files

    files.write(OUT / "enclosure")


def pcb() -> None:
    """The wing, routed, checked and plotted by KiCad under the system's own Python."""
    version = tools.pcbnew_version()
    missing = tools.missing_pcbnew(version)
    if missing:
        raise tools.MissingToolError(missing)
    folder = OUT / tools.board_folder(version)
    script = HARDWARE / "pcb" / "board.py"
    subprocess.run([str(tools.SYSTEM_PYTHON), str(script), str(folder)], check=True)
    if folder.name != "pcb":
        print(f"made with KiCad {version}: in {folder.name}/, as the committed files are KiCad 6's")


STEPS: dict[str, Callable[[], None]] = {
    "lists": lists,
    "drawings": drawings,
    "simulation": simulation,
    "enclosure": enclosure,
    "pcb": pcb,
}


def _fill_documents(simulated: dict[str, str]) -> None:
    for document in DOCUMENTS:
        document.write_text(tables.with_tables(document.read_text(), simulated))


def _write(name: str, text: str) -> None:
    file = OUT / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def main(wanted: list[str]) -> None:
    """Take the wanted steps, all if none are named."""
    unknown = set(wanted) - set(STEPS)
    if unknown:
        sys.exit(f"no step {', '.join(sorted(unknown))}; there are {', '.join(STEPS)}")
    left_out = []
    for name in wanted or STEPS:
        begun = time.monotonic()
        try:
            STEPS[name]()
        except tools.MissingToolError as missing:
            left_out.append(f"{name} not made: {missing}")
        except ModuleNotFoundError as missing:
            how = 'pip install -e ".[hardware]"'
            left_out.append(f"{name} not made: {missing.name} is missing: {how}")
        else:
            print(f"{name}: {time.monotonic() - begun:.0f} s")
    if left_out:
        sys.exit("\n".join(left_out))


if __name__ == "__main__":
    main(sys.argv[1:])
