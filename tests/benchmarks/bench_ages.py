"""Bodies of every age: RSA, heart rate, breathing, rhythm, skin; and real sessions.

[DYADKIT_DATA=…] python tests/benchmarks/bench_ages.py [--bodies 12] [--first-seed 5000]

Modelled pulse waves of infants to elders with known beats and breath, and the condition tables of
real competing pairs, where DYADKIT_DATA names the folder that holds `dyads/emopaircompete`.
"""

import argparse
import gzip
import os
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import figures
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

import dyadkit
from dyadkit import Mark, Person, Series
from dyadkit.dyad.traces import PersonTraces, Trace
from dyadkit.signals.physiology import read_body
from fakes import pulse_model, skin_model

SECONDS, RATE_HZ = 300.0, 100.0
FAR = 3.0  # breaths a minute
OFF = 0.3  # of ln RSA
PHASES = {"phase1": "rest before", "phase2": "competition", "phase3": "rest after"}


@dataclass(frozen=True)
class Group:
    """Ranges that bodies are drawn from: beats a minute, breaths in Hz, sway of the interval."""

    age_years: float
    bpm: tuple
    breath_hz: tuple
    sway: tuple
    rhythm: object = pulse_model.sinus


GROUPS = {
    "infants": Group(0.5, (110, 190), (0.40, 1.00), (0.008, 0.03)),
    "toddlers": Group(2.5, (95, 140), (0.30, 0.60), (0.015, 0.05)),
    "children": Group(8.0, (72, 105), (0.22, 0.45), (0.03, 0.08)),
    "adults": Group(31.0, (55, 90), (0.18, 0.36), (0.015, 0.07)),
    "athletes": Group(25.0, (36, 52), (0.17, 0.28), (0.03, 0.10)),
    "pregnancy": Group(30.0, (78, 105), (0.22, 0.36), (0.008, 0.03)),
    "low-HRV elders": Group(75.0, (58, 85), (0.18, 0.33), (0.005, 0.012)),
    "fibrillation": Group(70.0, (65, 110), (0.2, 0.3), (0.01, 0.02), pulse_model.fibrillation),
    "early beats": Group(60.0, (60, 85), (0.2, 0.3), (0.02, 0.04), pulse_model.ectopic),
}


@dataclass
class Body:
    """A modelled body: its wave, true beats, breath, and what breath does to intervals, in ms."""

    wave: np.ndarray
    beats_s: np.ndarray
    breath_per_minute: float
    true_ms: np.ndarray


def body(group, seed):
    random = np.random.default_rng(seed)
    base_s = 60.0 / random.uniform(*group.bpm)
    breath_hz = min(random.uniform(*group.breath_hz), 0.42 / base_s)
    sway = np.exp(random.uniform(*np.log(group.sway)))
    slow_hz, phase = 1 / random.uniform(60, 120), random.uniform(0, 6)

    def envelope(at_s):
        return sway * (1 + 0.7 * np.sin(2 * np.pi * slow_hz * at_s + phase))

    beats_s, beat = [0.6], 0
    while beats_s[-1] < SECONDS - 1:
        at_s = beats_s[-1] + base_s / 2
        wander = 0.5 * np.sin(2 * np.pi * at_s / 37)
        change = envelope(at_s) * np.sin(2 * np.pi * breath_hz * at_s + wander)
        change += 0.02 * np.sin(2 * np.pi * 0.09 * at_s) + 0.002 * random.standard_normal()
        for interval_s in group.rhythm(random, base_s * (1 + change), beat):
            beats_s.append(beats_s[-1] + interval_s)
        beat += 1
    beats_s = np.array(beats_s)
    times_s = np.arange(int(SECONDS * RATE_HZ)) / RATE_HZ
    wave = 0.1 * np.sin(2 * np.pi * breath_hz * times_s)
    wave += random.choice([0.01, 0.03, 0.05]) * random.standard_normal(len(wave))
    for beat_s in beats_s:
        near = slice(*np.searchsorted(times_s, (beat_s - 0.1, beat_s + 1.4)))
        dicrotic_s = 0.42 * min(1.0, base_s / 0.7)
        wave[near] += pulse_model._shape(times_s[near] - beat_s, 0.35, dicrotic_s)
    grid_s = np.arange(int(SECONDS * 4)) / 4
    return Body(wave, beats_s, 60 * breath_hz, 1e3 * base_s * envelope(grid_s) / np.sqrt(2))


