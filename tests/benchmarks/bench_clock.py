"""Clock alignment side by side: python tests/benchmarks/bench_clock.py [--seeds N] [--figure FILE]

p95 / max of the error of A against B in ms, on the same logs: four common ways of aligning
clocks, written here in their style, and dyadkit's. Logs are simulated (tests/fakes) and, with
DYADKIT_DATA set, read from its `timesync/dev`.
"""

import argparse
import gzip
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import figures
import numpy as np
from scipy.stats import siegelslopes

sys.path.insert(0, str(Path(__file__).parents[1]))

from dyadkit import clock
from dyadkit.clock import Clock, SyncLog
from dyadkit.clock.estimate.smoother import CrystalModel, Readings, Timeline, smooth
from fakes.sync_simulator import CONDITIONS, Truth, score, simulate

SKIPPED_S = 60.0
_EACH = 5  # so many seconds and exchanges to a point of the figure


@dataclass(frozen=True)
class Midpoints:
    """Classic offsets of one boot: wearable minus reference, at reference times, by round trip."""

    at_s: np.ndarray
    offset_s: np.ndarray
    trip_s: np.ndarray


def midpoints(link, boot) -> Midpoints:
    rows = link.exchanges[link.exchanges.peripheral_boot == boot]
    sent, returned = rows.sent_ns * 1e-9, rows.returned_ns * 1e-9
    received, answered = rows.received_us * 1e-6, rows.answered_us * 1e-6
    return Midpoints(
        (sent + returned) / 2,
        (received - sent + answered - returned) / 2,
        (returned - sent) - (answered - received),
    )


def best_of_eight(found: Midpoints) -> tuple[np.ndarray, np.ndarray]:
    """LSL: of the last eight probes the one with the shortest round trip, each two seconds."""
    ends = np.arange(8, len(found.at_s) + 1, 2)
    best = np.array([end - 8 + found.trip_s[end - 8 : end].argmin() for end in ends])
    return found.at_s[ends - 1], found.offset_s[best]


def lsl_style(found: Midpoints):
    """The newest best-of-eight offset, held."""
    at_s, offset_s = best_of_eight(found)
    return lambda t_s: offset_s[np.maximum(np.searchsorted(at_s, t_s, side="right") - 1, 0)]


