"""Beats and quality against truth: DYADKIT_DATA=… python tests/benchmarks/bench_beats.py [--live].

Recordings with ECG or chest-strap truth (ready-to-score files under `signals/ppg`) where the data
folder is there, and modelled pulses in irregular rhythm, movement and camera noise always. One
constant delay per record is removed; a beat matches within 150 ms.
"""

import argparse
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dyadkit.signals import ppg
from dyadkit.signals.ppg.finding import beats_of, examine
from dyadkit.signals.quality import quality_of

sys.path.insert(0, str(Path(__file__).parents[1] / "host" / "signals"))
import pulse_model

TOLERANCE_S = 0.150
GROSS_S = 0.100


@dataclass
class Record:
    group: str
    counts: np.ndarray
    rate_hz: float
    true_s: np.ndarray
    delays_s: tuple[float, float] = (-0.3, 0.9)
    zones_s: np.ndarray = field(default_factory=lambda: np.empty((0, 2)))
    moved: np.ndarray | None = None


@dataclass
class Tally:
    hits: int = 0
    true: int = 0
    false: int = 0
    f1: list[float] = field(default_factory=list)
    error_ms: list[float] = field(default_factory=list)
    area: list[float] = field(default_factory=list)
    intervals: np.ndarray = field(default_factory=lambda: np.zeros(3))
    rmssd_error_ms: list[float] = field(default_factory=list)


def recorded(folder):
    for path in sorted(folder.glob("*.npz")):
        held = np.load(path, allow_pickle=True)
        stem = path.stem
        group = next((name for name in ("mot", "well") if stem.startswith(name)), "clean")
        delays_s = (-0.3, 0.9) if str(held["kind"]) == "ecg" else (-12.0, 12.0)
        moved = held["mask"].astype(bool) if "mask" in held.files else None
        counts = held["ppg"].astype(float)
        yield Record(group, counts, float(held["fs"]), held["ref"], delays_s, held["zones"], moved)


def modelled(seeds=range(100, 104)):
    for seed in seeds:
        random = np.random.default_rng(seed)
        body = pulse_model.Body(
            random.uniform(55, 95), random.uniform(0, 0.5), random.choice([0.01, 0.05, 0.12])
        )
        for rhythm in pulse_model.IRREGULAR:
            pulse = pulse_model.pulse(rhythm, body, seed=seed)
            yield Record(f"model {rhythm.__name__}", pulse.ppg, 100.0, pulse.beats_s)
        still = pulse_model.pulse(pulse_model.sinus, body, seed=seed)
        for strength in (0.7, 1.5, 3.0):
            shaken = pulse_model.with_movement(still, strength, seed=seed)
            yield Record("model movement", shaken.ppg, 100.0, still.beats_s, moved=shaken.moved)
        camera = pulse_model.through_camera(still, 0.4, seed=seed)
        yield Record("model camera", camera.ppg, 100.0, still.beats_s)


def nearest(times_s, at_s):
    after = np.clip(np.searchsorted(times_s, at_s), 1, len(times_s) - 1)
    return np.where(times_s[after] - at_s < at_s - times_s[after - 1], after, after - 1)


def delay_s(true_s, found_s, low_s, high_s):
    """The constant delay under which most beats match, refined by the median."""

    def agreement(shift_s):
        distance_s = abs(found_s[nearest(found_s, true_s + shift_s)] - true_s - shift_s)
        close = distance_s <= TOLERANCE_S
        return close.sum() - distance_s[close].sum()

    best_s = max(np.arange(low_s, high_s, 0.02), key=agreement)
    for _ in range(2):
        off_s = found_s[nearest(found_s, true_s + best_s)] - true_s - best_s
        best_s += np.median(off_s[abs(off_s) <= TOLERANCE_S])
    return best_s


