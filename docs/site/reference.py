"""The reference, written from the code when the site is built: commands, public names, citation."""

import importlib
import inspect
import re
from pathlib import Path
from typing import Any

import typer

PLACE = "docs/site/made"
ROOMS = (
    "dyadkit", "dyadkit.signals", "dyadkit.signals.ppg", "dyadkit.signals.eda", "dyadkit.synchrony",
    "dyadkit.clock", "dyadkit.formats", "dyadkit.plot", "dyadkit.report", "dyadkit.storage",
    "dyadkit.links",
    "dyadkit.sim",
)  # fmt: skip
"""Packages with public names, in the order of use."""

FIELD = re.compile(r"[A-Za-z_]\w*(, [A-Za-z_]\w*)* : ")


def write(place: Path) -> None:
    """Write all pages of the reference into a folder."""
    (place / "python").mkdir(parents=True, exist_ok=True)
    pages = {"commands": commands(), "citing": citing()}
    pages |= {f"python/{room}": python(room) for room in ROOMS}
    for name, text in pages.items():
        file = place / f"{name}.md"
        if not file.exists() or file.read_text() != text:  # an unchanged page is not built again
            file.write_text(text)


def commands() -> str:
    """Every command with its help text, arguments and options."""
    from dyadkit.cli import app

    whole = typer.main.get_command(app)
    parts = ["# Commands", str(whole.help), _fenced(str(whole.epilog))]
    for name, command in sorted(whole.commands.items()):
        context = typer.Context(command, info_name=f"dyadkit {name}")
        parts += [f"## dyadkit {name}", _fenced(command.get_help(context))]
    return "\n\n".join(parts) + "\n"


def python(room: str) -> str:
    """Public names of a package, each with its docstring."""
    package = importlib.import_module(room)
    about = inspect.getdoc(package) or ""
    parts = [f"# {room}", about]
    for name in sorted(package.__all__):
        if name.startswith("__"):
            continue
        parts += [f"## {name}", _documented(room, name, getattr(package, name))]
    return "\n\n".join(parts) + "\n"


def citing() -> str:
    """How to cite, from CITATION.cff."""
    text = (Path(__file__).parents[2] / "CITATION.cff").read_text()
    said = "Name the version you used; your report's methods text does."
    return f"# How to cite\n\n{said}\n\n{_fenced(text)}\n"


def with_fields(_app: Any, what: str, *rest: Any) -> None:
    """Fields of a class ("bins : which bin"), which its docstring lists, as a list; for Sphinx."""
    lines: list[str] = rest[-1]
    if what != "class":
        return
    ends = next((at for at, line in enumerate(lines) if re.fullmatch("-{3,}", line)), len(lines))
    head = len(lines) if ends == len(lines) else ends - 1
    lines[:] = [*_listed(lines[:head]), *lines[head:]]


def _listed(lines: list[str]) -> list[str]:
    """Lines with their fields as items of a list, each with the lines that go on with it."""
    listed, is_field = [], False
    for line in lines:
        goes_on = is_field and line.startswith(" ")
        begins = bool(FIELD.match(line))
        if begins != is_field and not goes_on:
            listed.append("")
        names, _, text = line.partition(" : ")
        listed.append(
            f"- **{names}**: {text}" if begins else f"  {line.strip()}" if goes_on else line
        )
        is_field = begins or goes_on
    return listed


def _documented(room: str, name: str, thing: object) -> str:
    if inspect.ismodule(thing):
        return f"See `{thing.__name__}`."
    if not callable(thing):
        return _fenced(f"{name} = {thing!r}"[:500])
    if inspect.isclass(thing):
        return _directive(f".. autoclass:: {room}.{name}\n   :members:")
    return _directive(f".. autofunction:: {room}.{name}")


def _directive(text: str) -> str:
    return f"```{{eval-rst}}\n{text}\n```"


def _fenced(text: str) -> str:
    return f"```text\n{text.strip()}\n```"
