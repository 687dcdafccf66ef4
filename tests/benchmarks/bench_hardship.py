"""Ten minutes of hardship and a hundred dropped links, with the real firmware.

python tests/benchmarks/bench_hardship.py [SEED ...]
"""

import sys
import tempfile
import time
from pathlib import Path

import figures
import numpy as np

sys.path.extend(str(Path(__file__).parents[1] / room) for room in ("", "host/capture"))

from test_ordeal import drops

from fakes.ordeal import Ordeal, undergo

TRIALS = {
    "ten minutes": Ordeal(
        600.0, blackouts={"a": [(200.0, 10.0)]}, reboots={"a": [330.0], "b": [450.0]}
    ),
    "100 drops": Ordeal(305.0, drops={"a": drops(100)}, heap_bytes=800_000),
}


def main():
    print(
        "trial        seed person  given  holes overflowed double altered cut s  "
        "p50 ms p95 ms max ms  backfill x  reconnect s  heap +B  host CPU s"
    )
    every, costs_s = [], []
    for seed in [int(word) for word in sys.argv[1:]] or [1, 2]:
        for name, trial in TRIALS.items():
            began_s = time.process_time()
            with tempfile.TemporaryDirectory() as folder:
                ordeal = Ordeal(**{**trial.__dict__, "seed": seed})
                _, survived, facts = undergo(ordeal, Path(folder) / "session")
            took_s = time.process_time() - began_s
            for person, kept in survived.items():
                print_row(f"{name:12s} {seed:4d} {person:6s}", kept, facts["heap"][person], took_s)
            every += survived.values()
            costs_s.append(took_s)
    headline(every)
    figures.cost("a trial, the host's part", np.mean(costs_s))


def headline(every):
    """Losses of all trials and persons together; the slowest."""
    names = ("missing", "overflowed", "double", "altered")
    for name, losses in zip(names, np.sum([one.losses() for one in every], axis=0), strict=True):
        figures.count(f"samples {name}", losses)
    cut_s = max(max(one.cut_s, default=0.0) for one in every)
    figures.accuracy("cut off by a reboot, at most", cut_s, "s", tolerance=0.05)
    late_ms = max(1000 * np.percentile(one.latency_s, 95) for one in every)
    figures.accuracy("age at arrival, worst p95", late_ms, "ms", tolerance=10)
    reconnect_s = max(max(one.reconnect_s, default=0.0) for one in every)
    figures.accuracy("reconnecting, at most", reconnect_s, "s", tolerance=0.05)


def print_row(head, kept, heap, took_s):
    ages_ms = 1000 * np.percentile(kept.latency_s, [50, 95, 100])
    rows = [(seconds, took) for seconds, took in kept.backfill if seconds > 1]
    speed = min((seconds / took for seconds, took in rows), default=np.nan)
    last = heap.used_bytes[heap.boots == heap.boots[-1]]
    print(
        f"{head} {kept.given:6d} {kept.holes:6d} {kept.overflowed:10d} "
        f"{kept.doubles:6d} {kept.altered:7d} {max(kept.cut_s, default=0):5.2f} "
        f"{ages_ms[0]:7.0f} {ages_ms[1]:6.0f} {ages_ms[2]:6.0f} {speed:11.1f} "
        f"{max(kept.reconnect_s, default=np.nan):12.2f} {last[-1] - last[0]:8d} "
        f"{took_s:11.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
