"""What virtual wearables cost: recorded minutes of a pair, CPU seconds, equal hashes.

python tests/benchmarks/bench_sim.py [MINUTES]
"""

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import figures

from dyadkit.demo import simulated
from dyadkit.sim.people import bodies


def perform(minutes, seed):
    """One recording of two people with the real firmware; (performance, wall, host, wearables)."""
    encounter = bodies.Encounter(bodies.Follows(0.6, 1.5))
    pair = bodies.meet(encounter, 60 * minutes + simulated.SETTLE_S, 1)
    began = time.monotonic(), time.process_time(), _children_s()
    with tempfile.TemporaryDirectory() as folder:
        stage = simulated.Circumstances(seed=seed)
        done = simulated.record_pair(pair, stage, Path(folder) / "session")
    ended = time.monotonic(), time.process_time(), _children_s()
    return (done, *(b - a for a, b in zip(began, ended, strict=True)))


def _children_s():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main():
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    print(f"{minutes:g} recorded minutes, two wearables, 30 ms interval, 5 % loss")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print("seed  wall s  host CPU s  wearables' CPU s  missing  altered  late  hash")
    lost, hashes, costs_s = [], {}, []
    for seed in (0, 0, 1):
        done, wall_s, host_s, wearables_s = perform(minutes, seed)
        kept = done.fidelity.values()
        missing, altered = sum(k.missing for k in kept), sum(k.altered for k in kept)
        print(
            f"{seed:4d}  {wall_s:6.1f}  {host_s:10.1f}  {wearables_s:16.1f}  {missing:7d}  "
            f"{altered:7d}  {done.late_events:4d}  {done.frames_hash[:12]}"
        )
        lost.append((missing, altered, done.late_events))
        hashes.setdefault(seed, set()).add(done.frames_hash)
        costs_s.append((host_s, wearables_s))
    for name, total in zip(("missing", "altered", "late events"), zip(*lost, strict=True),
                           strict=True):  # fmt: skip
        figures.count(name, sum(total))
    figures.count("runs of a seed that differ from its first", len(hashes[0]) - 1)
    for name, each_s in zip(("host", "wearables"), zip(*costs_s, strict=True), strict=True):
        figures.cost(f"a recorded minute, {name}", sum(each_s) / len(each_s) / minutes)


if __name__ == "__main__":
    main()
