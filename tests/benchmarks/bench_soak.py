"""Two wearables alone in the field under chaos: what their flash holds, and what it costs.

python tests/benchmarks/bench_soak.py [HOURS [SEED]]
"""

import resource
import sys
import time
from collections import Counter
from pathlib import Path

import figures

sys.path.extend(str(Path(__file__).parents[1] / room) for room in ("", "host/sim"))

from fakes.soak import KEPT_AFTER_S, soak

FLASH_KIB_AN_HOUR = 2048


def main():
    hours = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    began_s = time.process_time()
    flash_kib = 4096 + round(hours * FLASH_KIB_AN_HOUR)
    done = soak(hours * 3600, seed, flash_kib=flash_kib)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    host_s = time.process_time() - began_s
    print(f"{hours:g} h, seed {seed}, flash {flash_kib} KiB, trace {done.trace_hash}")
    print(f"troubles {dict(Counter(t.kind.value for t in done.troubles))}")
    print(f"late events {done.late_events}")
    print(f"CPU: host {host_s:.0f} s, wearables {used.ru_utime + used.ru_stime:.0f} s")
    print(f"wearable  boots  blocks  holes  lost at a boot's end, s (limit {KEPT_AFTER_S})  "
          "exchanges  heap +B  faults")  # fmt: skip
    for name, one in done.wearables.items():
        print(
            f"{name:8s}  {one.boots:5d}  {one.blocks:6d}  {one.holes:5d}  {max(one.lost_s):40.2f}  "
            f"{one.exchanges:9d}  {one.growth_bytes:7d}  {one.faults}"
        )
    each = done.wearables.values()
    figures.count("holes", sum(one.holes for one in each))
    figures.count("faults", sum(len(one.faults) for one in each))
    lost_s = max(max(one.lost_s) for one in each)
    figures.accuracy("lost at a boot's end, at most", lost_s, "s", tolerance=0.5)
    figures.count("blocks kept", sum(one.blocks for one in each), figures.SAME)
    grown = max(one.growth_bytes for one in each)
    figures.accuracy("growth of the heap, at most", grown, "B", tolerance=512)
    figures.cost("an hour in the field, host", host_s / hours)
    figures.cost("an hour in the field, wearables", (used.ru_utime + used.ru_stime) / hours)


if __name__ == "__main__":
    main()
