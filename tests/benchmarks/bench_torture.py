"""Storms of hostile hosts over two wearables, seed by seed.

python tests/benchmarks/bench_torture.py FIRST LAST STEPS
"""

import logging
import resource
import sys
import tempfile
from collections import Counter
from pathlib import Path

import figures

sys.path.extend(str(Path(__file__).parents[1] / room) for room in ("", "host/sim"))

from fakes.torture import endure


def cpu_s():
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(who) for who in both]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main():
    logging.disable(logging.ERROR)  # the simulated adapter's, of links that fall
    first, last, steps = (int(word) for word in sys.argv[1:])
    deeds, totals, growth_bytes, cost_s = Counter(), Counter(), 0, cpu_s()
    for seed in range(first, last):
        began_s = cpu_s()
        with tempfile.TemporaryDirectory() as place:
            one = endure(seed, steps, Path(place))
        growth_bytes = max(growth_bytes, one.growth_bytes)
        deeds += one.deeds
        totals += Counter(seeds=1, boots=one.boots, blocks=one.blocks, seconds=round(one.seconds),
                          broken=len(one.broken))  # fmt: skip
        print(
            f"seed {seed}: {one.seconds:.0f} s, {one.boots} boots, {one.blocks} blocks, heap "
            f"{one.growth_bytes:+d}, cpu {cpu_s() - began_s:.1f} s", *one.broken,
            sep="\n    ", flush=True,
        )  # fmt: skip
    print(dict(totals), f"deeds {deeds.total()}, heap at most {growth_bytes:+d}", dict(deeds))
    figures.count("broken", totals["broken"])
    figures.count("deeds", deeds.total(), figures.SAME)
    figures.accuracy("blocks kept", totals["blocks"], better=figures.SAME, tolerance=20)
    figures.accuracy("growth of the heap, at most", growth_bytes, "B", tolerance=2048)
    figures.cost("a seed", (cpu_s() - cost_s) / totals["seeds"])


if __name__ == "__main__":
    main()
