"""`./run bench`: its table of benchmarks, the figures they print, and what is marked as worse."""

import ast
import subprocess
import sys
from dataclasses import replace

import figures
import kernel
import pytest
import results
import runner
from comparison import Change, Run, rows
from figures import HIGHER, LOWER, SAME, Figure, Kind, figures_in
from profiles import HERE, PROFILES, Length, Need, Profile

F1 = Figure("F1", 0.95, "", Kind.ACCURACY, HIGHER, 0.002)
HOLES = Figure("holes", 0.0, "", Kind.COUNT, LOWER)
BLOCKS = Figure("blocks", 100.0, "", Kind.COUNT, SAME)
HOUR = Figure("an hour", 2.0, "CPU s", Kind.COST, LOWER)
RECORDED = Run("--pairs 5", (), 1.0, (F1, HOLES, BLOCKS, HOUR))


def changes(run, recorded=RECORDED):
    """What became of each figure."""
    return {row.figure.name: row.change for row in rows("beats", run, recorded)}


def moved(**values):
    """The recorded run with other values."""
    there = RECORDED.figures
    now = (replace(one, value=values.get(one.name.split()[-1], one.value)) for one in there)
    return replace(RECORDED, figures=tuple(now))


def test_every_benchmark_is_in_the_table_once_a_name():
    assert {one.script for one in PROFILES} == set(HERE.glob("bench_*.py"))
    names = [one.name for one in PROFILES]
    assert len(set(names)) == len(names)


