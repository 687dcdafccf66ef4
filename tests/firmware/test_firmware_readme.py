"""The firmware's README draws the states that the code has."""

import importlib.util

from inside_micropython import ROOT


def test_the_drawing_is_the_table():
    spec = importlib.util.spec_from_file_location("draw", ROOT / "firmware" / "draw_states.py")
    draw = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(draw)
    text = draw.DOCUMENT.read_text()
    assert draw.with_drawing(text) == text, "run `python firmware/draw_states.py`"
