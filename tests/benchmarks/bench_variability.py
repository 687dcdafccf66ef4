"""RMSSD and SDNN with their limits, rhythm, cut-off waves and heart rates against modelled truth.

python tests/benchmarks/bench_variability.py [--first 9000] [--bodies 40]

Bodies, noise and rhythm are drawn by seed; no setting was chosen with the seeds from 9000 on.
With DYADKIT_DATA set, recordings with ECG or chest-strap truth as well.
"""

import argparse
import os
import sys
from pathlib import Path

import figures
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.beat_records import recorded
from benchmarks.beat_score import Truth, nearest
from dyadkit.signals import ppg
from dyadkit.signals.hrv import hrv
from fakes import pulse_model
from fakes.pulse_model import Body

SECONDS = 180.0
SKIPPED_S = 0.5
SHARES = (0.0, 0.1, 0.2, 0.4, 0.6, 0.8)
RATES_BPM = (30, 45, 70, 110, 130, 150, 170, 190, 215, 240)
HALVED = 0.5  # octaves


def body_of(random, **given):
    drawn = {
        "bpm": random.uniform(50, 105),
        "notch": random.uniform(0, 0.6),
        "noise": 0.01,
        "wander": random.uniform(0.1, 0.6),
        "breath_hz": random.uniform(0.15, 0.4),
        "sway": random.choice([0.0, 0.01, 0.02, 0.04, 0.06]),
        "jitter": random.choice([0.002, 0.012, 0.03]),
    }
    return Body(**(drawn | given))


def clear(random, seed):
    return still(random, seed)


def white(random, seed):
    return still(random, seed, noise=random.uniform(0.03, 0.35))


def camera(random, seed):
    return pulse_model.through_camera(still(random, seed), random.uniform(0.1, 0.7), seed=seed)


def movement(random, seed):
    pulse, strength = still(random, seed), random.uniform(0.3, 2.5)
    return pulse_model.with_movement(pulse, strength, seed=seed, share=random.uniform(0.1, 0.35))


def coloured(random, seed):
    """Noise within the pulse's own band, of a spectrum that falls with frequency."""
    pulse = still(random, seed)
    spectrum = np.fft.rfft(random.standard_normal(len(pulse.ppg)))
    frequency_hz = np.fft.rfftfreq(len(pulse.ppg), 1 / pulse.rate_hz)
    spectrum *= (frequency_hz > 0.5) & (frequency_hz < 8)
    spectrum /= np.maximum(frequency_hz, 0.5) ** random.choice([0.5, 1.0])
    noise = np.fft.irfft(spectrum, len(pulse.ppg))
    pulse.ppg[:] += random.uniform(0.03, 0.25) * noise / noise.std()
    return pulse


NOISES = (clear, white, coloured, camera, movement)


def still(random, seed, **given):
    rate_hz = float(random.choice([50, 64, 100, 125]))
    body = body_of(random, **given)
    return pulse_model.pulse(pulse_model.sinus, body, SECONDS, rate_hz, seed)


def figures_of(pulse):
    beats = ppg.find_beats(pulse.ppg, pulse.rate_hz)
    return beats, hrv(ppg.intervals(beats), SECONDS)


def own_ms(times_s):
    """RMSSD and SDNN of true beats; steps that skip a beat the truth lacks are left out."""
    steps_s = np.diff(times_s, 2)
    steps_s = steps_s[abs(steps_s) < SKIPPED_S]
    return 1e3 * np.sqrt(np.mean(steps_s**2)), 1e3 * np.diff(times_s).std(ddof=1)


def within(value, limits):
    return limits[0] <= value <= limits[1]