@dataclass
class Row:
    """What was read of one body, beside the truth."""

    off_ln: float
    r: float
    breath_off: np.ndarray
    halved: float
    trusted: float
    rhythm: str
    stated_rmssd: bool
    rmssd_inside: bool


def read(group, one):
    trace = Trace(np.arange(len(one.wave)) / RATE_HZ, one.wave, "", RATE_HZ)
    about = Person(age_years=group.age_years, pregnant=None)
    found = read_body(PersonTraces({"ppg": trace}, about=about), SECONDS)
    course = found.rsa.series_ln_ms2
    known = np.isfinite(course)
    truth = np.log(one.true_ms**2)
    r = float(np.corrcoef(course[known], truth[known])[0, 1]) if known.sum() > 200 else np.nan
    bpm = found.heart_rate_bpm[np.isfinite(found.heart_rate_bpm)]
    true_bpm = 60.0 / np.median(np.diff(one.beats_s))
    breath = found.respiration.breaths_per_minute
    low_ms, high_ms = found.hrv.rmssd_interval_ms
    true_rmssd = 1e3 * np.sqrt(np.mean(np.diff(one.beats_s, 2) ** 2))
    return Row(
        found.rsa.ln_ms2 - float(np.log(np.mean(one.true_ms**2))),
        r if not found.rsa.why else np.nan,
        breath - one.breath_per_minute,
        float(np.mean(bpm < 0.6 * true_bpm)) if len(bpm) else np.nan,
        len(bpm) / max(len(found.heart_rate_bpm), 1),
        found.hrv.rhythm.value,
        bool(np.isfinite(found.hrv.rmssd_ms)),
        bool(low_ms <= true_rmssd <= high_ms),
    )


def line(name, rows):
    off = np.array([row.off_ln for row in rows])
    stated = np.isfinite(off)
    r = np.array([row.r for row in rows])
    breath = np.concatenate([row.breath_off for row in rows])
    told = np.isfinite(breath)
    rmssd = [row.rmssd_inside for row in rows if row.stated_rmssd]
    rhythms = Counter(row.rhythm for row in rows).most_common()
    cells = (
        name,
        len(rows),
        f"{stated.sum()}",
        f"{np.median(np.abs(off[stated])):.2f}" if stated.any() else "–",
        f"{np.mean(np.abs(off[stated]) <= OFF):.2f}" if stated.any() else "–",
        f"{np.nanmedian(r):.2f}" if np.isfinite(r).any() else "–",
        f"{np.mean(r[np.isfinite(r)] >= 0.9):.2f}" if np.isfinite(r).any() else "–",
        f"{told.mean():.2f}",
        f"{np.mean(np.abs(breath[told]) > FAR):.3f}" if told.any() else "–",
        f"{np.nanmean([row.halved for row in rows]):.4f}",
        f"{sum(rmssd)} of {len(rmssd)}",
        ", ".join(f"{count} {rhythm}" for rhythm, count in rhythms),
    )
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)
    return off[stated], r[np.isfinite(r)], breath[told]


def modelled(seeds):
    head = (
        "bodies", "n", "RSA stated", "median error, ln", "within 0.3", "series r", "r ≥ .9",
        "breath told", "off by > 3", "halved", "RMSSD inside", "rhythm",
    )  # fmt: skip
    print("| " + " | ".join(head) + " |\n" + "|---" * len(head) + "|")
    every = [
        line(name, [read(group, body(group, seed)) for seed in seeds])
        for name, group in GROUPS.items()
    ]
    off, r, breath = (np.concatenate([one[k] for one in every]) for k in range(3))
    figures.accuracy(
        "ln RSA within 0.3, stated",
        float(np.mean(np.abs(off) <= OFF)),
        better=figures.HIGHER,
        tolerance=0.05,
    )
    figures.accuracy(
        "RSA series r, median", float(np.median(r)), better=figures.HIGHER, tolerance=0.03
    )
    wrong = float(np.mean(np.abs(breath) > FAR))
    figures.accuracy("breath off by more than 3", wrong, better=figures.LOWER, tolerance=0.02)


