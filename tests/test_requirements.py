"""Requirements and risks name tests that are there; licences are settled and their page is true."""

import ast
import functools
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = ("docs/requirements.md", "docs/risks.md", "docs/stored-sessions.md", "SECURITY.md")
NAMED = re.compile(r"`(test_\w+)`")


@functools.cache
def known_tests():
    """Names of all test functions of the repository."""
    return {
        node.name
        for file in (ROOT / "tests").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def rows_of(page):
    """Rows of a page's table that have a number, as cells."""
    lines = (ROOT / page).read_text().splitlines()
    return [line.strip("|").split("|") for line in lines if re.match(r"\| [RH]\d+ \|", line)]


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_a_page_names_is_there(page):
    assert set(NAMED.findall((ROOT / page).read_text())) - known_tests() == set()


def test_a_test_that_is_not_there_is_noticed():
    name = "test_" + "of_nothing"
    assert NAMED.findall(f"`{name}`") == [name]
    assert name not in known_tests()


@pytest.mark.parametrize(("page", "letter", "min_rows"), [(PAGES[0], "R", 20), (PAGES[1], "H", 12)])
def test_every_row_has_its_own_number_and_a_test(page, letter, min_rows):
    rows = rows_of(page)
    assert [row[0].strip() for row in rows] == [f"{letter}{k + 1}" for k in range(len(rows))]
    assert len(rows) >= min_rows
    assert [row[0] for row in rows if not NAMED.search(" ".join(row))] == []


def asked(*words):
    return subprocess.run(
        [sys.executable, str(ROOT / "host" / "dependencies.py"), *words],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_every_licence_is_permissive_or_was_looked_at():
    ended = asked("--check")
    if "PackageNotFoundError" in ended.stderr:
        pytest.skip("extra of users: not all of it is installed here")
    assert (ended.returncode, ended.stderr) == (0, "")


def named_in_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"]]
    for extra in ("report", "sim", "keys", "flash", "files", "lsl", "live", "study"):
        wanted += project["optional-dependencies"][extra]
    names = {re.split(r"[<>=;\[ ]", one)[0].lower() for one in wanted}
    return names - {"dyadkit"}


def test_the_page_of_licences_and_the_constraints_name_all_that_is_needed():
    page = (ROOT / "docs" / "licences.md").read_text()
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = {line.split("==")[0] for line in lines if "==" in line}
    assert named_in_project() <= pinned
    assert {name for name in pinned if f"| {name} |" not in page} == set()


def test_the_constraints_name_no_place_to_get_anything_from():
    text = (ROOT / "constraints.txt").read_text()
    assert not re.search(r"://|--|@", text)
    for line in text.splitlines()[1:]:
        assert re.fullmatch(r"[a-z0-9-]+==[\w.!+]+", line)
