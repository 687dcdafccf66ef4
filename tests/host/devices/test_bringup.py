"""The bring-up of two boards: walked, gone on with, stopped where a person is at stake."""

import asyncio
import io
import json
import sys
from pathlib import Path

import pytest

from dyadkit import cli
from dyadkit.cli.boards.bringup import TerminalLab
from dyadkit.devices.bench.bringup import Bringup, accepted, outcome_of, todo, walk
from dyadkit.devices.bench.bringup_measures import MEASURES
from dyadkit.devices.bench.bringup_steps import STEPS, StepKind
from dyadkit.devices.pairing import Wearer
from dyadkit.report.bringup_page import render

ROOT = Path(__file__).parents[3]
NOTHING = Bringup("measured", "2026-11-30", {}, (), ())
BY_NAME = {step.name: step for step in STEPS}


def good(figure):
    """A value that keeps a figure's limits."""
    return figure.high if figure.low is None else figure.low


class Answers:
    """A lab in which everything is fine but what is said otherwise; `asked` is what was asked."""

    def __init__(self, **values):
        self.values = values
        self.asked = []

    async def type_figure(self, step, figure, subject):
        self.asked.append((step.name, subject))
        return self.values.get(step.name, good(figure))

    async def confirm(self, step, subject):
        self.asked.append((step.name, subject))
        return self.values.get(step.name, True)

    async def ask(self, step, subject):
        self.asked.append((step.name, subject))
        return {one.name: good(one) for one in step.figures}

    async def record(self, step):
        self.asked.append((step.name, "pair"))
        return step


FINE = {
    step.name: lambda step: {one.name: good(one) for one in step.figures}
    for step in STEPS
    if step.kind is StepKind.RECORDED
}


def walked(lab, before=NOTHING, steps=STEPS):
    return asyncio.run(walk(lab, FINE, before, steps))


def test_every_step_is_walked_in_the_order_of_the_table_and_a_good_pair_passes():
    lab = Answers()
    found = walked(lab)
    assert list(dict.fromkeys(lab.asked)) == [(step.name, who) for step, who in todo(STEPS)]
    assert found.is_passed
    assert [(one.step, one.subject) for one in found.outcomes] == list(dict.fromkeys(lab.asked))


def test_a_step_that_guards_a_person_ends_the_walk_and_says_so():
    found = walked(Answers(**{"lead-current": 12.0}))
    assert not found.is_passed
    assert found.outcomes[-1].step == "lead-current"
    assert "loaded-voltage a" in found.left_out
    assert any("must not be worn" in line for line in found.sentences())


def test_a_walk_goes_on_with_what_is_open_or_was_out_of_range():
    before = walked(Answers(supply=2.9, strap=None))
    assert before.left_out == ("strap a", "strap b")
    lab = Answers()
    found = walked(lab, before)
    assert set(lab.asked) == {(name, who) for name in ("strap", "supply") for who in "ab"}
    assert found.is_passed


@pytest.mark.parametrize("step", STEPS, ids=lambda one: one.name)
def test_every_limit_of_every_step_can_fail_the_bring_up(step):
    values = {one.name: good(one) for one in step.figures}
    assert outcome_of(step, "a", values).is_within
    for one in step.figures:
        outside = one.low - 1 if one.low is not None else one.high + 1
        assert not outcome_of(step, "a", {**values, one.name: outside}).is_within
        assert not outcome_of(step, "a", {**values, one.name: float("nan")}).is_within
    assert not outcome_of(step, "a", values, is_so=False).is_within


def test_every_recorded_step_has_its_measure():
    assert set(MEASURES) == set(FINE)


def test_what_replaces_a_model_is_said_with_both_figures_and_where_the_model_stands():
    found = walked(Answers(**{"lead-current": 7.5}), steps=[BY_NAME["lead-current"]])
    assert found.replaced()[0] == (
        "lead-current a: current 7.5 uA (measured), 7.98 (simulated, hardware/SAFETY.md)"
    )
    page = render(found)
    for word in ("7.5", "7.98", "simulated", "hardware/SAFETY.md", "measured"):
        assert word in page


