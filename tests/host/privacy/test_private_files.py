"""Whatever the product writes of people is readable by its owner alone, whatever the umask."""

import ast
import contextlib
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from dyadkit import cli
from dyadkit.devices.flashing.register import RegisteredWearable, register
from dyadkit.devices.pairing import Wearer, write_dyad
from dyadkit.dyad.private_files import private_file, private_folder
from dyadkit.dyad.saving import save
from dyadkit.dyad.traces import Dyad, PersonTraces, Trace
from dyadkit.formats import Format, export
from dyadkit.sessions.imported import about_dyad
from dyadkit.storage import SessionWriter, read_about, write_about
from dyadkit.storage.imported import ImportedSession, write_imported
from dyadkit.storage.marks import set_mark
from fakes.short_session import begun, write

ROOT = Path(__file__).parents[3]
HOST = ROOT / "host" / "dyadkit"
WRITES = {"write_text", "write_bytes", "mkdir", "touch"}
ELSEWHERE = {
    "dyad/private_files/__init__.py": "is the one home",
    "analysis/schema.py": "the published schema, which holds nobody's data",
    "devices/flashing/sequence.py": "images, in a temporary folder",
    "devices/flashing/filesystem.py": "files inside the image of a flash",
}
"""Modules that write and whose files are nobody's."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX")


@pytest.fixture(autouse=True)
def careless():
    """A umask that lets everybody read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder):
    """What below a folder others could read, by its place in it."""
    return [str(one.relative_to(folder)) for one in folder.rglob("*") if one.stat().st_mode & 0o077]


def test_a_session_its_marks_and_its_record_are_their_owners_alone(tmp_path):
    writer = begun(tmp_path / "lab" / "family-07")
    set_mark(tmp_path / "lab" / "family-07", 10**9, "talk")
    writer.close({"duration_s": 2.0})
    write_about(tmp_path / "lab" / "family-07", read_about(tmp_path / "lab" / "family-07"))
    assert sorted(one.name for one in (tmp_path / "lab" / "family-07").iterdir()) == [
        "marks.jsonl", "session.json", "session.mcap",
    ]  # fmt: skip
    assert open_to_others(tmp_path) == []


def pair_of_traces():
    times_s = np.arange(0, 60, 0.25)
    skin = Trace(times_s, 4 + np.sin(times_s), "microsiemens", 4.0)
    return Dyad(
        PersonTraces({"eda": skin}, "S01"), PersonTraces({"eda": skin}, "S02"), duration_s=60.0
    )


@pytest.mark.parametrize("form", [*Format], ids=lambda one: one.value)
def test_every_export_is_its_owners_alone(tmp_path, form):
    made = export(pair_of_traces(), form, tmp_path / "out" / form.value)
    assert made
    assert open_to_others(tmp_path) == []


def test_imports_lists_of_dyads_and_registers_are_their_owners_alone(tmp_path):
    dyad = pair_of_traces()
    traces = {"a": dyad.a.traces, "b": dyad.b.traces}
    write_imported(tmp_path / "imported", ImportedSession(traces, about_dyad(dyad, {}, "by hand")))
    write_dyad(tmp_path / "dyads.toml", "f", {"a": Wearer("x", "P"), "b": Wearer("y", "C")})
    register(tmp_path / "wearables.toml", "7cdfa1000001", RegisteredWearable("blue", "b", "m"))
    assert open_to_others(tmp_path) == []


def test_saved_results_and_what_was_open_before_are_their_owners_alone(tmp_path):
    (tmp_path / "trace.json").write_text("somebody left this for all to read")
    save(pair_of_traces(), tmp_path / "trace.json")
    save(pair_of_traces(), tmp_path / "new" / "trace.json")
    assert open_to_others(tmp_path) == []


def test_the_command_line_writes_nothing_that_others_can_read(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write(private_folder(tmp_path / "s"))
    lines = ("analyze s --report r.html --report r.json", "export s --to csv", "pair f --a x --b y")
    for line in lines:
        monkeypatch.setattr(sys, "argv", ["dyadkit", *line.split()])
        run_main()
    assert (tmp_path / "r.html").exists()
    assert (tmp_path / "s-csv" / "marks.csv").exists()
    assert (tmp_path / "dyads.toml").exists()
    assert open_to_others(tmp_path) == []
    made = os.umask(0o022)
    assert made & 0o077 == 0o077  # also of what libraries write


def run_main():
    with contextlib.suppress(SystemExit):
        cli.main()


def test_a_folder_that_somebody_shares_stays_shared_and_its_files_do_not(tmp_path):
    shared = tmp_path / "lab"
    shared.mkdir(mode=0o755)
    SessionWriter(private_folder(shared / "s")).close({})
    private_file(shared / "f").write_text("x")
    assert shared.stat().st_mode & 0o777 == 0o755
    assert open_to_others(shared) == []


def test_an_older_file_is_not_emptied_before_it_is_written(tmp_path):
    (tmp_path / "f").write_text("kept")
    assert private_file(tmp_path / "f").read_text() == "kept"


def unguarded(source):
    """Lines of a module that make a file or folder other than by `private_files`."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        modes = [one.value for one in node.args[:1] if isinstance(one, ast.Constant)]
        makes = node.func.attr in WRITES or (
            node.func.attr == "open"
            and modes
            and set(str(modes[0])) & set("wax")
            and str(modes[0]) in {"w", "wb", "a", "ab", "x", "xb", "x+b", "w+b", "a+b"}
        )
        on = node.func.value
        if makes and not (
            isinstance(on, ast.Call) and getattr(on.func, "id", "") == "private_file"
        ):
            yield node.lineno


def test_a_file_made_without_care_is_found_by_the_next_test():
    assert list(unguarded("Path('x').write_text('y')\nprivate_file(x).write_text('y')")) == [1]
    assert list(unguarded("x.open('rb')\nx.open('w')\nx.mkdir()")) == [2, 3]


def modules():
    return [
        file
        for file in HOST.rglob("*.py")
        if file.relative_to(HOST).as_posix() not in ELSEWHERE
        and file.relative_to(HOST).parts[0] != "sim"  # a simulated flash, in a temporary folder
    ]


def test_every_module_writes_through_private_files():
    found = {
        file.relative_to(HOST).as_posix(): [*unguarded(file.read_text())] for file in modules()
    }
    assert len(found) > 200
    assert {name: lines for name, lines in found.items() if lines} == {}
