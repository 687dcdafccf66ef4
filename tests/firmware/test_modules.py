"""The firmware's modules: imports go one way, types and late ones included."""

import ast

from fakes.inside_micropython import ROOT

FIRMWARE = ROOT / "firmware"


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
