"""Papers of a kit: the plan, the mark keys and the sheet for research assistants, as files."""

from pathlib import Path

from dyadkit.analysis.plan import AnalysisPlan
from dyadkit.demo.paradigms.kit import Kit, Paradigm
from dyadkit.dyad.private_files import private_file, private_folder

PLAN, SHEET = "plan.toml", "sheet.md"


def write_papers(kit: Kit, folder: Path) -> tuple[Path, ...]:
    """Write the papers of a kit into a folder; gives the files."""
    private_folder(folder)
    files = ((PLAN, plan_of(kit)), (SHEET, sheet_of(kit)))
    for name, text in files:
        private_file(folder / name).write_text(text, encoding="utf-8")
    return tuple(folder / name for name, _ in files)


def plan_of(kit: Kit) -> str:
    """The plan as a TOML file, frozen with its hash, and what to run with it.

    Examples
    --------
    >>> from dyadkit.demo.paradigms.kits import KITS
    >>> "primary = 'heart rate of a: still face'" in plan_of(KITS[Paradigm.STILL_FACE])
    True
    """
    planned = AnalysisPlan(primary=_question(kit))
    lines = [
        f"# {kit.title}. Freeze it before the first family comes; run: {command_of(kit)}",
        "[analysis]",
        f"seed = {planned.seed}",
        f"max_lag_s = {planned.max_lag_s}",
    ]
    lines += [f"primary = '{planned.primary}'"] * bool(planned.primary)
    lines.append(f'hash = "{planned.digest}"')
    return "\n".join(lines) + "\n"


def command_of(kit: Kit) -> str:
    """The command that ends in the kit's sentence."""
    if kit.paradigm is Paradigm.NIGHT:
        return "dyadkit night SESSION"
    if kit.visits > 1:
        return f"dyadkit weeks SESSION… --primary {kit.primary}"
    return f"dyadkit analyze SESSION --plan {PLAN}"


def sheet_of(kit: Kit) -> str:
    """One page for research assistants: placement, keys, steps, what to do when it comes off."""
    labels = ",".join(dict.fromkeys(one.label for one in kit.conditions))
    conditions = ", ".join(f"{one.label} {_length(one.seconds)}" for one in kit.conditions)
    keys = ", ".join(f"**{key}** {label}" for key, label in kit.keys.items())
    parts = [
        f"# {kit.title}",
        f"a is the {kit.roles[0]} ({kit.people[0].sentence()}), b the {kit.roles[1]} "
        f"({kit.people[1].sentence()}). {conditions}."
        + (f" {kit.visits} visits." if kit.visits > 1 else ""),
        "## Before",
        _list(("consent signed, the right to stop said aloud", "`dyadkit devices`: both are there, "
               "cells above 30 %", *kit.placement)),
        "## Keys",
        f"`dyadkit record DYAD --out SESSION --conditions \"{labels}\"`: {keys}; 1 to 9 events, "
        "e ends a condition, u undoes the last mark.",
        "## Steps",
        _list(kit.steps),
        "## When a sensor comes off",
        f"{kit.comes_off[:1].upper()}{kit.comes_off[1:]}.",
        "## After",
        _list(("look at the skin where sensors sat; write down redness", f"`{command_of(kit)}`",
               "what it can say: “" + kit.sentence + " …”; if it does not, nothing was shown, "
               "which is not that nothing is there")),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _question(kit: Kit) -> str:
    """What `analyze` is asked: nights and visits declare theirs to another command."""
    return "" if kit.paradigm is Paradigm.NIGHT or kit.visits > 1 else kit.primary


def _length(seconds: float) -> str:
    return f"{seconds / 60:g} min" if seconds % 60 == 0 else f"{seconds:g} s"


def _list(lines: tuple[str, ...]) -> str:
    return "\n".join(f"- {one}" for one in lines)
