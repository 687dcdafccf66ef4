"""The default test and its rivals: false positives, power, lag and leader, wherever it may be used.

python tests/benchmarks/bench_coupling.py [--pairs 1000] [--seed 1]

`DYADKIT_DATA` adds real people who never met. Long sessions take fewer pairs (as the square root of
their length), statistic C a fifth, the mean absolute z a tenth.
"""

import argparse
import gzip
import itertools
import os
from pathlib import Path

import arousal
import figures
import numpy as np
from arousal import RATE_HZ, SERIES, pair, standard

from dyadkit.errors import SignalError
from dyadkit.synchrony import coupling

REAL_LENGTH, REAL_LAG_S = 700, 10.0
TEN_MINUTES = 2400
SHIFTS = 39


def band_scan(a, b, rate_hz, max_lag_s):
    return coupling.couple(a, b, rate_hz, max_lag_s).p <= 0.05


def statistic_c(a, b, rate_hz, max_lag_s):
    window = coupling.WindowMean(max_lag_s, max(30.0, 2 * max_lag_s), max(15.0, max_lag_s))
    return coupling.couple_with(window, a, b, rate_hz).p <= 0.05


def mean_absolute_z(a, b, rate_hz, max_lag_s):
    """The field's statistic against circular shifts; refuses gaps."""
    window_s = max(30.0, 2 * max_lag_s)

    def value(moved):
        found = coupling.rmea(a, moved, rate_hz, window_s, window_s / 2, max_lag_s)
        return found.grand_average

    min_shift = round(max(30.0, 3 * max_lag_s) * rate_hz)
    shifts = np.linspace(min_shift, len(b) - min_shift, SHIFTS).astype(int)
    null = np.array([value(np.roll(b, shift)) for shift in shifts])
    return (1 + np.sum(null >= value(b))) / (SHIFTS + 1) <= 0.05


STATISTICS = {
    "band scan": (band_scan, 1),
    "statistic C": (statistic_c, 5),
    "mean abs. z, circular shift": (mean_absolute_z, 10),
}


def random_gaps(series, rng, share=0.2):
    return np.where(rng.random(len(series)) < share, np.nan, series)


def minute_gaps(series, rng, count=2):
    holed, size = series.copy(), round(60 * RATE_HZ)
    for start in rng.integers(0, len(series) - size, size=count):
        holed[start : start + size] = np.nan
    return holed


