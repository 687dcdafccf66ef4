"""The firmware's modules: imports go one way, and no class has the name of another."""

import ast
from collections import defaultdict

from fakes.inside_micropython import ROOT

FIRMWARE = ROOT / "firmware"
# a chip and the simulator's model of it
TWINS = {"Max17048", "Max3010x"}
# of which the firmware's is the better name


def modules_in(folder):
    """Name of each module below a folder, as it is imported, and its source."""
    found = {}
    for file in sorted(folder.rglob("*.py")):
        name = ".".join(file.relative_to(folder).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = file.read_text()
    return found


def imports_of(source, modules):
    """Modules a source takes something from: at once, when it is needed, or for types only."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                if whole in modules:
                    yield whole
                elif node.module in modules:
                    yield node.module


def circle_in(modules):
    """Modules that import one another in a ring, in order, the first once more at the end."""
    after = {name: sorted(set(imports_of(text, modules))) for name, text in modules.items()}
    done = set()

    def walk(name, path):
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        rings = (walk(following, [*path, name]) for following in after[name])
        ring = next(filter(None, rings), [])
        done.add(name)
        return ring

    return next(filter(None, (walk(name, []) for name in modules)), [])


def test_no_module_of_the_firmware_imports_in_a_circle_for_types_or_late_either():
    modules = modules_in(FIRMWARE)
    assert len(modules) > 40
    circle = circle_in(modules)
    assert not circle, "imports in a circle: " + " -> ".join(circle)


def test_a_circle_is_named_whatever_kind_of_import_ties_it():
    late = "def act():\n    from app import lamp\n"
    typed = "if TYPE_CHECKING:\n    from app.radio import Radio\n"
    modules = {"app": "", "app.main": "import app.radio", "app.radio": late, "app.lamp": typed}
    assert circle_in(modules) == ["app.radio", "app.lamp", "app.radio"]
    assert circle_in(modules | {"app.lamp": "from app import main"})[0] == "app.main"
    assert circle_in(modules | {"app.lamp": "import time"}) == []


def classes_in(*folders):
    """Where each class is written, by its name."""
    found = defaultdict(list)
    for folder in folders:
        for file in sorted(folder.rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.ClassDef):
                    found[node.name].append(file.relative_to(ROOT).as_posix())
    return found


def test_no_class_of_the_firmware_has_the_name_of_another():
    own = classes_in(FIRMWARE)
    others = classes_in(ROOT / "host" / "dyadkit", ROOT / "shared")
    shared = {name: own[name] + others[name] for name in own if name in others}
    shared |= {name: where for name, where in own.items() if len(where) > 1}
    for name in TWINS:
        shared.pop(name, None)
    assert shared == {}


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


def test_extremes_are_min_and_max_and_messages_are_received_and_reported():
    avoided = {"least", "most", "longest", "fewest", "shortest", "largest", "smallest", "lowest"}
    avoided |= {"highest", "told", "heard", "foretold"}
    on_the_wire = {"heard_us"}  # a field of Echo
    found = {
        f"{module}: {name}"
        for module, source in modules_in(FIRMWARE).items()
        for name in names_in(source)
        if avoided & set(name.lower().strip("_").split("_"))
        if name.lower().strip("_") not in on_the_wire
    }
    assert found == set()
