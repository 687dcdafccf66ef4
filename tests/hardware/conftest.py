"""Tools the hardware tests need."""

import hashlib
import importlib.util
import shutil

import pytest

from fakes.once import once
from hardware import tools
from hardware.sim import netlist, spice


def need(is_there, what):
    if not is_there:
        pytest.skip(f"{what} is missing: `./run test` installs it with apt-get where it can")


@pytest.fixture(scope="session")
def ngspice():
    need(tools.has_ngspice(), "ngspice")


@pytest.fixture(scope="session", autouse=True)
def _solved_once(shared_folder):
    """ngspice solves each circuit once: what a figure is tested by is what the documents hold."""
    solve = spice._solve

    def solved(folder, bench, commands):
        asked = repr((netlist.netlist(bench), list(commands)))
        kept = shared_folder / "solved" / hashlib.sha256(asked.encode()).hexdigest()

        def make(place):
            (place / "printed").write_text(solve(place, bench, commands))

        for file in once(kept, make).glob("*.data"):
            shutil.copy(file, folder)
        return (kept / "printed").read_text()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spice, "_solve", solved)
        yield


@pytest.fixture(scope="session")
def pcbnew():
    need(tools.has_pcbnew(), "KiCad (pcbnew for the system's Python)")


@pytest.fixture(scope="session")
def skidl():
    need(importlib.util.find_spec("skidl"), "skidl (tests/hardware/skidl.txt, with --no-deps)")
