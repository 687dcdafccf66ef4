"""Heart rate of both people of real dyads at the wrist, beside the device's own.

DYADKIT_DATA=… python tests/benchmarks/bench_wrist.py

E4 recordings at 64 Hz of people who rest and compete (folder `dyads/emopaircompete`). The device's
own heart rate is the mean of about the last minute, moved or not, so the two are compared where
that whole minute was trusted; the table says how much of it was.
"""

import os
import sys
from pathlib import Path

import numpy as np

from dyadkit.import_.e4 import read_e4
from dyadkit.signals import ppg

WINDOW_S, LATE_S, SETTLED_S = 60, 10, 90
SHARES = (0.5, 0.7, 0.8, 0.9)
LEAST_SECONDS = 30


def compared(source):
    """Trusted share and median of one recording; per second our mean, the device's, the share."""
    one = read_e4(source)
    series = ppg.heart_rate(ppg.find_beats(one.bvp.values, one.bvp.rate_hz))
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
    return known.mean(), medians, mean - device.values[use], seen


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
    print(f"\ntrusted share: median {np.median(shares):.2f}, quartiles "
          f"{np.quantile(shares, 0.25):.2f} to {np.quantile(shares, 0.75):.2f}\n")  # fmt: skip
    print("| of the minute trusted | seconds | median distance | recordings | within 2 bpm |")
    print("|---|---|---|---|---|")
    for least in SHARES:
        off = [miss[seen >= least] for _, _, miss, seen in found.values()]
        every = np.concatenate(off)
        medians = np.array([abs(np.median(one)) for one in off if len(one) >= LEAST_SECONDS])
        print(
            f"| {least:.0%} | {len(every)} | {np.median(abs(every)):.2f} bpm | {len(medians)} "
            f"| {np.mean(medians <= 2):.0%} |"
        )


if __name__ == "__main__":
    main()
