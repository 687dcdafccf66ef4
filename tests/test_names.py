"""Names: one class a name, min and max, and modules called what the field calls them."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PRODUCTION = ("firmware", "hardware", "host", "shared")
TWINS = {"firmware/wearable/sensors", "host/dyadkit/sim/device/inside/virtual"}
"""A chip's driver on the wearable and its model in the simulator are called alike."""
EXTREMES = {"least", "most", "longest", "fewest", "shortest", "largest", "smallest"}
HEARSAY = {"told", "heard", "foretold"}
FIELDS_OWN = {"_least_squares", "zip_longest"}
MISLEADING_MODULES = {
    "rest", "recovery", "condition", "wire", "verdict", "recording", "epoch", "worn", "together",
    "reach", "talk", "look", "field", "island", "misfit", "uneven", "lanes", "shelf", "life",
    "mood", "bonds", "cast", "stage", "boots", "company",
}  # fmt: skip
IN_THEIR_FIELD = {"synchrony/context/rest", "synchrony/responses/recovery"}
"""Where the word means what a psychophysiologist reads: a resting baseline, the way back to it."""


def modules():
    return [file for folder in PRODUCTION for file in sorted((ROOT / folder).rglob("*.py"))]


def names_in(source):
    """All names that a source gives to something: variables, arguments, functions, classes."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


def are_twins(files):
    """Whether these are a driver and its chip's model, in modules of one name."""
    places = [file.parent.as_posix() for file in files]
    return sorted(places) == sorted(TWINS) and len({file.name for file in files}) == 1


def test_no_two_classes_share_a_name():
    found = defaultdict(list)
    for file in modules():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(file.relative_to(ROOT))
    assert len(found) > 300
    several = {name: where for name, where in found.items() if len(where) > 1}
    assert {name: where for name, where in several.items() if not are_twins(where)} == {}


@pytest.mark.parametrize("avoided", [EXTREMES, HEARSAY], ids=["extremes", "hearsay"])
def test_extremes_are_min_and_max_and_messages_are_received_and_reported(avoided):
    found = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in modules()
        for name in names_in(file.read_text(encoding="utf-8"))
        if name not in FIELDS_OWN and avoided & set(name.lower().strip("_").split("_"))
    }
    assert found == set()


def test_no_module_has_a_name_that_means_something_else_in_the_field():
    found = {
        file.relative_to(ROOT).with_suffix("").as_posix()
        for file in modules()
        if file.stem in MISLEADING_MODULES
    }
    assert {one for one in found if not one.endswith(tuple(IN_THEIR_FIELD))} == set()
