"""The tutorials' commands run as written, in the order in which they stand."""

import gzip
import os
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dyadkit.cli import app

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")
pytest.importorskip("matplotlib")

TUTORIALS = Path(__file__).parents[1] / "docs" / "tutorials"
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
QUOTED = re.compile(r"^```text\n(.*?)^```", re.DOTALL | re.MULTILINE)


def commands_of(page):
    blocks = BLOCK.findall((TUTORIALS / page).read_text())
    return [line for block in blocks for line in block.splitlines()]


def run_all(page, folder, monkeypatch):
    """What all commands of a page print, one after the other."""
    monkeypatch.chdir(folder)
    printed = ""
    for line in commands_of(page):
        program, *words = shlex.split(line)
        assert program == "dyadkit"
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, f"{line}: {done.output} {done.exception!r}"
        printed += done.stdout
    return printed


def quoted_in(page):
    """Sentences of a page's text blocks that are no commands, with line breaks taken out."""
    blocks = QUOTED.findall((TUTORIALS / page).read_text())
    said = [" ".join(block.split()) for block in blocks if "dyadkit " not in block]
    return [one for block in said for one in re.split(r"(?<=[.)]) (?=[A-Z])", block)]


def test_the_demo_runs_as_told_and_says_each_sentence_once(tmp_path, monkeypatch):
    printed = run_all("1-demo.md", tmp_path, monkeypatch)
    assert [one for one in quoted_in("1-demo.md") if one not in " ".join(printed.split())] == []
    demo = printed.split("demo/report.html")[0].splitlines()
    assert len(demo) == len(set(demo))
    assert (tmp_path / "demo" / "report.html").exists()


def test_a_real_pair_of_another_system_is_read_as_told(tmp_path, monkeypatch):
    data = os.environ.get("DYADKIT_DATA")
    if not data:
        pytest.skip("DYADKIT_DATA is not set: tests on optional recordings are skipped")
    for file in Path(data, "samples", "physiokit_pair").glob("*.csv.gz"):
        (tmp_path / file.stem).write_bytes(gzip.decompress(file.read_bytes()))
    printed = run_all("2-other-systems.md", tmp_path, monkeypatch)
    lacking = [
        one for one in quoted_in("2-other-systems.md") if one not in " ".join(printed.split())
    ]
    assert lacking == []
