"""Breathing from the pulse: fused modulations beside each alone, against truth.

DYADKIT_DATA=… python tests/benchmarks/bench_breathing.py [--bodies 30]

Modelled bodies whose breathing moves level, height and interval each by a strength of its own, some
not at all; and one real recording with a breathing belt, still and with movement added.
"""

import argparse
import csv
import gzip
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import figures
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from dyadkit.signals import ppg
from dyadkit.signals.ppg.waveform import gaussian, smooth
from dyadkit.signals.rate_track import track
from dyadkit.signals.respiration import (
    STEP_S,
    SUPPORT,
    SURE,
    WINDOW_S,
    evidence,
    respiration,
)
from fakes import pulse_model

FAR = 3.0  # breaths per minute from the truth that no use can forgive
BELT_HZ = 100.0
MIN_BREATH = 0.3  # of the belt's standard deviation, each way
UNEVEN = 0.25  # spread of the log length of the breaths of a window
METHODS = ("fused", "level alone", "height alone", "interval alone")


@dataclass
class Breathing:
    group: str
    counts: np.ndarray
    rate_hz: float
    true_per_minute: object  # centre of a window in seconds → breaths per minute


def modelled(seeds):
    for seed in seeds:
        random = np.random.default_rng(seed)
        breath_hz = random.uniform(0.11, 0.45)
        present = random.random(3) < 0.75
        body = pulse_model.Body(
            bpm=random.uniform(max(50, 150 * breath_hz), 105),
            noise=random.choice([0.01, 0.05, 0.12]),
            wander=present[0] * random.uniform(0.1, 0.8),
            sway=present[1] * random.uniform(0.01, 0.05),
            squeeze=present[2] * random.uniform(0.03, 0.15),
            breath_hz=breath_hz,
        )
        still = pulse_model.pulse(pulse_model.sinus, body, 240.0, seed=seed)
        shaken = pulse_model.with_movement(still, 1.5, seed=seed)
        camera = pulse_model.through_camera(still, 0.4, seed=seed)
        for name, pulse in (("still", still), ("movement", shaken), ("camera", camera)):
            yield Breathing(
                f"model {name}", pulse.ppg, 100.0, lambda _at_s, b=body: 60 * b.breath_hz
            )


def infants(seeds):
    """Fast hearts and fast breath, up to nine tenths of what beats can show."""
    for seed in seeds:
        random = np.random.default_rng(seed)
        bpm = random.uniform(105, 185)
        breath_hz = random.uniform(0.4, min(1.1, 0.45 * bpm / 60))
        body = pulse_model.Body(
            bpm=bpm,
            noise=random.choice([0.01, 0.05]),
            wander=random.uniform(0.05, 0.3),
            sway=random.uniform(0.003, 0.02),
            squeeze=random.uniform(0.0, 0.15),
            breath_hz=breath_hz,
            jitter=0.005,
        )
        pulse = pulse_model.pulse(pulse_model.sinus, body, 180.0, seed=seed)
        yield Breathing("model infant", pulse.ppg, 100.0, lambda _at_s, hz=breath_hz: 60 * hz)


def recorded(folder):
    """The recording with a belt, as it is and with movement added to its pulse."""
    with gzip.open(folder / "neurokit/bio_resting_5min_100hz.csv.gz", "rt") as file:
        belt = np.array([float(row["RSP"]) for row in csv.DictReader(file)])
    breaths_s = breaths(belt)
    for name in ("nk5", "mot_nk5_0.7", "mot_nk5_1.5", "mot_nk5_3.0"):
        held = np.load(folder / "ppg" / f"{name}.npz", allow_pickle=True)
        group = "belt, still" if name == "nk5" else "belt, movement"
        yield Breathing(
            group,
            held["ppg"].astype(float),
            float(held["fs"]),
            lambda at_s: counted(breaths_s, at_s),
        )


def breaths(belt):
    """When each breath passes the middle upwards, in seconds; smaller ripples do not count."""
    wave = smooth(belt, gaussian(0.25, BELT_HZ))
    wave = wave - smooth(wave, gaussian(6.0, BELT_HZ))
    state, found, limit = 0, [], MIN_BREATH * wave.std()
    for index, value in enumerate(wave):
        if abs(value) > limit and np.sign(value) != state:
            state = np.sign(value)
            found += [index / BELT_HZ] if state > 0 else []
    return np.array(found)


def counted(breaths_s, at_s):
    """Breaths per minute in the window; NaN where sighs and pauses leave no rate to speak of."""
    inside = breaths_s[np.abs(breaths_s - at_s) <= WINDOW_S / 2]
    lengths_s = np.diff(inside)
    return 60 / lengths_s.mean() if np.std(np.log(lengths_s)) < UNEVEN else np.nan


def judged(one):
    """Truth and each method's answer in every window."""
    beats = ppg.find_beats(one.counts, one.rate_hz)
    found = respiration(beats)
    each, rates_per_minute = evidence(beats)
    alone = [track(single, rates_per_minute, STEP_S / WINDOW_S) for single in each]
    answers = [
        np.where((t.support >= SUPPORT) & (t.probability >= SURE), t.rate_per_minute, np.nan)
        for t in alone
    ]
    truth = np.array([one.true_per_minute(at_s) for at_s in found.times_s])
    return truth, np.vstack([found.breaths_per_minute, *answers])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bodies", type=int, default=30)
    seeds = range(100, 100 + parser.parse_args().bodies)
    data = os.environ.get("DYADKIT_DATA")
    every = [*(recorded(Path(data) / "signals") if data else ()), *modelled(seeds), *infants(seeds)]
    groups = {}
    for one in every:
        groups.setdefault(one.group, []).append(judged(one))
    head = "set, windows, method, answered, median error, p90, off by more than 3, uneven answered"
    print("| " + head.replace(", ", " | ") + " |\n" + "|---" * (head.count(",") + 1) + "|")
    for group, results in groups.items():
        truth = np.concatenate([truth for truth, _ in results])
        answers = np.concatenate([answer for _, answer in results], axis=1)
        for method, answer in zip(METHODS, answers, strict=True):
            error = np.abs(answer - truth)[np.isfinite(answer) & np.isfinite(truth)]
            print(
                f"| {group} | {np.isfinite(truth).sum()} | {method} "
                f"| {len(error) / np.isfinite(truth).sum():.2f} "
                f"| {np.median(error):.2f} /min | {np.quantile(error, 0.9):.2f} /min "
                f"| {np.mean(error > FAR):.3f} | {_answered(answer[np.isnan(truth)])} |"
            )
        headline(group, truth, answers[0])


def headline(group, truth, fused):
    """Figures of the fused answers of one group."""
    error = np.abs(fused - truth)[np.isfinite(fused) & np.isfinite(truth)]
    share = len(error) / np.isfinite(truth).sum()
    figures.accuracy(f"answered, {group}", share, better=figures.HIGHER, tolerance=0.005)
    figures.accuracy(f"median error, {group}", np.median(error), "/min", tolerance=0.01)
    figures.accuracy(f"off by more than 3, {group}", np.mean(error > FAR), tolerance=0.002)


def _answered(answers):
    return f"{np.isfinite(answers).sum()} of {len(answers)}" if len(answers) else ""


if __name__ == "__main__":
    main()
