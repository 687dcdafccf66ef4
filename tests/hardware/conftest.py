"""Tools the hardware tests need."""

import importlib.util

import pytest

from hardware import tools


def need(is_there, what):
    if not is_there:
        pytest.skip(f"{what} is missing: `./run test` installs it with apt-get where it can")


@pytest.fixture(scope="session")
def ngspice():
    need(tools.has_ngspice(), "ngspice")


@pytest.fixture(scope="session")
def pcbnew():
    need(tools.has_pcbnew(), "KiCad (pcbnew for the system's Python)")


@pytest.fixture(scope="session")
def skidl():
    need(importlib.util.find_spec("skidl"), "skidl (tests/hardware/skidl.txt, with --no-deps)")