def skins(seeds):
    """Level from 0.3 to 40 µS: is it what it was, and are responses found."""
    print("\n| level, µS | median error of SCL | responses found in 5 minutes |\n|---|---|---|")
    for level in (0.3, 1.0, 5.0, 15.0, 40.0):
        off, share = [], []
        for seed in seeds:
            made = skin_model.simulate(seed, duration_s=SECONDS)
            shift = level - float(np.median(made.values))
            values = np.maximum(made.values + shift, 0.05)
            trace = Trace(np.arange(len(values)) / 16.0, values, "microsiemens", 16.0)
            found = read_body(PersonTraces({"eda": trace}), SECONDS)
            known = np.isfinite(found.tonic_usiemens)
            off.append(abs(float(np.median(found.tonic_usiemens[known])) - level) if known.any()
                       else np.nan)  # fmt: skip
            share.append(len(found.responses))
        print(f"| {level:g} | {np.nanmedian(off):.2f} | {np.median(share):.0f} |", flush=True)


def recorded(file):
    with gzip.open(file, "rt") as lines:
        facts = dict(part.split("=") for part in next(lines)[1:].split())
        next(lines)
        values = np.array([float(line) if line.strip() else np.nan for line in lines])
    return float(facts["t0_unix"]) + np.arange(len(values)) / float(facts["fs"]), values


def session(folder, number):
    """One round of a team: three phases on one time line, each a marked condition."""
    people, spans = {}, {label: [] for label in PHASES.values()}
    for who in "AB":
        people[who] = {}
        for stream, name, unit in (("BVP", "ppg", ""), ("EDA", "eda", "µS")):
            files = {p: folder / f"round_{number}_{p}_{who}_{stream}.csv.gz" for p in PHASES}
            parts = {p: recorded(file) for p, file in files.items() if file.exists()}
            if not parts:
                continue
            for phase, (times_s, _) in parts.items():
                spans[PHASES[phase]].append((times_s[0], times_s[-1]))
            times_s, values = (np.concatenate([one[k] for one in parts.values()]) for k in (0, 1))
            people[who][name] = Series(values, times_s=times_s, unit=unit)
    marks = [
        Mark(max(start for start, _ in every), min(stop for _, stop in every), label, "condition")
        for label, every in spans.items()
        if every
    ]
    return dyadkit.from_arrays(people["A"], people["B"], marks)


def competing(data):
    """Heart rate of each condition in every real session that has the pulse of both."""
    print("\n| team, round | person | " + " | ".join(PHASES.values()) + " |\n|---|---|---|---|---|")
    count = 0
    for folder in sorted(data.glob("*_team*/")):
        for number in range(1, 5):
            if not (folder / f"round_{number}_phase1_A_BVP.csv.gz").exists():
                continue
            found = dyadkit.analyze(session(folder, number))
            count += 1
            for who in "ab":
                cells = {
                    one.condition: f"{one.value:.0f} ({one.coverage:.0%})"
                    for one in found.table("conditions")
                    if (one.person, one.measure) == (who, "heart_rate")
                }
                row = " | ".join(cells.get(label, "–") for label in PHASES.values())
                print(f"| {folder.name} {number} | {who} | {row.replace('nan', '–')} |", flush=True)
    figures.count("real sessions with a condition table", count, better=figures.HIGHER)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bodies", type=int, default=12)
    parser.add_argument("--first-seed", type=int, default=5000, help="1000 is that of the choices")
    asked = parser.parse_args()
    seeds = range(asked.first_seed, asked.first_seed + asked.bodies)
    modelled(seeds)
    skins(seeds)
    place = os.environ.get("DYADKIT_DATA")
    if place is None:
        print("real sessions skipped: DYADKIT_DATA is not set")
        return
    competing(Path(place) / "dyads" / "emopaircompete")


if __name__ == "__main__":
    main()