def limits_table(first, bodies):
    print("| noise | records | limits | RMSSD within | width | stated | its error | SDNN within |")
    print("|---|---|---|---|---|---|---|---|")
    every = []
    for noise in NOISES:
        rows = []
        for seed in range(first, first + bodies):
            pulse = noise(np.random.default_rng(seed), seed)
            _, found = figures_of(pulse)
            rmssd_ms, sdnn_ms = own_ms(pulse.beats_s)
            rows.append(
                (
                    np.isfinite(found.rmssd_interval_ms[0]),
                    within(rmssd_ms, found.rmssd_interval_ms),
                    np.ptp(found.rmssd_interval_ms),
                    np.isfinite(found.rmssd_ms),
                    abs(found.rmssd_ms - rmssd_ms),
                    within(sdnn_ms, found.sdnn_interval_ms),
                )
            )
        every += rows if noise is not clear else []
        limits_row(noise.__name__, rows)
    limits_row("all noisy", every)
    known = np.array([row for row in every if row[0]], dtype=float)
    figures.accuracy(
        "RMSSD within its limits", known[:, 1].mean(), better=figures.HIGHER, tolerance=0.01
    )
    figures.accuracy(
        "SDNN within its limits", known[:, 5].mean(), better=figures.HIGHER, tolerance=0.01
    )
    figures.accuracy("width of RMSSD's limits", np.median(known[:, 2]), "ms", tolerance=0.5)


def limits_row(name, rows):
    table = np.array(rows, dtype=float)
    known = table[table[:, 0] > 0]
    cells = (
        name,
        str(len(table)),
        f"{table[:, 0].mean():.2f}",
        f"{known[:, 1].mean():.3f}",
        f"{np.median(known[:, 2]):.1f} ms",
        f"{known[:, 3].mean():.2f}",
        f"{np.nanmedian(known[:, 4]):.1f} ms",
        f"{known[:, 5].mean():.3f}",
    )
    print("| " + " | ".join(cells) + " |")


def recordings(folder):
    """RMSSD of recordings over the intervals that were kept, within the limits stated of them."""
    print("\n| set | records | limits known | RMSSD within | width | stated |")
    print("|---|---|---|---|---|---|")
    groups = {}
    for record in recorded(folder):
        beats = ppg.find_beats(record.counts, record.rate_hz)
        found = ppg.intervals(beats)
        said = hrv(found, beats.duration_s)
        pairs = np.flatnonzero(found.normal[1:] & found.normal[:-1] & found.follows[1:])
        true_s = Truth(record, beats.times_s).true_s
        ends = nearest(true_s, found.start_s[pairs]), nearest(true_s, found.stop_s[pairs + 1])
        kept = [true_s[i : j + 1] for i, j in zip(*ends, strict=True) if j - i == 2]
        steps_s = np.concatenate([np.diff(one, 2) for one in kept])
        rmssd_ms = 1e3 * np.sqrt(np.mean(steps_s[abs(steps_s) < SKIPPED_S] ** 2))
        limits = said.rmssd_interval_ms
        row = np.isfinite(limits[0]), within(rmssd_ms, limits), np.ptp(limits)
        groups.setdefault(record.group, []).append((*row, np.isfinite(said.rmssd_ms)))
    for group, rows in groups.items():
        table = np.array(rows, dtype=float)
        known = table[table[:, 0] > 0]
        print(
            f"| {group} | {len(table)} | {len(known)} | {int(known[:, 1].sum())} | "
            f"{np.median(known[:, 2]):.1f} ms | {int(known[:, 3].sum())} |"
        )


def rhythms(first, bodies):
    print("\n| rhythm | sinus | many early beats | irregular | unknown | RMSSD given |")
    print("|---|---|---|---|---|---|")
    for rhythm in (pulse_model.sinus, *pulse_model.IRREGULAR):
        named, given = [], []
        for seed in range(first, first + bodies):
            random = np.random.default_rng(seed)
            body = body_of(random, noise=random.choice([0.01, 0.05, 0.15]))
            _, found = figures_of(pulse_model.pulse(rhythm, body, SECONDS, 100.0, seed))
            named.append(found.rhythm.value)
            given.append(np.isfinite(found.rmssd_ms))
        counts = [named.count(one) for one in ("sinus", "many early beats", "irregular", "unknown")]
        print(f"| {rhythm.__name__} | " + " | ".join(map(str, counts)) + f" | {sum(given)} |")