def judge(record, beats, tally):
    found_s = beats.times_s
    true_s = record.true_s + delay_s(record.true_s, found_s, *record.delays_s)
    low_s = max(3.0, true_s[0] + 0.5 if record.delays_s[1] > 1 else 0.0)
    high_s = min(len(record.counts) / record.rate_hz - 3.0, true_s[-1] + 0.5)
    shift_s = true_s[0] - record.true_s[0]

    def counted(at_s):
        inside = (at_s > low_s) & (at_s < high_s)
        for start_s, stop_s in record.zones_s:
            inside &= ~((at_s > start_s + shift_s) & (at_s < stop_s + shift_s))
        return inside

    match = nearest(found_s, true_s)
    hit = abs(found_s[match] - true_s) <= TOLERANCE_S
    hits = int((hit & counted(true_s)).sum())
    false = int(counted(found_s).sum()) - len(np.unique(match[hit & counted(found_s[match])]))
    true = int(counted(true_s).sum())
    tally.hits, tally.true, tally.false = tally.hits + hits, tally.true + true, tally.false + false
    tally.f1.append(2 * hits / (hits + true + false))
    both = hit[1:] & hit[:-1] & (np.diff(match) == 1) & counted(true_s[1:])
    error_s = np.diff(found_s[match])[both] - np.diff(true_s)[both]
    tally.error_ms.append(1e3 * np.median(abs(error_s)))
    gate(beats, true_s, counted, tally)


def gate(beats, true_s, counted, tally):
    """Share of intervals kept by the quality gate, and gross errors among them."""
    found = ppg.intervals(beats)
    first, last = nearest(true_s, found.start_s), nearest(true_s, found.stop_s)
    error_s = found.interval_s - (true_s[last] - true_s[first])
    gross = (last - first != 1) | (abs(error_s) > GROSS_S)
    inside = counted(found.start_s) & counted(found.stop_s)
    kept = found.trusted & inside
    tally.intervals += (inside.sum(), kept.sum(), (kept & gross).sum())
    pairs = found.normal[1:] & found.normal[:-1] & found.follows[1:]
    steps_s, true_steps_s = np.diff(found.interval_s)[pairs], np.diff(np.diff(true_s))
    true_steps_s = true_steps_s[abs(true_steps_s) < 0.5]
    rmssd_ms, true_ms = (1e3 * np.sqrt(np.mean(x**2)) for x in (steps_s, true_steps_s))
    tally.rmssd_error_ms.append(abs(rmssd_ms - true_ms))


def area(moved, quality, rate_hz):
    starts = np.arange(0, len(moved), round(rate_hz))
    spoiled = np.add.reduceat(moved.astype(float), starts) / rate_hz > 0.5
    good, bad = quality[: len(spoiled)][~spoiled], quality[: len(spoiled)][spoiled]
    return float((good[:, None] > bad).mean() + 0.5 * (good[:, None] == bad).mean())


def live_beats(record):
    return ppg.LiveBeats(record.rate_hz).push(record.counts)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--live", action="store_true", help="the causal detector instead")
    live = parser.parse_args().live
    folder = os.environ.get("DYADKIT_DATA")
    records = [*recorded(Path(folder) / "signals" / "ppg")] if folder else []
    tallies, seconds, started_s = {}, 0.0, time.process_time()
    for record in [*records, *modelled()]:
        tally = tallies.setdefault(record.group, Tally())
        seconds += len(record.counts) / record.rate_hz
        if live:
            judge(record, live_beats(record), tally)
            continue
        reading = examine(record.counts, record.rate_hz)
        beats = beats_of(reading)
        judge(record, beats, tally)
        if record.moved is not None:
            quality = quality_of(reading).quality
            tally.area.append(area(record.moved, quality, record.rate_hz))
    print(
        f"| set{' (live)' if live else ''} | records | F1 | worst | interval error, ms | AUC "
        "| kept | gross | RMSSD error, ms |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for group, tally in tallies.items():
        row(group, tally)
    cpu_s = time.process_time() - started_s
    print(f"\n{seconds / 3600:.2f} h of signal in {cpu_s:.1f} s of CPU")


def row(group, tally):
    f1 = 2 * tally.hits / (tally.hits + tally.true + tally.false)
    whole, kept, gross = tally.intervals
    auc = f"{np.mean(tally.area):.3f}" if tally.area else ""
    print(
        f"| {group} | {len(tally.f1)} | {f1:.4f} | {min(tally.f1):.3f} "
        f"| {np.median(tally.error_ms):.1f} | {auc} | {kept / whole:.3f} | {gross / kept:.4f} "
        f"| {np.median(tally.rmssd_error_ms):.1f} |"
    )


if __name__ == "__main__":
    main()