def pyxdf_style(found: Midpoints):
    """One robust line through the whole recording's best-of-eight offsets."""
    at_s, offset_s = best_of_eight(found)
    thin = slice(None, None, max(1, len(at_s) // 600))
    slope, level = siegelslopes(offset_s[thin] - offset_s[0], at_s[thin] - at_s[0])
    return lambda t_s: offset_s[0] + level + slope * (t_s - at_s[0])


def two_point_style(found: Midpoints):
    """A line through the best offset of the first and of the last minute."""
    ends = [found.at_s < found.at_s[0] + 60, found.at_s > found.at_s[-1] - 60]
    best = [np.flatnonzero(rows)[found.trip_s[rows].argmin()] for rows in ends]
    return lambda t_s: (
        np.interp(t_s, found.at_s[best], found.offset_s[best])
        + (np.maximum(t_s - found.at_s[best[1]], 0) + np.minimum(t_s - found.at_s[best[0]], 0))
        * np.diff(found.offset_s[best])[0]
        / np.diff(found.at_s[best])[0]
    )


def rts_style(found: Midpoints):
    """Kalman/RTS smoother on the midpoints, trusting short round trips."""
    knots_s = np.arange(found.at_s[0] - 1, found.at_s[-1] + 20, 20.0)
    excess_s = found.trip_s - found.trip_s.min()
    readings = Readings(
        np.zeros(len(found.at_s), dtype=np.int64),
        found.at_s,
        found.offset_s - found.offset_s[0],
        (1e-3 + excess_s / 2) ** 2,
    )
    timeline = Timeline(
        knots_s,
        np.zeros((len(knots_s), 1), bool),
        np.zeros(len(knots_s)),
        np.zeros((len(knots_s), 1)),
    )
    track = smooth(readings, timeline, CrystalModel())
    return lambda t_s: track.offset_s(0, t_s) + found.offset_s[0]


STYLES = {"LSL": lsl_style, "pyxdf": pyxdf_style, "two-point": two_point_style, "RTS": rts_style}


def error_ms(log: SyncLog, truth: Truth, style) -> np.ndarray:
    """Error of A against B with one way of aligning, boot by boot."""
    offsets = {}
    for link in log.links:
        boots = truth.boots[link.peripheral]
        reference_s = truth.host_ns * 1e-9
        if link.central is not Clock.HOST:
            reference_s = truth.device_us["a"] * 1e-6
        placed_s = np.full(len(boots), np.nan)
        for boot in np.unique(boots).tolist():
            found, rows = midpoints(link, boot), boots == boot
            if len(found.at_s) > 20:
                device_s = truth.device_us[link.peripheral][rows] * 1e-6
                placed_s[rows] = device_s - style(found)(reference_s[rows])
        offsets[link.peripheral] = placed_s - reference_s
    apart_s = offsets.get("a", 0.0) - offsets["b"]
    return apart_s[truth.t_s >= SKIPPED_S] * 1e3


@dataclass(frozen=True)
class Solved:
    """What one way of solving said of one log: errors and bounds in ms, shares, seconds of CPU."""

    p95_ms: float
    max_ms: float
    median_bound_ms: float
    covered: float
    mapped: float
    cpu_s: float

    def __str__(self):
        return (
            f"{self.p95_ms:.2f} / {self.max_ms:.2f} | {self.median_bound_ms:.2f} "
            f"| {100 * self.covered:.1f} % | {100 * self.mapped:.1f} % | {self.cpu_s:.1f} s"
        )


def solved(log, truth, solve):
    began_s = process_time()
    clocks = solve(log)
    cost_s = process_time() - began_s
    error, bound, known = score(clocks, truth, SKIPPED_S)
    error = np.abs(error)
    covered = np.mean(error <= bound)
    return Solved(np.percentile(error, 95), error.max(), np.median(bound), covered, known, cost_s)


def headline(way, found):
    """Figures of one way of solving, over all logs."""
    typical_ms = np.median([one.p95_ms for one in found])
    figures.accuracy(f"{way}: p95 of the error, median log", typical_ms, "ms", tolerance=0.005)
    worst_ms = max(one.p95_ms for one in found)
    figures.accuracy(f"{way}: p95 of the error, worst log", worst_ms, "ms", tolerance=0.02)
    for name, shares in (("bound holds", [one.covered for one in found]),
                         ("mapped", [one.mapped for one in found])):  # fmt: skip
        worst = min(shares)
        figures.accuracy(f"{way}: {name}, worst log", worst, better=figures.HIGHER, tolerance=0.002)
    figures.cost(f"{way}: a log", np.mean([one.cpu_s for one in found]))


def cell(error) -> str:
    error = np.abs(error[np.isfinite(error)])
    return f"{np.percentile(error, 95):.2f} / {error.max():.2f}" if len(error) else "–"


def logs(seeds):
    for name, condition in CONDITIONS.items():
        if "swapped" in name or "reboot of a" in name:
            continue  # the simple ways know neither
        for seed in range(seeds):
            yield f"{name}, seed {seed}", *simulate(condition, 1000 + seed)
    folder = os.environ.get("DYADKIT_DATA")
    for path in sorted(Path(folder, "timesync", "dev").glob("*.trace.json.gz")) if folder else []:
        plain = json.loads(gzip.decompress(Path(str(path).replace("trace", "truth")).read_bytes()))
        truth = Truth(
            np.array(plain["t_true_s"]),
            {name: np.array(plain[f"{name}_boot"]) for name in "ab"},
            {name: np.array(plain[f"{name}_us"]) for name in "ab"},
            np.array(plain["host_ns"]),
        )
        yield f"`{path.name.split('.')[0]}`", clock.read_sync_log(path), truth


def draw(path: Path) -> None:
    """The estimator in one figure: midpoints, lattice readings, smoothed map and its bound."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    log, truth = simulate(CONDITIONS["mixed intervals"], 1)
    clocks = clock.solve(log)
    link = log.links[0]
    host_s, device_s = truth.host_ns * 1e-9, truth.device_us["a"] * 1e-6

    def minus_truth_ms(at_s, offset_s):
        return (offset_s - np.interp(at_s, host_s, device_s - host_s)) * 1e3

    found = midpoints(link, 0)
    error, bound, _ = score(clocks, truth, 0.0)
    error, bound, t_s = error[::_EACH], bound[::_EACH], truth.t_s[::_EACH]
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(7, 5), sharex=True, layout="constrained")
    off_ms = minus_truth_ms(found.at_s, found.offset_s)
    top.plot((found.at_s - host_s[0])[::_EACH], off_ms[::_EACH], ".", ms=2)
    top.set_ylabel("midpoint of each\nexchange, error (ms)")
    top.set_ylim(-40, 40)
    bottom.fill_between(t_s, -bound, bound, alpha=0.25, label="stated 95 % bound")
    bottom.plot(t_s, error, label="A against B, solved")
    bottom.set_ylabel("error (ms)")
    bottom.set_xlabel("session time (s), intervals 45 and 30 ms, simulated")
    bottom.legend()
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--figure", type=Path)
    arguments = parser.parse_args()
    if arguments.figure:
        draw(arguments.figure)
        return
    ours = ["bound", "covers", "mapped", "CPU"]
    head = ["log", *STYLES, "dyadkit", *ours, "live", *ours]
    print(f"| {' | '.join(head)} |")
    print("|---" * len(head) + "|")
    solvers = {"after": clock.solve, "live": clock.solve_causal}
    found = {}
    for name, log, truth in logs(arguments.seeds):
        cells = [cell(error_ms(log, truth, style)) for style in STYLES.values()]
        for way, solve in solvers.items():
            one = solved(log, truth, solve)
            found.setdefault(f"{'recorded' if '`' in name else 'simulated'}, {way}", []).append(one)
            cells.append(str(one))
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    for way, each in found.items():
        headline(way, each)


if __name__ == "__main__":
    main()