def test_every_benchmark_can_be_imported_and_says_figures():
    scripts = sorted(HERE.glob("bench_*.py"))
    program = f"import sys; sys.path.insert(0, {str(HERE)!r}); import " + ", ".join(
        one.stem for one in scripts
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    silent = [one.name for one in scripts if not set(said_by(one)) & {"count", "accuracy", "cost"}]
    assert silent == []


def said_by(script):
    """Names of `figures` that a script uses."""
    for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield from [node.attr] * (node.value.id == "figures")


def test_figures_are_read_from_between_what_is_printed_for_people(capsys):
    figures.count("holes", 0)
    figures.accuracy("F1", 0.95, better=HIGHER, tolerance=0.002)
    figures.cost("an hour", 2.0)
    figures.accuracy("p", float("nan"), tolerance=0.01)
    nothing = Figure("p", None, "", Kind.ACCURACY, LOWER, 0.01)
    said = "| a table |\n" + capsys.readouterr().out + "figures of a table do not count\n"
    assert figures_in(said) == [HOLES, F1, HOUR, nothing]


@pytest.mark.parametrize("line", ["figure nothing", 'figure {"name": "F1"}', "figure {}"])
def test_a_line_that_is_no_figure_is_refused(line):
    with pytest.raises(ValueError, match=r"no figure|Expecting"):
        figures_in(line)


def test_two_figures_of_one_name_are_refused():
    with pytest.raises(ValueError, match="one name"):
        figures_in(f"{F1.line}\n{F1.line}\n")


def test_equal_figures_are_not_marked():
    assert set(changes(RECORDED).values()) == {Change.NONE}


@pytest.mark.parametrize(
    ("values", "name", "change"),
    [
        ({"F1": 0.94}, "F1", Change.WORSE),
        ({"F1": 0.96}, "F1", Change.BETTER),
        ({"F1": 0.9485}, "F1", Change.NONE),
        ({"F1": None}, "F1", Change.OTHER),
        ({"holes": 1.0}, "holes", Change.WORSE),
        ({"blocks": 101.0}, "blocks", Change.OTHER),
        ({"hour": 2.4}, "an hour", Change.NONE),
        ({"hour": 2.6}, "an hour", Change.WORSE),
        ({"hour": 1.4}, "an hour", Change.BETTER),
    ],
)
def test_what_moved_beyond_its_tolerance_is_marked(values, name, change):
    found = changes(moved(**values))
    assert found.pop(name) is change
    assert set(found.values()) == {Change.NONE}


def test_costs_are_compared_in_kernels_only():
    slow = replace(moved(hour=4.0), kernel_s=2.0)
    assert changes(slow)["an hour"] is Change.NONE
    assert changes(replace(RECORDED, kernel_s=2.0))["an hour"] is Change.BETTER


def test_costs_too_short_to_tell_apart_are_not_marked():
    short, longer = (
        replace(RECORDED, figures=(replace(HOUR, value=value),)) for value in (0.001, 0.004)
    )
    assert changes(longer, short)["an hour"] is Change.NONE


def test_another_command_line_is_not_compared_nor_costs_with_other_data():
    asked = replace(moved(F1=0.5), arguments="--pairs 6")
    assert set(changes(asked).values()) == {Change.NEW}
    poorer = changes(replace(moved(F1=0.5), without=("DYADKIT_DATA",)))
    assert (poorer["F1"], poorer["an hour"]) == (Change.WORSE, Change.NEW)


def test_a_recorded_figure_that_was_not_measured_is_told():
    found = changes(replace(RECORDED, figures=(F1, HOLES)))
    assert found["blocks"] is found["an hour"] is Change.GONE


def test_what_is_recorded_is_read_back(tmp_path):
    length = {Length.QUICK: {"beats": replace(RECORDED, circumstances=results.circumstances("x"))}}
    results.record(length, tmp_path / "r.json", tmp_path / "r.md")
    held = results.recorded(tmp_path / "r.json")
    assert held == length | {Length.FULL: {}}
    assert "| an hour | 2 | CPU s | 2 | 25% | lower |" in (tmp_path / "r.md").read_text()


def test_the_page_is_made_from_the_record_and_names_no_place_of_a_computer():
    assert results.PAGE.read_text() == results.page_of(results.recorded())
    assert "/home" not in results.RECORD.read_text()
    assert "/work" not in results.RECORD.read_text()


def test_what_is_missing_is_named(monkeypatch):
    monkeypatch.delenv("DYADKIT_DATA", raising=False)
    wrist = next(one for one in PROFILES if one.name == "wrist")
    assert wrist.missing(Length.QUICK) == ["DYADKIT_DATA with dyads/emopaircompete"]
    monkeypatch.delenv("DYADKIT_MICROPYTHON", raising=False)
    memory = next(one for one in PROFILES if one.name == "memory")
    assert "DYADKIT_MICROPYTHON" in memory.missing(Length.FULL)
    assert "DYADKIT_MICROPYTHON" not in memory.missing(Length.QUICK)


@pytest.fixture
def three(monkeypatch, tmp_path):
    """Three benchmarks: one fails, one needs what is not here, one prints a figure."""

    class Tried(Profile):
        script = property(lambda self: tmp_path / f"{self.name}.py")

    (tmp_path / "fails.py").write_text(f"print({F1.line!r})\nraise SystemExit('no more')\n")
    (tmp_path / "works.py").write_text(f"print({F1.line!r})\n")
    (tmp_path / "kernel.py").write_text("print(0.5)\n")
    every = (
        Tried("fails", "", "", "nothing"),
        Tried("needs", "", "", "nothing", needs=(Need("the moon", lambda: False),)),
        Tried("works", "", "", "nothing"),
    )
    monkeypatch.setattr(runner, "PROFILES", every)
    monkeypatch.setattr(runner, "KERNEL", tmp_path / "kernel.py")
    monkeypatch.setattr(runner, "recorded", lambda: {Length.QUICK: {"works": moved(F1=0.5)}})


def test_a_benchmark_that_fails_stops_no_other_and_is_the_exit_code(three, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bench"])
    assert runner.main() == 1
    said = capsys.readouterr().out
    assert "FAILED: fails: exit code 1" in said
    assert "no more" in said
    assert "Not run: needs: needs the moon" in said
    assert "| works | F1 | 0.95 |" in said


def test_worse_figures_are_no_failure(three, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bench", "works"])
    monkeypatch.setattr(
        runner, "recorded",
        lambda: {Length.QUICK: {"works": replace(moved(F1=0.99), arguments="")}},
    )  # fmt: skip
    assert runner.main() == 0
    assert "WORSE" in capsys.readouterr().out


def test_a_benchmark_without_a_name_in_the_table_is_refused(three, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bench", "unknown"])
    with pytest.raises(SystemExit):
        runner.main()
    assert (
        "no benchmark is called unknown; there are fails, needs, works" in capsys.readouterr().err
    )


def test_the_kernel_does_the_same_each_time():
    assert kernel.loop(1000) == 130245837
    assert kernel.transforms(2) == pytest.approx(130653.375, rel=1e-9)
    assert kernel.products(2) == pytest.approx(160052.3226, rel=1e-7)
