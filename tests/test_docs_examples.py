"""The scripts of docs/examples run as a reader would run them, and print what is committed.

The words must be the same and the numbers, too, but for the last digit that is printed. To write
down what they print now: `DYADKIT_WRITE_EXAMPLES=1 pytest tests/test_docs_examples.py`.
"""

import os
import re
import runpy
import sys
from pathlib import Path

import matplotlib as mpl
import pytest

from fakes import recorded

PLACE = Path(__file__).parents[1] / "docs" / "examples"
SCRIPTS = sorted(PLACE.glob("*.py"))
LEAVES = {
    "own_arrays": {"report.html", "report.json", "report.npz"},
    "look_at_a_session": {"heart-rate.png"},
}
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


@pytest.fixture(scope="module")
def session(shared_folder):
    """The session that `demo --minutes 2` records."""
    folder, _ = recorded.usual(shared_folder)
    return folder


def step_of(number):
    """One unit of the last digit of a number as printed."""
    digits, _, exponent = number.partition("e")
    places = len(digits.partition(".")[2])
    return 10.0 ** (int(exponent or 0) - places)


def differs(printed, expected):
    """Why two texts are not the same to the last digit but one; None where they are."""
    lines = list(zip(printed.splitlines(), expected.splitlines(), strict=False))
    if len(printed.splitlines()) != len(expected.splitlines()):
        return "another number of lines"
    for ours, theirs in lines:
        if NUMBER.sub("#", ours) != NUMBER.sub("#", theirs):
            return ours
        pairs = zip(NUMBER.findall(ours), NUMBER.findall(theirs), strict=True)
        if any(abs(float(a) - float(b)) > 1.01 * step_of(b) for a, b in pairs):
            return ours
    return None


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda one: one.stem)
def test_an_example_prints_what_is_committed(script, request, tmp_path, monkeypatch, capsys):
    mpl.use("Agg")
    needs_session = "sys.argv[1]" in script.read_text(encoding="utf-8")
    arguments = [str(request.getfixturevalue("session"))] if needs_session else []
    monkeypatch.setattr(sys, "argv", [str(script), *arguments])
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(script), run_name="__main__")
    printed = capsys.readouterr().out
    kept = PLACE / "expected" / f"{script.stem}.txt"
    if os.environ.get("DYADKIT_WRITE_EXAMPLES"):
        kept.write_text(printed, encoding="utf-8")
    assert differs(printed, kept.read_text(encoding="utf-8")) is None
    assert {one.name for one in tmp_path.iterdir()} == LEAVES.get(script.stem, set())


def test_numbers_may_differ_in_the_last_digit_and_words_may_not():
    assert differs("lag +0.0 s, p 0.21\n", "lag -0.1 s, p 0.22\n") is None
    assert differs("lag 1.50 s", "lag 1.52 s") == "lag 1.50 s"
    assert differs("lag 2 s", "lag 2 m") == "lag 2 s"
    assert differs("p 3.2e-10", "p 3.3e-10") is None
    assert differs("one\ntwo\n", "one\n") == "another number of lines"


def test_every_example_is_in_the_index_with_what_it_prints():
    index = (PLACE / "README.md").read_text(encoding="utf-8")
    assert len(SCRIPTS) >= 6
    for script in SCRIPTS:
        assert f"]({script.name})" in index
        assert f"](expected/{script.stem}.txt)" in index
    assert {one.stem for one in (PLACE / "expected").iterdir()} == {one.stem for one in SCRIPTS}


def test_every_example_says_first_what_it_teaches():
    for script in SCRIPTS:
        title = script.read_text(encoding="utf-8").splitlines()[0]
        assert re.fullmatch(r'"""[A-Z].{15,}[.?!]', title), script.name
