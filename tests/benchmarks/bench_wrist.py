"""Heart rate of both people of real dyads at the wrist, beside the device's own.

DYADKIT_DATA=… python tests/benchmarks/bench_wrist.py

E4 recordings at 64 Hz of people who rest and compete (folder `dyads/emopaircompete`). The device's
own heart rate is the mean of about the last minute, moved or not, so the two are compared where
that whole minute was trusted; the table says how much of it was.
"""

import os
import sys
from pathlib import Path

import figures
import numpy as np

from dyadkit.formats.e4 import read_e4
from dyadkit.signals import ppg

WINDOW_S, LATE_S, SETTLED_S = 60, 10, 90
SHARES = (0.5, 0.7, 0.8, 0.9)
MIN_SECONDS = 30
SHORT, AROUND_S, FAR = 6, 60.0, 0.25


def compared(source):
    """Trusted share and median of one recording; per second our mean, the device's, the share."""
    one = read_e4(source)
    beats = ppg.find_beats(one.bvp.values, one.bvp.rate_hz)
    series = ppg.heart_rate(beats)
    known = np.isfinite(series.bpm)
    device = one.heart_rate_bpm
    at_s = device.start_s - one.bvp.start_s + np.arange(len(device.values))
    stop = np.rint((at_s - LATE_S) * 4).astype(int)
    start = stop - WINDOW_S * 4
    use = (start >= 0) & (stop <= len(known)) & (at_s > SETTLED_S)
    sums, counts = (np.cumsum(np.r_[0.0, x]) for x in (np.where(known, series.bpm, 0.0), known))
    seen = (counts[stop[use]] - counts[start[use]]) / (WINDOW_S * 4)
    mean = (sums[stop[use]] - sums[start[use]]) / np.maximum(seen * WINDOW_S * 4, 1)
    medians = [
        float(np.median(x)) if len(x) else np.nan for x in (series.bpm[known], device.values)
    ]
    return known.mean(), medians, mean - device.values[use], seen, islands(ppg.intervals(beats))


def islands(found):
    """How far each short trusted stretch is from the trusted intervals around, as log ratios."""
    breaks = np.flatnonzero(np.diff(found.trusted, append=False) | ~np.r_[found.follows[1:], False])
    off = []
    for start, stop in zip(np.r_[0, breaks[:-1] + 1], breaks + 1, strict=True):
        if found.trusted[start] and stop - start < SHORT:
            near = np.abs(found.start_s - found.start_s[start]) < AROUND_S
            near[start:stop] = False
            own, around = found.interval_s[start:stop], found.interval_s[near & found.trusted]
            off.append(np.log(np.median(own) / np.median(around)) if len(around) else np.inf)
    return np.abs(off)


def by_pair(found):
    """Trusted share and how many medians agree, a row a pair, resting and competing."""
    print("\n| pair | trusted at rest | competing | at rest within 2 bpm | competing |")
    print("|---|---|---|---|---|")
    for pair in sorted({Path(source).parent.name for source in found}):
        own = {source: one for source, one in found.items() if Path(source).parent.name == pair}
        parts = [
            [one for source, one in own.items() if ("_phase2_" in source) == competes]
            for competes in (False, True)
        ]
        shares = [f"{np.median([one[0] for one in part]):.2f}" for part in parts]
        near = [f"{sum(abs(one[1]) <= 2 for one in part)} of {len(part)}" for part in parts]
        print("| " + " | ".join([pair, *shares, *near]) + " |")


def by_share(found):
    """How far the minute's mean is from the device's own, by how much of it was trusted."""
    print("\n| of the minute trusted | seconds | median distance | recordings | within 2 bpm |")
    print("|---|---|---|---|---|")
    for min_share in SHARES:
        off = [miss[seen >= min_share] for _, _, miss, seen, _ in found.values()]
        every = np.concatenate(off)
        medians = np.array([abs(np.median(one)) for one in off if len(one) >= MIN_SECONDS])
        miss_bpm = np.median(abs(every))
        print(
            f"| {min_share:.0%} | {len(every)} | {miss_bpm:.2f} bpm | {len(medians)} "
            f"| {np.mean(medians <= 2):.0%} |"
        )
        name = f"distance from the device where {min_share:.0%} of a minute is trusted"
        figures.accuracy(name, miss_bpm, "bpm", tolerance=0.02)


def main():
    if "DYADKIT_DATA" not in os.environ:
        sys.exit("DYADKIT_DATA is not set: no recordings")
    folder = Path(os.environ["DYADKIT_DATA"]) / "dyads/emopaircompete"
    sources = sorted(
        str(file).removesuffix("_BVP.csv.gz") for file in folder.glob("*_team*/*_BVP.csv.gz")
    )
    print("| recording | trusted | median, bpm | device's median | difference |")
    print("|---|---|---|---|---|")
    found = {}
    for source in sources:
        share, (mine, device), *rest = compared(Path(source))
        found[source] = (share, mine - device, *rest)
        name = " ".join(Path(source).parts[-2:])
        print(f"| {name} | {share:.2f} | {mine:.1f} | {device:.1f} | {mine - device:+.1f} |")
    shares = np.array([one[0] for one in found.values()])
    shares = [one[0] for one in found.values()]
    low, middle, high = np.quantile(shares, [0.25, 0.5, 0.75])
    print(f"\ntrusted share: median {middle:.2f}, quartiles {low:.2f} to {high:.2f}")
    figures.accuracy("trusted share, median", middle, better=figures.HIGHER, tolerance=0.005)
    by_pair(found)
    by_share(found)
    short = np.concatenate([one[-1] for one in found.values()])
    astray = np.mean(short > FAR)
    print(
        f"\n{len(short)} trusted stretches of fewer than {SHORT} intervals: "
        f"{astray:.1%} off by more than {FAR:.0%} from the trusted minute around"
    )
    figures.accuracy("short trusted stretches far off", 100 * astray, "%", tolerance=0.1)


if __name__ == "__main__":
    main()
