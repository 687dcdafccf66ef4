"""Beats and their quality against truth, beside other packages'.

DYADKIT_DATA=… python tests/benchmarks/bench_beats.py [--live | --peers] [--bodies 6] [--every 1]

Recordings with ECG or chest-strap truth (ready-to-score files under `signals/ppg`) where the data
folder is there, and modelled pulses in irregular rhythm, movement and camera noise always. One
constant delay per record is removed; a beat matches within 150 ms.
"""

import argparse
import os
import sys
import time
from pathlib import Path

import figures
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.beat_peers import installed
from benchmarks.beat_records import modelled, recorded
from benchmarks.beat_score import Tally, area, gate, match
from dyadkit.signals import ppg
from dyadkit.signals.ppg.finding import beats_of, examine
from dyadkit.signals.quality import quality_of

MIN_BEATS = 4
SETTLED = 40  # quarters of a second until a live detector knows the person


def records(seeds, every=1):
    """Recorded and modelled pulses, one of so many."""
    folder = os.environ.get("DYADKIT_DATA")
    real = recorded(Path(folder) / "signals" / "ppg") if folder else ()
    return [*real, *modelled(seeds)][::every]


def ours(record, tally):
    reading = examine(record.counts, record.rate_hz)
    beats = beats_of(reading)
    gate(beats, match(record, beats.times_s, tally), tally)
    if record.moved is not None:
        tally.area.append(area(record.moved, quality_of(reading).quality, record.rate_hz))


def live(record, tally):
    """Fed a quarter of a second at a time; how late each decision comes is printed if too late."""
    detector = ppg.LiveBeats(record.rate_hz)
    step = round(record.rate_hz / 4)
    found, lag_s = [], 0.0
    for stop in range(step, len(record.counts) + 1, step):
        new_s = detector.push(record.counts[stop - step : stop]).times_s
        if len(new_s) and stop > SETTLED * step:
            lag_s = max(lag_s, stop / record.rate_hz - new_s[0])
        found.append(new_s)
    if lag_s > 2.0:
        print(f"{record.group}: decided {lag_s:.2f} s late")
    match(record, np.concatenate(found), tally)


def table(score, every):
    tallies, seconds, started_s = {}, 0.0, time.process_time()
    for record in every:
        seconds += len(record.counts) / record.rate_hz
        score(record, tallies.setdefault(record.group, Tally()))
    head = "set, records, F1, worst, interval error, p90, AUC, kept, gross, RMSSD error, HR error"
    print("| " + head.replace(", ", " | ") + " |\n" + "|---" * (head.count(",") + 1) + "|")
    for group, tally in tallies.items():
        print("| " + " | ".join(cells(group, tally)) + " |")
    cpu_s = time.process_time() - started_s
    print(f"\n{seconds / 3600:.2f} h of signal in {cpu_s:.1f} s of CPU")
    headline(tallies)
    figures.cost("an hour of signal", cpu_s / (seconds / 3600))


def headline(tallies):
    """Beats and kept intervals of each recorded set, and of all modelled ones together."""
    for group, parts in gathered(tallies).items():
        hits, missed = sum(t.hits for t in parts), sum(t.true + t.false for t in parts)
        f1 = 2 * hits / max(1, hits + missed)
        figures.accuracy(f"F1, {group}", f1, better=figures.HIGHER, tolerance=0.0005)
        whole, kept, gross = np.sum([t.intervals for t in parts], axis=0)
        if whole:
            share = kept / whole
            figures.accuracy(f"kept, {group}", share, better=figures.HIGHER, tolerance=0.002)
            figures.accuracy(f"gross among kept, {group}", gross / kept, tolerance=0.0002)


def gathered(tallies):
    """Tallies by recorded set, with all models as one."""
    groups = {}
    for group, tally in tallies.items():
        groups.setdefault("model" if group.startswith("model") else group, []).append(tally)
    return groups


def cells(group, tally):
    whole, kept, gross = tally.intervals
    return (
        group,
        str(len(tally.f1)),
        f"{tally.pooled:.4f}",
        f"{min(tally.f1):.3f}",
        f"{np.median(tally.error_ms):.1f} ms",
        f"{np.median(tally.error_p90_ms):.1f} ms",
        f"{np.mean(tally.area):.3f}" if tally.area else "",
        f"{kept / whole:.3f}" if whole else "",
        f"{gross / kept:.4f}" if kept else "",
        _median_and_worst(tally.rmssd_error_ms)
        if tally.rmssd_error_ms and not _irregular(group)
        else "",
        f"{np.nanmedian(tally.rate_error_bpm):.2f} bpm" if tally.rate_error_bpm else "",
    )


def _irregular(group):
    return group.startswith("model") and group.split()[-1] not in ("movement", "camera")


def _median_and_worst(errors_ms):
    return f"{np.median(errors_ms):.1f} ({max(errors_ms):.1f}) ms"


def side_by_side(every):
    """F1 (worst) of every detector at hand, a row a set."""
    finders = {"dyadkit": lambda counts, rate_hz: ppg.find_beats(counts, rate_hz).times_s}
    finders |= installed()
    tallies, spent_s = {}, dict.fromkeys(finders, 0.0)
    for record in every:
        for name, finder in finders.items():
            started_s = time.process_time()
            found_s = finder(record.counts, record.rate_hz)
            spent_s[name] += time.process_time() - started_s
            tally = tallies.setdefault(record.group, {}).setdefault(name, Tally())
            if len(found_s) < MIN_BEATS:
                tally.f1.append(0.0)
                tally.true += len(record.true_s)
            else:
                match(record, found_s, tally)
    print("| set | " + " | ".join(finders) + " |\n" + "|---" * (len(finders) + 1) + "|")
    for group, row in tallies.items():
        scores = (f"{row[name].pooled:.3f} ({min(row[name].f1):.2f})" for name in finders)
        print(f"| {group} | " + " | ".join(scores) + " |")
    print("| CPU, s | " + " | ".join(f"{spent_s[name]:.1f}" for name in finders) + " |")
    for name in finders:
        groups = gathered({group: row[name] for group, row in tallies.items()})
        for group, parts in groups.items():
            f1 = 2 * sum(t.hits for t in parts) / sum(t.hits + t.true + t.false for t in parts)
            figures.accuracy(f"F1, {name}, {group}", f1, better=figures.HIGHER, tolerance=0.002)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--live", action="store_true", help="the causal detector instead")
    choice.add_argument("--peers", action="store_true", help="beside other packages")
    parser.add_argument("--bodies", type=int, default=6, help="modelled bodies, live a third")
    parser.add_argument("--every", type=int, default=1, help="one record of so many")
    arguments = parser.parse_args()
    every = arguments.every
    bodies = range(100, 100 + arguments.bodies)
    if arguments.peers:
        side_by_side(records(bodies, every))
    elif arguments.live:
        table(live, records(bodies[: max(1, len(bodies) // 3)], every))
    else:
        table(ours, records(bodies, every))


if __name__ == "__main__":
    main()
