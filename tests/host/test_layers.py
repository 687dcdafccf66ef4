"""Imports point down only: the layers of the product, read from its syntax trees."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOST = ROOT / "host" / "dyadkit"

ROOMS = {
    "cli": 12,
    "report": 11,
    "study": 10, "demo": 10, "live": 10, "plot": 10,
    "analysis": 9,
    "capture": 8, "formats": 8, "privacy": 8,
    "sessions": 7,
    "devices": 6,
    "synchrony": 5,
    "sim": 4, "links": 4, "storage": 4, "clock": 4, "signals": 4,
    "decoding": 3,
    "dyad": 2,
    "version": 1, "errors": 1,
}  # fmt: skip
"""One row a room, from the top. Rooms of one rank may know each other while no circle closes."""

PURE = ("signals", "synchrony")
PURE_FORBIDDEN = {"asyncio", "dyadwire", "pathlib", "socket", "threading", "time", "logging", "os"}
WIRE_ALLOWED = {"struct", "binascii", "array", "collections", "dyadwire", "micropython"}
WORLD = {"links", "storage", "clock"}
JOINERS = ROOMS["devices"]
"""From this rank on a room may join links, storage and clock; below, only the simulator does."""
DOORS = {HOST / "__init__.py", HOST / "__main__.py"}
MAX_LOOSE, MAX_IN_FOLDER, MAX_ON_THE_WIRE = 4, 16, 20
MAX_ARROWS_A_ROOM = 5.5
"""Rooms that a room knows on average: what is more cannot be drawn on one page."""


def modules():
    """Every module of the host, the doors apart and what runs inside MicroPython."""
    return sorted(
        file for file in HOST.rglob("*.py") if "inside" not in file.parts and file not in DOORS
    )


def dotted(file):
    words = file.relative_to(HOST.parent).with_suffix("").parts
    return ".".join(words[:-1] if words[-1] == "__init__" else words)


NAMES = {dotted(file): file for file in [*modules(), *DOORS]}


def imported(file):
    """Dotted names of what a file imports: anywhere in it, for types only or late included."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            submodules = {f"{node.module}.{alias.name}" for alias in node.names}
            known = submodules & set(NAMES)
            yield from known
            if known != submodules:
                yield node.module


def room(name):
    """The room of dyadkit that a dotted name belongs to, or None."""
    words = name.split(".")
    return words[1] if words[0] == "dyadkit" and len(words) > 1 else None


def arrows():
    """Every file of the host with the files of the host that it imports."""
    return {
        name: {other for other in imported(file) if other in NAMES and other != name}
        for name, file in NAMES.items()
    }


def circle_in(graph):
    """Names that import each other in a loop, in order; empty where there is none."""
    done, path = set(), []

    def walk(name):
        if name in path:
            return path[path.index(name) :]
        if name in done:
            return []
        path.append(name)
        for other in sorted(graph.get(name, ())):
            found = walk(other)
            if found:
                return found
        path.pop()
        done.add(name)
        return []

    for name in sorted(graph):
        found = walk(name)
        if found:
            return found
    return []


def test_every_module_has_a_room():
    assert {room(dotted(file)) for file in modules()} <= set(ROOMS)


@pytest.mark.parametrize("file", modules(), ids=lambda file: str(file.relative_to(HOST)))
def test_imports_point_down(file):
    own = room(dotted(file))
    above = {name for name in map(room, imported(file)) if name and ROOMS[name] > ROOMS[own]}
    assert not above, f"{own} (rank {ROOMS[own]}) imports {above}"


def test_no_files_import_each_other_in_a_circle():
    graph = arrows()
    graph.pop("dyadkit")  # the door names what lies behind it; nobody inside imports the door
    assert not [name for name, others in graph.items() if "dyadkit" in others]
    assert circle_in(graph) == []


def test_no_rooms_import_each_other_in_a_circle():
    graph = {}
    for name, others in arrows().items():
        if room(name):
            graph.setdefault(room(name), set()).update(
                {room(o) for o in others} - {room(name), None}
            )
    assert circle_in(graph) == []
    assert sum(len(others) for others in graph.values()) <= MAX_ARROWS_A_ROOM * len(graph)


def test_a_circle_is_found_where_there_is_one():
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == ["a", "b", "c"]
    assert circle_in({"a": {"b", "c"}, "b": {"c"}}) == []


def test_rooms_stay_small_enough_to_see():
    folders = {}
    for file in [*modules(), *DOORS]:
        folders.setdefault(file.parent, []).append(file.stem)
    assert len(folders[HOST]) <= MAX_LOOSE
    assert {str(f): len(names) for f, names in folders.items() if len(names) > MAX_IN_FOLDER} == {}
    assert len([*(ROOT / "shared" / "dyadwire").glob("*.py")]) <= MAX_ON_THE_WIRE


def test_every_package_says_what_lives_in_it():
    doors = [file for file in modules() if file.name == "__init__.py"]
    assert doors
    assert [file for file in doors if not ast.get_docstring(ast.parse(file.read_text()))] == []


@pytest.mark.parametrize("file", modules(), ids=lambda file: str(file.relative_to(HOST)))
def test_only_the_rooms_above_join_links_storage_and_clock(file):
    own = room(dotted(file))
    touched = {name for name in map(room, imported(file)) if name in WORLD}
    assert own in WORLD or ROOMS[own] >= JOINERS or len(touched) <= 1 or own == "sim"


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
