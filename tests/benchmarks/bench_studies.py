"""Studies: error rates of every group test, power, what running costs, and real strangers.

Run: python tests/benchmarks/bench_studies.py [PART ...] [--studies 400] [--signal eda]

Parts: nulls, one, power, overhead, scale, full, strangers. `DYADKIT_DATA` names the folder of
recordings.
"""

import argparse
import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import figures
import numpy as np
from bench_coupling import _columns as columns
from bench_said import wilson
from scipy import stats

import dyadkit
from dyadkit.sessions.imported import about_dyad
from dyadkit.storage.imported import ImportedSession, write_imported
from dyadkit.study.answers import ALONE_LEVEL, MIN_COUPLED, frailest_dyad
from dyadkit.study.group.flips import contrast
from dyadkit.study.group.means import mean_effect
from dyadkit.study.group.nulls import prevalence
from dyadkit.study.group.sample import Sample
from dyadkit.study.plan.reading import read_study
from dyadkit.study.run.drive import drive
from dyadkit.study.run.running import run
from dyadkit.study.run.work import TaskOutcome
from dyadkit.study.run.workers import Processes
from dyadkit.study.synthetic import SyntheticStudy, write_study
from dyadkit.study.whole_report import report
from worlds import studies

DYADS = (8, 12, 20, 100)


def nulls(arguments):
    """Rate at which each test finds what is not there."""
    for count in DYADS:
        for name, world in studies.NULLS.items():
            p = [
                world(np.random.default_rng([arguments.seed, count, k]), count, arguments.signal)
                for k in range(arguments.studies)
            ]
            hits = sum(one <= 0.05 for one in p)
            print(f"{arguments.signal}, {count} dyads, {name}: {wilson(hits, len(p))}", flush=True)
            figures.accuracy(f"{name}, {count} dyads of strangers", hits / len(p), tolerance=0.02)


def one(arguments):
    """One coupled dyad: how often that is called the dyads' coupling."""
    for count in DYADS[:3]:
        means, most, some = 0, 0, 0
        for k in range(arguments.studies):
            rng = np.random.default_rng([arguments.seed, count, k])
            sample = studies.one_coupled(rng, count)
            found, shares = mean_effect(sample), prevalence(sample)
            is_shown = found.p <= 0.05 and found.value > 0 and shares.min_coupled >= MIN_COUPLED
            means += is_shown and frailest_dyad(sample)[1] <= ALONE_LEVEL
            most += shares.p_majority <= 0.05
            some += shares.p_any <= 0.05
        for words, hits in (("the dyads on average", means), ("most", most), ("any", some)):
            print(f"one of {count}: {words} {wilson(hits, arguments.studies)}", flush=True)


def power(arguments):
    """Power of mean and contrast, beside the best possible: the true spread is known (z test)."""
    spread = studies.SPREAD[arguments.signal]
    for count in DYADS:
        for size in (0.3, 0.6, 1.0):
            hits, best, claimed, differ = 0, 0, 0, 0
            for k in range(arguments.studies):
                rng = np.random.default_rng([arguments.seed, count, k])
                rows = studies.drawn(rng, count, arguments.signal)
                rows[:, 0] += size * spread
                sample = studies.sample(rows)
                found = mean_effect(sample)
                hits += found.p <= 0.05
                claimed += found.p <= 0.05 and (
                    count > 20 or frailest_dyad(sample)[1] <= ALONE_LEVEL
                )
                z = rows[:, 0].mean() / spread * np.sqrt(count)
                best += 2 * stats.norm.sf(abs(z)) <= 0.05
                other = studies.drawn(rng, count, arguments.signal)
                differ += contrast(Sample.of(rows[:, 0] - other[:, 0]), k).p <= 0.05
            n = arguments.studies
            z = size / np.sqrt(2) * np.sqrt(count)
            ideal = stats.norm.sf(1.96 - z) + stats.norm.cdf(-1.96 - z)
            found = f"found {hits / n:.2f}, claimed {claimed / n:.2f}, best {best / n:.2f}"
            differs = f"contrast {differ / n:.2f}, best {ideal:.2f}"
            print(f"{count} dyads, mean {size} SD: {found}; {differs}", flush=True)


class Trivial:
    """A task of nothing."""

    def __init__(self, number):
        self.key = self.name = str(number)


def nothing(tasks):
    return [TaskOutcome(task.key, task.name) for task in tasks]


def busy(tasks):
    """A second of computing each."""
    began = time.process_time()
    while time.process_time() - began < 1.0:
        np.linalg.svd(np.ones((60, 60)))
    return [TaskOutcome(task.key, task.name, cpu_s=time.process_time() - began) for task in tasks]