def test_what_is_handed_in_must_be_measured_and_of_known_steps():
    found = walked(Answers()).to_dict()
    assert accepted(found).is_passed
    with pytest.raises(ValueError, match="are simulated, not measured"):
        accepted({**found, "origin": "simulated"})
    strange = {**found["outcomes"][0], "step": "kettle"}
    with pytest.raises(ValueError, match="no step kettle"):
        accepted({**found, "outcomes": [strange]})
    with pytest.raises(ValueError, match="not a file of dyadkit bringup"):
        accepted({"outcomes": 3})


def test_every_file_that_was_handed_in_is_accepted():
    for file in sorted((ROOT / "hardware" / "measured").glob("*.json")):
        assert accepted(json.loads(file.read_text())).boards, file.name


def test_at_a_terminal_numbers_are_typed_and_enter_leaves_out(monkeypatch, tmp_path):
    lab = TerminalLab({"a": Wearer("x", ""), "b": Wearer("y", "")}, tmp_path)
    figure = BY_NAME["current"].figures[0]
    monkeypatch.setattr(sys, "stdin", io.StringIO("much\n57,5\n\ny\nn\n\n\n"))

    async def answers():
        step = BY_NAME["current"]
        return [
            await lab.type_figure(step, figure, "a"),
            await lab.type_figure(step, figure, "b"),
            await lab.confirm(BY_NAME["strap"], "a"),
            await lab.confirm(BY_NAME["strap"], "b"),
            await lab.confirm(BY_NAME["strap"], "b"),
            await lab.record(BY_NAME["soak"]),
            await lab.ask(BY_NAME["self-test"], "a"),
        ]

    assert asyncio.run(answers()) == [57.5, None, True, False, None, None, None]


def command(monkeypatch, capsys, *words):
    monkeypatch.setattr(sys, "argv", ["dyadkit", "bringup", "bench", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code, capsys.readouterr()


def test_the_command_walks_virtual_boards_and_writes_a_file_and_a_page(
    monkeypatch, capsys, tmp_path
):
    pytest.importorskip("bumble")
    pytest.importorskip("micropython_unix")
    out = tmp_path / "first.json"
    words = ["--simulated", "--out", str(out), "--only", "self-test", "--only", "radio-1m"]
    words += ["--only", "bus-timing", "--only", "lead-current"]
    code, said = command(monkeypatch, capsys, *words)
    found = Bringup.from_dict(json.loads(out.read_text()))
    assert code == 0, said.out
    assert found.is_passed
    assert found.origin == "simulated"
    [radio] = [one for one in found.outcomes if one.step == "radio-1m"]
    values = {one.name: one.value for one in radio.figures}
    assert values["samples lost in the end"] == 0
    assert values["throughput"] > 1.0
    assert "simulated" in out.with_suffix(".html").read_text()
    with pytest.raises(ValueError, match="not measured"):
        accepted(found.to_dict())


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--out", "x.txt"], 2, "end the name in .json"),
        (["--out", "x.json", "--only", "kettle"], 2, "no step kettle"),
        (["--out", "x.json"], 1, "knows no dyad bench"),
    ],
)
def test_what_cannot_be_is_refused(monkeypatch, capsys, tmp_path, words, code, says):
    monkeypatch.chdir(tmp_path)
    ended, said = command(monkeypatch, capsys, *words)
    assert ended == code
    assert says in " ".join(said.err.replace("│", " ").split())


def test_a_file_of_simulated_figures_is_not_gone_on_with_as_measured(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dyads.toml").write_text('[bench.a]\nwearable="x"\nparticipant=""\n'
                                         '[bench.b]\nwearable="y"\nparticipant=""\n')  # fmt: skip
    simulated = Bringup("simulated", "2026-11-30", {}, (), ())
    (tmp_path / "x.json").write_text(json.dumps(simulated.to_dict()))
    code, said = command(monkeypatch, capsys, "--out", "x.json")
    assert code == 1
    assert "holds simulated figures" in said.err
