"""H12: skidl finds no fault either, writes the same nets, and finds a design that was broken."""

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from hardware import design

PROGRAM = Path(__file__).parents[2] / "hardware" / "second_opinion.py"
NODE = re.compile(r'\(node\s+\(ref "([^"]+)"\)\s+\(pin "([^"]+)"\)')


pytestmark = pytest.mark.usefixtures("skidl")


@cache
def asked(folder, *how):
    command = [sys.executable, str(PROGRAM), *how]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("skidl")


def test_h12_skidl_finds_neither_error_nor_warning(folder):
    found = asked(folder)
    assert (found["errors"], found["warnings"]) == (0, 0)


def test_skidls_netlist_has_the_nets_of_the_design(folder):
    nets = re.split(r"\(net\s+\(code", asked(folder)["netlist"])[1:]
    written = {re.search(r'name "([^"]+)"', net)[1]: set(NODE.findall(net)) for net in nets}
    assert written == {name: set(pins) for name, pins in design.nets().items()}


def test_h12_skidl_finds_two_outputs_on_one_net(folder):
    assert asked(folder, "short")["errors"] > 0


def test_h12_skidl_finds_a_pin_left_open(folder):
    assert asked(folder, "loose")["warnings"] > 0


def test_nothing_of_the_gpl_is_loaded(folder):
    assert not asked(folder)["inspice"]
