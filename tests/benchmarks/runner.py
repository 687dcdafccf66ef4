"""All benchmarks, one after the other, in one table beside the last recorded figures.

./run bench [NAME ...] [--full] [--record [--note TEXT]]

A benchmark that fails does not stop the others; it makes the exit code 1. A worse figure is marked
and does not.
"""

import argparse
import os
import resource
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from comparison import Run, rows
from figures import Better, Figure, Kind, figures_in
from profiles import PROFILES, Length
from results import circumstances, number, record, recorded

ROOT = Path(__file__).parents[2]
KERNEL = Path(__file__).with_name("kernel.py")
WHOLE = "whole run"
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
QUICK_PATIENCE_S = 1800.0
COLUMNS = ("benchmark", "figure", "value", "unit", "kernels", "recorded", "change", "", "kernel s")
LAST_LINES = 8


class BenchmarkError(Exception):
    """A benchmark that ended badly, with what it said last."""


def environment():
    """That of the benchmarks: this repository's code, one thread of linear algebra."""
    paths = [str(ROOT / "host"), str(ROOT / "shared"), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        **dict.fromkeys(THREADS, "1"),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }


def run_script(command, patience_s=None):
    """What a program printed and the CPU seconds it took, with those of all its children."""
    before_s = children_s()
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment(), timeout=patience_s
        )
    except subprocess.TimeoutExpired as late:
        raise BenchmarkError(f"not done after {late.timeout:.0f} s") from late
    if done.returncode:
        said = (done.stdout + done.stderr).splitlines()[-LAST_LINES:]
        raise BenchmarkError(f"exit code {done.returncode}\n    " + "\n    ".join(said))
    return done.stdout, children_s() - before_s


def children_s():
    """CPU seconds of every child that ended so far, and of its children."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def kernel_s():
    """CPU seconds of the reference kernel now."""
    printed, _ = run_script([sys.executable, KERNEL])
    return float(printed)


def measured(profile, length, before_s, note):
    """One benchmark's run; the kernel's seconds after it."""
    patience_s = QUICK_PATIENCE_S if length is Length.QUICK else None
    command = [sys.executable, profile.script, *profile.arguments(length)]
    printed, cpu_s = run_script(command, patience_s)
    after_s = kernel_s()
    figures = figures_in(printed)
    if not figures:
        raise BenchmarkError("printed no figure")
    whole = Figure(WHOLE, round(cpu_s, 3), "CPU s", Kind.COST, Better.LOWER)
    mean_s = round((before_s + after_s) / 2, 4)
    arguments, without = profile.template(length), tuple(profile.without)
    run = Run(arguments, without, mean_s, (whole, *figures), circumstances(note))
    return run, after_s


def print_rows(table):
    """Lines of equal columns, as far as they are known by now."""
    for row in table:
        kind, step = row.figure.kind, row.step
        moved = "" if not step else f"{step:+.0%}" if kind is Kind.COST else f"{step:+.3g}"
        cells = (
            row.benchmark, row.figure.name, number(row.figure.value), row.figure.unit,
            "" if row.kernels is None else number(row.kernels),
            "" if row.recorded is None else number(row.recorded),
            moved, row.change, f"{row.kernel_s:.2f}",
        )  # fmt: skip
        print("| " + " | ".join(cells) + " |", flush=True)


def run_all(profiles, length, note):
    """Runs by name; sentences on those that were not run; sentences on those that failed."""
    past = recorded()[length]
    runs, not_run, failed = {}, [], []
    print("| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|")
    before_s = kernel_s()
    for profile in profiles:
        missing = profile.missing(length)
        if missing:
            not_run.append(f"{profile.name}: needs {', '.join(missing)}")
            continue
        try:
            runs[profile.name], before_s = measured(profile, length, before_s, note)
        except (BenchmarkError, ValueError) as failure:
            failed.append(f"{profile.name}: {failure}")
            print(f"| {profile.name} | FAILED |" + " |" * (len(COLUMNS) - 2), flush=True)
            continue
        print_rows(rows(profile.name, runs[profile.name], past.get(profile.name)))
    return runs, not_run, failed


def conclude(runs, not_run, failed):
    """What a reader of the table should know besides."""
    for name, run in runs.items():
        if run.without:
            print(f"{name} ran without {', '.join(run.without)}")
    for title, sentences in (("Not run", not_run), ("FAILED", failed)):
        for sentence in sentences:
            print(f"{title}: {sentence}")
    total_s = sum(run.figure(WHOLE).value for run in runs.values())
    print(f"{len(runs)} benchmarks, {total_s:.0f} s of CPU")


def arguments():
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__.splitlines()[0])
    names = [profile.name for profile in PROFILES]
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}")
    parser.add_argument("--full", action="store_true", help="as docs/accuracy; takes hours")
    parser.add_argument("--record", action="store_true", help="write docs/accuracy/benchmarks.*")
    parser.add_argument("--note", default="", help="recorded with the figures")
    given = parser.parse_args()
    unknown = set(given.names) - set(names)
    if unknown:
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}; there are "
                     f"{', '.join(names)}")  # fmt: skip
    return given


def main():
    given = arguments()
    length = Length.FULL if given.full else Length.QUICK
    chosen = [one for one in PROFILES if not given.names or one.name in given.names]
    runs, not_run, failed = run_all(chosen, length, given.note)
    conclude(runs, not_run, failed)
    if given.record:
        every = recorded()
        every[length] |= runs
        record(every)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