def cut_off(wave, side, share):
    low, high = np.percentile(wave, [1, 99])
    if side == "foot":
        return np.maximum(wave, low + share * (high - low))
    return np.minimum(wave, high - share * (high - low))


def limits_of_the_sensor(first, bodies):
    print(
        "\n| cut off | of the height | beats trusted | worst | rate off by a fifth | RMSSD within |"
    )
    print("|---|---|---|---|---|---|")
    for side in ("foot", "crest"):
        for share in SHARES:
            trusted, wrong, inside = [], [], []
            for seed in range(first, first + bodies):
                random = np.random.default_rng(seed)
                body = body_of(random, wander=random.uniform(0, 0.4), sway=0.03)
                pulse = pulse_model.pulse(pulse_model.sinus, body, SECONDS, 100.0, seed)
                seen = pulse_model.Pulse(
                    cut_off(pulse.ppg, side, share), 100.0, pulse.beats_s, pulse.moved
                )
                beats, found = figures_of(seen)
                trusted.append(beats.trusted.sum() / len(pulse.beats_s))
                bpm = ppg.heart_rate(beats).bpm
                wrong += list(abs(bpm[np.isfinite(bpm)] - body.bpm) > 0.2 * body.bpm)
                if np.isfinite(found.rmssd_interval_ms[0]):
                    inside.append(within(own_ms(pulse.beats_s)[0], found.rmssd_interval_ms))
            print(
                f"| {side} | {share:.0%} | {np.mean(trusted):.2f} | {min(trusted):.2f} | "
                f"{np.mean(wrong):.4f} | {sum(inside)} of {len(inside)} |"
            )


def heart_rates(first, bodies):
    print("\n| heart rate | known | halved or doubled | median error |\n|---|---|---|---|")
    worst = 0.0
    for bpm in RATES_BPM:
        known, off, error = [], [], []
        for seed in range(first, first + bodies):
            random = np.random.default_rng(seed)
            breath_hz = random.uniform(0.4, 1.0) if bpm > 105 else random.uniform(0.12, 0.25)
            given = {"noise": random.choice([0.01, 0.05, 0.1]), "sway": random.uniform(0.005, 0.03)}
            body = body_of(random, bpm=bpm, breath_hz=breath_hz, **given)
            rate_hz = float(random.choice([25.0, 50.0, 100.0]))
            pulse = pulse_model.pulse(pulse_model.sinus, body, 90.0, rate_hz, seed)
            series = ppg.heart_rate(ppg.find_beats(pulse.ppg, rate_hz))
            middle_s = 0.5 * (pulse.beats_s[1:] + pulse.beats_s[:-1])
            true = np.interp(series.times_s, middle_s, 60 / np.diff(pulse.beats_s))
            seen = np.isfinite(series.bpm)
            known.append(seen.mean())
            off += list(abs(np.log2(series.bpm[seen] / true[seen])) > HALVED)
            error += list(abs(series.bpm[seen] - true[seen]))
        worst = max(worst, np.mean(off))
        print(f"| {bpm} | {np.mean(known):.3f} | {np.mean(off):.4f} | {np.median(error):.2f} bpm |")
    figures.accuracy("halved or doubled, worst rate", worst, tolerance=0.001)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--first", type=int, default=9000, help="first seed")
    parser.add_argument("--bodies", type=int, default=40, help="a kind of noise; others a third")
    arguments = parser.parse_args()
    few = max(2, arguments.bodies // 3)
    limits_table(arguments.first, arguments.bodies)
    folder = os.environ.get("DYADKIT_DATA")
    if folder:
        recordings(Path(folder) / "signals" / "ppg")
    rhythms(arguments.first, few)
    limits_of_the_sensor(arguments.first, few)
    heart_rates(arguments.first, few)


if __name__ == "__main__":
    main()