def overhead(arguments):
    """Cost of handing out, beside the work itself; idle share of the workers."""
    for count in (1000, 10_000, 100_000):
        with contextlib.closing(Processes(2)) as workers:
            workers.executor().submit(nothing, []).result()
            began, own = time.perf_counter(), time.process_time()
            done = sum(1 for _ in drive([Trivial(k) for k in range(count)], workers, nothing))
            own = time.process_time() - own
            print(f"{done} trivial tasks: {time.perf_counter() - began:.1f} s, "
                  f"{1e6 * own / count:.0f} µs CPU of the driver each")  # fmt: skip
    with contextlib.closing(Processes(2)) as workers:
        workers.executor().submit(nothing, []).result()
        began, own = time.perf_counter(), time.process_time()
        spent = sum(done.cpu_s for done in drive([Trivial(k) for k in range(20)], workers, busy))
        wall, own = time.perf_counter() - began, time.process_time() - own
        print(f"20 tasks of 1 s: {spent:.1f} s of workers, {own:.2f} s of the driver: "
              f"{(spent + own) / 20:.3f} of serial; workers' wall {2 * wall:.1f} s "
              f"(idle {1 - spent / 2 / wall:.0%}, or taken by others)")  # fmt: skip


def scale(arguments):
    """What a session of an hour costs, for 10 000 dyads."""
    with tempfile.TemporaryDirectory() as place:
        study = write_study(Path(place), SyntheticStudy(4, minutes=30.0))
        plan = read_study(study)
        with contextlib.closing(Processes(1)) as workers:
            ran = run(plan, workers, lambda *_: None)
        sizes = [file.stat().st_size for file in plan.results_folder.rglob("*") if file.is_file()]
        caches = [file.stat().st_size for file in Path(place).rglob("extraction.cache")]
    hours, gigabytes = ran.cpu_s / 4 * 1e4 / 3600, sum(sizes) / 4 * 1e4 / 1e9
    print(f"an hour: {ran.cpu_s / 4:.1f} CPU s, {ran.peak_mb:.0f} MB")
    print(f"{sum(sizes) / 4e6:.2f} MB of results, {sum(caches) / 4e6:.2f} MB of cache")
    print(f"10 000 dyads: {hours:.0f} core hours, {gigabytes:.1f} GB of results")


def full(arguments):
    """A synthetic study with whole analyses: two conditions, an effect in one."""
    for coupling in (0.6, 0.0):
        with tempfile.TemporaryDirectory() as place:
            design = SyntheticStudy(arguments.dyads, coupling, minutes=5.0)
            plan = read_study(write_study(Path(place), design, arguments.seed))
            with contextlib.closing(Processes(arguments.jobs)) as workers:
                ran = run(plan, workers, lambda *_: None)
            print(f"coupling {coupling}: {ran.done} tasks, {ran.cpu_s:.0f} CPU s")
            for sentence in report(plan).sentences():
                print("  " + sentence)


def strangers(arguments):
    """Players of different matches as dyads of a study, everyone in one: nobody is coupled.

    The published unit of skin conductance is not stated: a ten-thousandth of it stands for µS.
    """
    folder = os.environ.get("DYADKIT_DATA")
    if not folder:
        print("DYADKIT_DATA is not set: no real people")
        return
    with tempfile.TemporaryDirectory() as place:
        plan = _players_study(Path(place), Path(folder, "dyads/esports"), arguments.seed)
        with contextlib.closing(Processes(arguments.jobs)) as workers:
            ran = run(plan, workers, lambda *_: None)
        print(f"real strangers: {ran.done} tasks, {len(ran.failed)} failed, {ran.cpu_s:.0f} CPU s")
        for sentence in report(plan).sentences():
            print("  " + sentence)


def _players_study(place, folder, seed):
    players = []
    for file in sorted(folder.glob("match_*.csv.gz")):
        table = columns(file)
        for number in range(5):
            names = [f"p{number}_{kind}" for kind in ("gsr", "heart_rate")]
            if all(name in table for name in names):
                players.append((file.name.split(".")[0], number, *(table[name] for name in names)))
    order = np.random.default_rng(seed).permutation(len(players))
    rows, left = ["session\ta\tb"], [players[k] for k in order]
    while left:
        a = left.pop()
        b = next((one for one in left if one[0] != a[0]), None)
        if b is None:
            break
        left = [one for one in left if one is not b]
        people = [
            {
                "eda": dyadkit.Series(gsr / 1e4, rate_hz=1.0, unit="µS"),
                "heart_rate": dyadkit.Series(rate, rate_hz=1.0, unit="bpm"),
            }
            for _, _, gsr, rate in (a, b)
        ]
        name = f"session-{len(rows):02d}"
        dyad = dyadkit.from_arrays(*people)
        traces = {person: dyad.person(person).traces for person in "ab"}
        write_imported(place / name, ImportedSession(traces, about_dyad(dyad, {}, "begun at once")))
        rows.append(f"{name}\t{a[0]}-{a[1]}\t{b[0]}-{b[1]}")
    (place / "participants.tsv").write_text("\n".join(rows))
    (place / "study.toml").write_text(
        '[study]\nname = "Real strangers"\nparticipants = "participants.tsv"\n'
    )
    return read_study(place / "study.toml")


def main():
    parts = (nulls, one, power, overhead, scale, full, strangers)
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", default=[part.__name__ for part in parts])
    parser.add_argument("--studies", type=int, default=400)
    parser.add_argument("--signal", default="eda")
    parser.add_argument("--dyads", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    for part in parts:
        if part.__name__ in arguments.parts:
            part(arguments)


if __name__ == "__main__":
    main()
