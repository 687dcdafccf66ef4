"""Imports point down only: the layers of the product, read from its syntax trees."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOST = ROOT / "host" / "dyadkit"

RANK = {
    "cli": 9, "web": 8, "report": 7,
    "analysis": 8, "visits": 8, "weeks": 6, "regulation": 7, "findings": 6, "summary": 6,
    "study": 6, "jig": 6, "live": 6, "session": 6, "capture": 6, "loading": 6, "timing": 6,
    "outcome": 6, "preflight": 6, "pull": 6, "reach": 6, "wire": 6, "verdict": 6,
    "update": 6, "field": 6, "flash_copy": 6, "rest": 6, "backfill": 6, "progress": 6, "talk": 4,
    "condition": 5,
    "import_": 6, "export_": 6, "demo": 6, "replay": 6, "doctor": 6, "recovery": 6,
    "synchrony": 5, "signals": 4,
    "sim": 3, "links": 3, "storage": 3, "clock": 3, "inventory": 3, "gaps": 3, "marks": 3,
    "dyads": 3, "worn": 4,
    "recording": 2, "calibration": 2, "trace": 1, "result": 1, "errors": 1, "arrays": 1,
    "together": 1, "saving": 2,
}  # fmt: skip
PURE = ("signals", "synchrony")
PURE_FORBIDDEN = {"asyncio", "dyadwire", "pathlib", "socket", "threading", "time", "logging", "os"}
WIRE_ALLOWED = {"struct", "binascii", "array", "collections", "dyadwire", "micropython"}
WORLD = {"links", "storage", "clock"}


def modules():
    front_doors = {HOST / "__init__.py", HOST / "__main__.py"}
    return sorted(
        file
        for file in HOST.rglob("*.py")
        if "inside" not in file.parts and file not in front_doors
    )


def imported(file):
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module
            if node.module == "dyadkit":
                yield from (f"dyadkit.{alias.name}" for alias in node.names)


def part(name):
    """The part of dyadkit a dotted module name belongs to, or None."""
    words = name.split(".")
    return words[1] if words[0] == "dyadkit" and len(words) > 1 and words[1] in RANK else None


def own_part(file):
    return file.relative_to(HOST).with_suffix("").parts[0]


def test_every_module_has_a_layer():
    assert {own_part(file) for file in modules()} <= set(RANK)


@pytest.mark.parametrize("file", modules(), ids=lambda file: str(file.relative_to(HOST)))
def test_imports_point_down(file):
    own = own_part(file)
    above = {name for name in map(part, imported(file)) if name and RANK[name] > RANK[own]}
    assert not above, f"{own} (layer {RANK[own]}) imports {above}"


@pytest.mark.parametrize("file", modules(), ids=lambda file: str(file.relative_to(HOST)))
def test_only_the_session_layer_joins_links_storage_and_clock(file):
    own = own_part(file)
    touched = {name for name in map(part, imported(file)) if name in WORLD}
    assert own in WORLD or RANK.get(own, 9) >= 6 or len(touched - {own}) <= 1 or own == "sim"


@pytest.mark.parametrize("package", PURE)
def test_science_touches_nothing_of_the_world(package):
    for file in (HOST / package).rglob("*.py"):
        roots = {name.split(".")[0] for name in imported(file)}
        assert not roots & PURE_FORBIDDEN, file


def test_the_wire_imports_almost_nothing():
    for file in (ROOT / "shared" / "dyadwire").glob("*.py"):
        roots = {name.split(".")[0] for name in imported(file)} - {"typing", "collections"}
        assert roots <= WIRE_ALLOWED, file


def imported_when_running(file):
    """Imports outside `if TYPE_CHECKING:`, which the wearable never executes."""
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            continue
        for inner in ast.walk(node):
            if isinstance(inner, ast.Import):
                yield from (alias.name for alias in inner.names)
            elif isinstance(inner, ast.ImportFrom):
                yield inner.module


def test_only_the_board_imports_machine():
    files = [*(ROOT / "firmware").rglob("*.py")]
    importers = {file.name for file in files if "machine" in set(imported_when_running(file))}
    assert files
    assert importers <= {"board.py", "main.py"}  # main starts over when not even the board loads