def thinned(series, rate_hz):
    every = round(RATE_HZ / rate_hz)
    return series[: len(series) // every * every].reshape(-1, every).mean(axis=1)


def whole(name, rng, strength, minutes=10, max_lag_s=5.0):
    lag_s = 0.3 * max_lag_s
    a, b = pair(name, rng, strength, round(minutes * 60 * RATE_HZ), lag_s)
    return a, b, RATE_HZ, max_lag_s


def with_gaps(holes):
    def made(name, rng, strength):
        a, b, *rest = whole(name, rng, strength)
        return holes(a, rng), holes(b, rng), *rest

    return made


def at_rate(rate_hz):
    def made(name, rng, strength):
        a, b, _, max_lag_s = whole(name, rng, strength)
        return thinned(a, rate_hz), thinned(b, rate_hz), rate_hz, max_lag_s

    return made


def of(minutes, max_lag_s=5.0):
    return lambda name, rng, strength: whole(name, rng, strength, minutes, max_lag_s)


def trending(name, rng, strength):
    return *arousal.trending(name, rng, strength), RATE_HZ, 5.0


def under_stimulus(name, rng, strength):
    """Both respond, twice as strongly as they vary by themselves, to one known stimulus."""
    a, b = pair(name, rng, strength)
    stimulus = arousal.ar95(rng, len(a))
    t_s = np.arange(0, 20, 1 / RATE_HZ)
    shape = np.exp(-t_s / 3.0) - np.exp(-t_s / 0.75)
    response = 2.0 * standard(np.convolve(stimulus, shape)[: len(a)])
    cleaned = (coupling.remove_stimulus(x + response, stimulus, RATE_HZ) for x in (a, b))
    return *cleaned, RATE_HZ, 5.0


CONDITIONS = {
    "10 min, 4 Hz": whole,
    "common slow trend": trending,
    "known stimulus removed": under_stimulus,
    "20 % random gaps in each": with_gaps(random_gaps),
    "two gaps of a minute in each": with_gaps(minute_gaps),
    "2 Hz": at_rate(2.0),
    "1 Hz": at_rate(1.0),
    "3 min": of(3),
    "5 min": of(5),
    "60 min": of(60),
    "8 h": of(480),
    "lags to 10 s": of(10, 10.0),
    "lags to 30 s": of(10, 30.0),
    "30 min, lags to 30 s": of(30, 30.0),
}


BESIDE = list(CONDITIONS)[:5]
"""Where the rivals run too; the published one refuses gaps."""


def share(statistic, make, name, strength, pairs, seed):
    """How many pairs are called coupled; None where the statistic refuses."""
    rng = np.random.default_rng([seed, round(100 * strength)])
    called, enough = [], pairs
    while len(called) < enough:
        a, b, rate_hz, max_lag_s = make(name, rng, strength)
        enough = max(1, round(pairs * min(1.0, np.sqrt(TEN_MINUTES / len(a)))))
        try:
            called.append(statistic(a, b, rate_hz, max_lag_s))
        except SignalError:
            return None
    return np.mean(called)


def conditions(pairs, seed, strength=0.2):
    head = " | ".join(f"{name} 0 | {name} {strength}" for name in SERIES)
    print(f"| condition | statistic | {head} |")
    print("|---|---|" + "---|" * (2 * len(SERIES)), flush=True)
    called = {}
    for rival, (statistic, fewer) in STATISTICS.items():
        for title, make in CONDITIONS.items():
            if statistic is not band_scan and title not in BESIDE:
                continue
            shares = [
                share(statistic, make, name, c, max(1, pairs // fewer), seed)
                for name in SERIES
                for c in (0.0, strength)
            ]
            if statistic is band_scan:
                called[title] = np.mean(shares[::2]), np.mean(shares[1::2])
            if None not in shares:
                reported = " | ".join(f"{one:.3f}" for one in shares)
                print(f"| {title} | {rival} | {reported} |", flush=True)
    false, power = np.array(list(called.values())).T
    figures.accuracy("called coupled at c = 0, all conditions", np.mean(false), tolerance=0.002)
    figures.accuracy("the worst condition at c = 0", max(false), tolerance=0.01)
    figures.accuracy(
        f"power at c = {strength}, all conditions", np.mean(power),
        better=figures.HIGHER, tolerance=0.002,
    )  # fmt: skip


def precision(pairs, seed):
    print("\n| c, condition | series | power | C | lag error, s | within 0.5 s | leader | sign |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    clean = {f"{c:+.1f}": (c, pair) for c in (0.2, -0.3)}
    hard = {f"+0.3, {title}": (0.3, make) for title, make in arousal.HARD.items()}
    easy, difficult = [], []
    for title, (strength, make) in (clean | hard).items():
        for name in SERIES:
            rng = np.random.default_rng([seed, 7])
            made = [make(name, rng, strength) for _ in range(pairs)]
            found = [coupling.couple(a, b, RATE_HZ) for a, b in made]
            (easy if title in clean else difficult).extend(found)
            rival = np.mean([statistic_c(a, b, RATE_HZ, 5.0) for a, b in made[: pairs // 5 + 1]])
            print(f"| {title} | {name} | {_described(found, strength, rival)} |", flush=True)
    for kind, found in (("plain", easy), ("hard", difficult)):
        lag_s = np.array([one.lag_s for one in found])
        error_s = np.median(np.abs(lag_s - arousal.LAG_S))
        figures.accuracy(f"lag, median error, {kind} pairs", error_s, "s", tolerance=0.005)
        leads = np.mean(lag_s > 0)
        figures.accuracy(
            f"leader right, {kind} pairs", leads, better=figures.HIGHER, tolerance=0.005
        )


def _described(found, strength, rival):
    lag_s = np.array([one.lag_s for one in found])
    error_s = np.abs(lag_s - arousal.LAG_S)
    right = np.mean([np.sign(one.strength) == np.sign(strength) for one in found])
    power = np.mean([one.p <= 0.05 for one in found])
    return (
        f"{power:.3f} | {rival:.2f} | {np.median(error_s):.2f} | {np.mean(error_s <= 0.5):.2f} | "
        f"{np.mean(lag_s > 0):.3f} | {right:.3f}"
    )


def strangers(folder, kind, pairs, seed):
    """Players of different matches, one value per second: coupling is impossible."""
    matches = [_columns(path) for path in sorted(folder.glob("match_*.csv.gz"))]
    rng = np.random.default_rng(seed)
    choices = list(itertools.combinations(range(len(matches)), 2))
    while pairs:
        chosen = choices[rng.integers(len(choices))]
        both = [matches[m].get(f"p{rng.integers(5)}_{kind}", np.empty(0)) for m in chosen]
        a, b = (one[:REAL_LENGTH] for one in both)
        if min(len(a), len(b)) == REAL_LENGTH and np.isfinite([a, b]).all() and a.std() * b.std():
            pairs -= 1
            yield a, b


def _columns(path):
    with gzip.open(path, "rt") as file:
        names = file.readline().strip().split(",")
        table = np.genfromtxt(file, delimiter=",")
    return dict(zip(names, table.T, strict=True))


def real(pairs, seed):
    folder = os.environ.get("DYADKIT_DATA")
    if not folder:
        print("\nDYADKIT_DATA is not set: no real people")
        return
    print("\n| real people who never met, 700 s at 1 Hz, lags to 10 s | " + " | ".join(STATISTICS))
    print("|---|" + "---|" * len(STATISTICS), flush=True)
    for kind in ("gsr", "heart_rate"):
        made = list(strangers(Path(folder, "dyads/esports"), kind, pairs, seed))
        rates = [
            _rate(statistic, made[: max(1, pairs // fewer)])
            for statistic, fewer in STATISTICS.values()
        ]
        reported = ("refuses flat windows" if np.isnan(x) else f"{x:.3f}" for x in rates)
        print(f"| {kind} | " + " | ".join(reported) + " |", flush=True)
        name = f"real people who never met called coupled, {kind}"
        figures.accuracy(name, rates[0], tolerance=0.005)


def _rate(statistic, made):
    """Share called coupled; NaN where the statistic refuses flat windows."""
    try:
        return np.mean([statistic(a, b, 1.0, REAL_LAG_S) for a, b in made])
    except SignalError:
        return np.nan


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    conditions(given.pairs, given.seed)
    precision(given.pairs, given.seed)
    real(given.pairs, given.seed)


if __name__ == "__main__":
    main()
