"""H15, H16: the documents and the simulation follow the design; the battery lasts."""

import re
from pathlib import Path

import pytest

from hardware import bringup, design, power, tables
from hardware.sim import bringup as simulated
from hardware.sim import netlist

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted((ROOT / "hardware").glob("*.md"))
SIMULATED = {"figures", "faults", "attaching", "bare"}


def tables_in(document):
    return {found[2]: found[0] for found in tables.MARK.finditer(document.read_text())}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.name)
def test_the_tables_in_the_documents_are_those_of_the_design(document):
    text = document.read_text()
    assert tables.with_tables(text, {}) == text


def test_every_table_is_in_some_document():
    there = set().union(*(tables_in(document) for document in DOCUMENTS))
    assert there == set(tables.TABLES) | SIMULATED


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.name)
def test_every_link_leads_somewhere(document):
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
        assert (document.parent / target).exists(), target


def test_the_pin_table_in_the_readme_has_the_gpios_of_every_board():
    text = (ROOT / "hardware" / "README.md").read_text()
    for role in tables.ROLES:
        row = next(line for line in text.splitlines() if line.startswith(f"| {role} |"))
        wanted = [
            str(board.pads[role].gpio) if role in board.pads else "none"
            for board in design.BOARDS.values()
        ]
        assert re.findall(r"GPIO (\d+)|(none)", row) == [
            ("", "none") if one == "none" else (one, "") for one in wanted
        ]


def test_h15_the_simulation_takes_every_value_from_the_design(monkeypatch):
    before = netlist.netlist(netlist.CircuitSetup())
    for part in design.PARTS:
        if part.amount:
            others = tuple(
                one._replace(amount=1.5 * one.amount) if one.ref == part.ref else one
                for one in design.PARTS
            )
            with monkeypatch.context() as patch:
                patch.setattr(design, "PARTS", others)
                assert netlist.netlist(netlist.CircuitSetup()) != before, part.ref


def test_h15_the_committed_circuit_is_the_one_that_was_simulated():
    kept = (ROOT / "hardware" / "out" / "front-end.cir").read_text()
    assert kept.startswith(netlist.netlist(netlist.CircuitSetup()))


def test_h16_the_cell_lasts_four_hours_even_if_everything_draws_the_most():
    shortest_h, longest_h = power.hours()
    assert power.PROMISED_HOURS <= shortest_h < longest_h


def test_h16_fails_with_a_load_nobody_planned():
    thirsty = (*power.LOADS, power.Load("radio never asleep", 60.0, 60.0, "guessed"))
    assert power.hours(loads=thirsty)[0] < power.PROMISED_HOURS


def test_every_load_has_a_range_and_says_how_it_is_known():
    assert all(load.known and load.min_ma <= load.max_ma for load in power.LOADS)
    assert power.LOADS[0].min_ma < power.LOADS[0].max_ma


def test_modem_sleep_would_lengthen_both_ends():
    asleep = power.hours(loads=(power.MODEM_SLEEP, *power.LOADS[1:]))
    assert all(one > other for one, other in zip(asleep, power.hours(), strict=True))


def test_every_step_of_the_bring_up_says_what_is_expected():
    names = [step.name for step in bringup.STEPS]
    assert len(names) == len(set(names))
    assert all(bringup.expected(step) for step in bringup.STEPS)
    assert {one.step for one in simulated.POWERED} <= set(names)
    assert sum(step.guards for step in bringup.STEPS) >= 6
