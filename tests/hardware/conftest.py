"""Tools the hardware tests need: a missing one skips loudly here and fails where CI is set."""

import importlib.util
import os

import pytest

from hardware import tools


def need(is_there, what):
    if is_there:
        return
    sentence = f"{what} is missing: `./run test` installs it with apt-get where it can"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def ngspice():
    need(tools.has_ngspice(), "ngspice")


@pytest.fixture(scope="session")
def pcbnew():
    need(tools.has_pcbnew(), "KiCad (pcbnew for the system's Python)")


@pytest.fixture(scope="session")
def skidl():
    need(importlib.util.find_spec("skidl"), "skidl (tests/hardware/skidl.txt, with --no-deps)")
