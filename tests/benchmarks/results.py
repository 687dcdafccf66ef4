"""The recorded results: a small file of JSON, and the page that is made from it."""

import importlib.metadata
import json
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from comparison import COST_TOLERANCE, compared, run_of
from figures import Kind
from profiles import PROFILES, Length

from dyadkit.version import __version__

FOLDER = Path(__file__).parents[2] / "docs" / "accuracy"
RECORD, PAGE = FOLDER / "benchmarks.json", FOLDER / "benchmarks.md"


def circumstances(note):
    """When and on what a run was made; nothing that names a computer or a person."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "dyadkit": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": importlib.metadata.version("scipy"),
        "processor": processor(),
        "note": note,
    }


def processor():
    """The processor's name, as it calls itself."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return " ".join(line.partition(":")[2].split())
    return platform.processor() or platform.machine()


def recorded(path=RECORD):
    """Recorded runs: by length, by benchmark."""
    held = json.loads(path.read_text()) if path.exists() else {}
    return {
        length: {name: run_of(one) for name, one in held.get(length, {}).items()}
        for length in Length
    }


def record(runs, path=RECORD, page=PAGE):
    """Write recorded runs and the page; a line of the file for each figure."""
    plain = {
        length: {name: fields_of(one) for name, one in sorted(of_length.items())}
        for length, of_length in runs.items()
        if of_length
    }
    path.write_text(_compact(plain) + "\n")
    page.write_text(page_of(runs))


def fields_of(run):
    """What JSON keeps of a run."""
    return {
        **run.circumstances,
        "arguments": run.arguments,
        "without": run.without,
        "kernel_s": run.kernel_s,
        "figures": [asdict(one) for one in run.figures],
    }


def _compact(plain, depth=0):
    """JSON with dictionaries of dictionaries and lists opened, everything else on one line."""
    inside = plain.values() if isinstance(plain, dict) else plain
    opens = isinstance(plain, dict | list) and any(isinstance(x, dict | list) for x in inside)
    if not opens:
        return json.dumps(plain, ensure_ascii=False)
    space = "\n" + " " * (depth + 1)
    if isinstance(plain, dict):
        parts = (f"{json.dumps(name)}: {_compact(x, depth + 1)}" for name, x in plain.items())
        return "{" + ",".join(space + one for one in parts) + space[:-1] + "}"
    return "[" + ",".join(space + _compact(x, depth + 1) for x in plain) + space[:-1] + "]"


HEAD = f"""# All benchmarks

Origin of the figures: simulated, or measured on recordings or this computer, as each page says.

    ./run bench [NAME ...] [--full] [--record]

This page is written by `./run bench --record`, with `benchmarks.json` beside it, which the next
run is compared with. Counts and accuracies come from fixed seeds and should not depend on the
machine beyond ± the tolerance; a run marks what moved further. Costs are seconds of CPU time,
children included, with one thread of linear algebra. They depend on the machine, so they are
compared as multiples of what a reference kernel (`tests/benchmarks/kernel.py`: transforms,
products of matrices, a loop in Python) took in the same minutes: the mean of one before and one
after each benchmark. A change of more than {COST_TOLERANCE:.0%} is marked.
A mark asks somebody to look; it fails nothing.
"""

LENGTHS = {
    Length.QUICK: "Fewer trials, the same seeds: all in a quarter of an hour on two cores.",
    Length.FULL: "With `--full`: about what the other pages ran, for hours.",
}


def page_of(runs):
    """The page, whole."""
    parts = [HEAD]
    for length, of_length in runs.items():
        if of_length:
            parts += [f"## {length.capitalize()}\n\n{LENGTHS[length]}\n"]
            parts += [_section(one, of_length.get(one.name), length) for one in PROFILES]
    return "\n".join(parts)


def _section(profile, run, length):
    """One benchmark's heading, circumstances and table."""
    command = f"`{' '.join([profile.script.name, *profile.template(length).split()])}`"
    if run is None:
        return f"### {profile.name}\n\n{command}: not recorded.\n"
    left = f" Left out: {profile.leaves_out}." if length is Length.QUICK else ""
    without = f" Without {', '.join(run.without)}." if run.without else ""
    lines = [f"### {profile.name}", "", f"{command}.{left}{without} {_where(run)}", ""]
    lines += ["| figure | value | unit | kernels | ± | better |", "|---|---|---|---|---|---|"]
    lines += [_line(one, run.kernel_s) for one in run.figures]
    return "\n".join(lines) + "\n"


def _where(run):
    held = run.circumstances
    note = f", {held['note']}" if held["note"] else ""
    return (
        f"{held['date']}, dyadkit {held['dyadkit']}, Python {held['python']}, numpy "
        f"{held['numpy']}, scipy {held['scipy']}, {held['processor']}{note}; kernel "
        f"{run.kernel_s:.2f} s."
    )


def _line(figure, kernel_s):
    is_cost = figure.kind is Kind.COST
    kernels = number(compared(figure, kernel_s)) if is_cost else ""
    margin = f"{COST_TOLERANCE:.0%}" if is_cost else f"{figure.tolerance:g}"
    cells = (figure.name, number(figure.value), figure.unit, kernels, margin, figure.better)
    return "| " + " | ".join(cells) + " |"


def number(value):
    """A value with up to four digits; a dash where there is none."""
    if value is None:
        return "–"
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"
