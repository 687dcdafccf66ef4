"""The firmware's README draws the states that the code has."""

import ast
import importlib.util
import re

from fakes.inside_micropython import ROOT


def test_the_drawing_is_the_table():
    spec = importlib.util.spec_from_file_location("draw", ROOT / "firmware" / "draw_states.py")
    draw = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(draw)
    text = draw.DOCUMENT.read_text()
    assert draw.with_drawing(text) == text, "run `python firmware/draw_states.py`"


def test_the_language_of_the_lamp_is_that_of_the_code():
    code = (ROOT / "firmware" / "wearable" / "lamp.py").read_text()
    patterns = {
        (node.targets[0].id, node.value.elts[0].value, node.value.elts[1].id)
        for node in ast.parse(code).body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "").isupper()
        if isinstance(node.value, ast.Tuple)
    }
    text = (ROOT / "firmware" / "README.md").read_text()
    rows = re.findall(r"^\| (\d+) (short|long) \|[^|]+\| `(\w+)` \|$", text, re.MULTILINE)
    told = {(name, int(count), f"{how.upper()}_MS") for count, how, name in rows}
    assert told == {pattern for pattern in patterns if pattern[0] not in ("SHORT_MS", "LONG_MS")}
    assert len(told) == 9
