"""Run ngspice in batch mode and read what it echoes."""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hardware import tools
from hardware.sim.netlist import CircuitSetup, netlist

OPTIONS = ".options reltol=1e-6 abstol=1e-15 vntol=1e-9 gmin=1e-15 method=gear"
TIMEOUT_S = 300


class SimulationError(RuntimeError):
    """ngspice could not solve the circuit; the message says what it said."""


def run(bench: CircuitSetup, commands: Sequence[str]) -> str:
    """What ngspice prints for a control script on this bench."""
    with tempfile.TemporaryDirectory(prefix="dyadkit-spice-") as folder:
        return _solve(Path(folder), bench, commands)


def course(
    bench: CircuitSetup, lasts_s: float, wanted: Sequence[str], step_s: float = 0.2e-3
) -> np.ndarray:
    """Time and the wanted, one row for each step the solver took from the steady start on."""
    return _table(bench, f"tran {step_s:g} {lasts_s:g} 0 {step_s:g}", wanted)


def sweep(
    bench: CircuitSetup,
    from_to_hz: tuple[float, float],
    wanted: Sequence[str],
    per_decade: int = 66,
) -> np.ndarray:
    """Frequency and the wanted, one row for each frequency, for one volt of the AC sources."""
    low_hz, high_hz = from_to_hz
    return _table(bench, f"ac dec {per_decade} {low_hz:g} {high_hz:g}", wanted)


def _table(bench: CircuitSetup, analysis: str, wanted: Sequence[str]) -> np.ndarray:
    commands = ["set wr_singlescale", analysis]
    commands += [f"let value{index} = {one}" for index, one in enumerate(wanted)]
    names = " ".join(f"value{index}" for index in range(len(wanted)))
    with tempfile.TemporaryDirectory(prefix="dyadkit-spice-") as folder:
        _solve(Path(folder), bench, ["set numdgt=12", *commands, f"wrdata course.data {names}"])
        return np.loadtxt(Path(folder) / "course.data", ndmin=2)


def _solve(folder: Path, bench: CircuitSetup, commands: Sequence[str]) -> str:
    if not tools.has_ngspice():
        raise tools.MissingToolError("ngspice is missing: apt-get install ngspice")
    text = "\n".join([netlist(bench), OPTIONS, ".control", *commands, ".endc", ".end", ""])
    file = folder / "bench.cir"
    file.write_text(text)
    done = subprocess.run(
        ["ngspice", "-b", str(file)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    if "doAnalyses" in done.stderr or "rror" in done.stderr:
        raise SimulationError(f"ngspice could not solve the circuit: {done.stderr[-800:]}")
    return done.stdout


def rows(text: str) -> np.ndarray:
    """The numbers of each line that begins with `row`."""
    found = [line.split()[1:] for line in text.splitlines() if line.startswith("row ")]
    return np.array(found, dtype=float)


def operating_points(
    bench: CircuitSetup, changes: Sequence[Sequence[str]], wanted: Sequence[str]
) -> np.ndarray:
    """Solve the circuit after each set of changes (`Rskin = 1e4`); one row of the wanted each."""
    commands: list[str] = []
    for change in changes:
        commands += [f"alter {one}" for one in change]
        commands.append("op")
        names = [f"value{index}" for index in range(len(wanted))]
        commands += [f"let {name} = {one}" for name, one in zip(names, wanted, strict=True)]
        commands.append("echo row " + " ".join(f"$&{name}" for name in names))
        commands.append("destroy all")  # kept results make each step slower than the last
    found = rows(run(bench, ["set numdgt=12", *commands]))
    if found.shape != (len(changes), len(wanted)):
        raise SimulationError(f"{len(changes)} points were asked and {len(found)} solved")
    return found
