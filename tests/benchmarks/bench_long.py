"""What sessions of hours cost: CPU time, memory and size of all that is done with one.

    python tests/benchmarks/bench_long.py [--hours 1 8 24]

Two simulated people, their skin, pulse and clocks, are written with the wire's real encoder and
without firmware (`tests/fakes/long_session.py`, seed 1; of each 500 notifications one is lost).
Each task runs in a process of its own with one thread of linear algebra; memory is its largest.
Then, on the shortest: two analyses at once, and analyses of a session that is being written.
"""

import argparse
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import figures

sys.path.insert(0, str(Path(__file__).parents[1]))

from dyadkit.storage import FILE_NAME, SessionWriter, read_session
from fakes.long_session import Long, store

SEED = 1


def info(folder, out):
    from dyadkit.sessions.overview import describe

    return describe(folder)


def load(folder, out):
    from dyadkit.sessions.loading import load

    return load(folder)


def analyze(folder, out):
    import dyadkit
    from dyadkit.dyad.digest import digest_of

    result = dyadkit.analyze(dyadkit.load(folder), seed=0)
    result.save(out / "report.json")
    return digest_of(result)


def export(folder, out, to):
    from dyadkit.formats import Format
    from dyadkit.formats import export as write
    from dyadkit.sessions.loading import load

    return write(load(folder), Format(to), out / to)


def csv(folder, out):
    return export(folder, out, "csv")


def neurokit(folder, out):
    return export(folder, out, "neurokit")


TASKS = (
    ("info", info), ("load", load), ("analyze", analyze), ("analyze, extraction kept", analyze),
    ("export to csv", csv), ("export to neurokit", neurokit),
)  # fmt: skip


def measured(task, folder):
    """CPU seconds and megabytes of a task in a process of its own, and the JSON's size."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measure, (task, folder))


def _measure(task, folder):
    with tempfile.TemporaryDirectory() as out:
        began_s = time.process_time()
        task(folder, Path(out))
        cpu_s = time.process_time() - began_s
        json = Path(out) / "report.json"
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return cpu_s, megabytes, json.stat().st_size / 1e6 if json.exists() else None


def two_at_once(folder):
    """Whether two analyses of one session, begun together, say the same to the last bit."""
    shutil.rmtree(folder / "extraction.cache", ignore_errors=True)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        found = [pool.apply_async(_digest, (folder,)) for _ in range(2)]
        return len({one.get() for one in found}) == 1


def _digest(folder):
    with tempfile.TemporaryDirectory() as out:
        return analyze(folder, Path(out))


def while_recording(seconds, folder):
    """Messages written, looks meanwhile, and what the looks and the closed file lack of them.

    A look must see every message that was forced to disk before it began, and no other.
    """
    rows, about = Long(seconds, seed=2).rows()
    writer, written, lacking, looks = SessionWriter(folder), 0, 0, 0
    each = len(rows) // 6
    for first in range(0, len(rows), each):
        store(writer, rows[first : first + each])
        written += len(rows[first : first + each])
        seen = read_session(folder)
        lacking += written - sum(map(len, seen.topics.values()))
        looks += 1
        _digest(folder)
    writer.close(about)
    return written, looks, lacking + written - sum(map(len, read_session(folder).topics.values()))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hours", type=float, nargs="+", default=[1.0])
    hours = sorted(parser.parse_args().hours)
    for limit in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ[limit] = "1"
    print(
        "| hours | MB on disk | task | CPU s | MB of memory | JSON MB |\n|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as name:
        for one in hours:
            folder = Long(one * 3600, seed=SEED).write(Path(name) / f"{one:g}h")
            on_disk = (folder / FILE_NAME).stat().st_size / 1e6
            for task, run in TASKS:
                cpu_s, megabytes, json = measured(run, folder)
                size = "" if json is None else f"{json:.2f}"
                row = (f"{one:g}", f"{on_disk:.0f}", task, f"{cpu_s:.1f}", f"{megabytes:.0f}", size)
                print(f"| {' | '.join(row)} |", flush=True)
                figures.cost(f"{task}, {one:g} h", cpu_s)
        same = two_at_once(Path(name) / f"{hours[0]:g}h")
        written, looks, lacking = while_recording(900.0, Path(name) / "growing")
        print(f"\ntwo analyses at once: {'the same to the last bit' if same else 'different'}")
        print(f"{looks} analyses while {written} messages were recorded: {lacking} lacking")
        figures.count("two analyses at once that differ", int(not same))
        figures.count("messages lost while analysing", lacking)


if __name__ == "__main__":
    main()
