"""The documentation as a site: built without a warning, whole, and asking nobody for anything."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from dyadkit.cli import app
from host.test_examples import PUBLIC

pytest.importorskip("sphinx")
pytest.importorskip("furo")
pytest.importorskip("myst_parser")
pytest.importorskip("numpydoc")

ROOT = Path(__file__).parents[1]
WORDS_A_MINUTE = 238
"""Of adults who read English silently (Brysbaert 2019, J Mem Lang 109, 104047)."""
MINUTES = 7
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
ASKING = re.compile(
    r"<(?:script|img|iframe|source)[^>]+src=\"(?:https?:)?//|<link[^>]+href=\"(?:https?:)?//"
)
"""What a browser fetches by itself; a link is followed only by who clicks it."""
FOR_LOOKING_UP = (
    "docs/accuracy",
    "docs/synchrony-measures",
    "docs/decisions",
    "docs/site",
    "hardware",
    "shared",
    "firmware",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    place = tmp_path_factory.mktemp("site")
    options = ["--quiet", "--fail-on-warning", "--keep-going", "--conf-dir", "docs/site"]
    built = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, ".", str(place)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    return place


def page(site, name):
    return (site / f"{name}.html").read_text()


def test_every_command_stands_in_the_reference(site):
    told = page(site, "docs/site/made/commands")
    commands = typer.main.get_command(app).commands
    assert len(commands) > 20
    assert [name for name in commands if f">dyadkit {name}<" not in told] == []


def test_every_public_name_stands_in_the_reference(site):
    lacking = [
        f"{room}.{name}"
        for room, names in PUBLIC.items()
        for name in names
        if not name.startswith("__") and name not in page(site, f"docs/site/made/python/{room}")
    ]
    assert lacking == []


def test_every_document_of_the_repository_is_a_page(site):
    folders = [".", "docs", "docs/accuracy", "docs/decisions", "docs/examples", "hardware"]
    documents = [one for folder in folders for one in (ROOT / folder).glob("*.md")]
    assert len(documents) > 50
    pages = {one.relative_to(site).with_suffix("").as_posix() for one in site.rglob("*.html")}
    assert {one.relative_to(ROOT).with_suffix("").as_posix() for one in documents} <= pages


def test_no_page_asks_another_computer_for_anything(site):
    pages = [*site.rglob("*.html")]
    assert len(pages) > 50
    assert [one.name for one in pages if ASKING.search(one.read_text())] == []


def test_the_first_page_leads_to_every_chapter(site):
    first = page(site, "README")
    chapters = ("How to", "Understand", "People and data", "Reference", "Accuracy", "Hardware")
    assert [one for one in chapters if one not in first] == []


def test_a_page_that_is_read_through_is_read_in_seven_minutes():
    long = {
        one.relative_to(ROOT).as_posix(): len(
            re.findall(r"[\w'-]+", FENCE.sub("", one.read_text()))
        )
        for one in (ROOT / "docs").rglob("*.md")
        if not one.relative_to(ROOT).as_posix().startswith(FOR_LOOKING_UP)
    }
    assert {name: words for name, words in long.items() if words > MINUTES * WORDS_A_MINUTE} == {}
