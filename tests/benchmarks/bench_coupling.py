"""The default test under gaps, other rates, lags and lengths, and what it costs.

python tests/benchmarks/bench_coupling.py [--pairs 200] [--seed 1]
"""

import argparse
import time

import numpy as np
from arousal import RATE_HZ, SERIES, pair

from dyadkit.synchrony import coupling

COUPLING = 0.2
LENGTHS_MIN = (10, 30, 60, 240, 480, 1440)


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


CONDITIONS = {
    "10 min, 4 Hz": whole,
    "20 % random gaps in each": with_gaps(random_gaps),
    "two gaps of a minute in each": with_gaps(minute_gaps),
    "2 Hz": at_rate(2.0),
    "1 Hz": at_rate(1.0),
    "3 min": of(3),
    "5 min": of(5),
    "60 min": of(60),
    "lags to 10 s": of(10, 10.0),
    "lags to 30 s": of(10, 30.0),
    "30 min, lags to 30 s": of(30, 30.0),
}


def share(make, name, strength, pairs, seed):
    rng = np.random.default_rng([seed, round(100 * strength)])
    found = 0
    for _ in range(pairs):
        a, b, rate_hz, max_lag_s = make(name, rng, strength)
        found += coupling.couple(a, b, rate_hz, max_lag_s).p <= 0.05
    return found / pairs


def conditions(pairs, seed):
    print("| condition | " + " | ".join(f"{n}, c = 0 | {n}, c = 0.2" for n in SERIES) + " |")
    print("|---|" + "---|" * (2 * len(SERIES)))
    for title, make in CONDITIONS.items():
        shares = [
            share(make, name, strength, pairs, seed)
            for name in SERIES
            for strength in (0.0, COUPLING)
        ]
        print(f"| {title} | " + " | ".join(f"{s:.3f}" for s in shares) + " |", flush=True)


def cost(call, repeats):
    call()
    started = time.process_time()
    for _ in range(repeats):
        call()
    return 1e3 * (time.process_time() - started) / repeats


def costs(seed):
    print(
        "\n| minutes at 4 Hz | couple, ms | 20 % gaps, ms | lags to 30 s, ms | windows, 1 s, ms |"
    )
    print("|---|---|---|---|---|")
    for minutes in LENGTHS_MIN:
        rng = np.random.default_rng(seed)
        a, b, *_ = whole("ar95", rng, 0.0, minutes)
        holed, repeats = random_gaps(a, rng), 20 if minutes < 60 else 1
        calls = (
            lambda a=a, b=b: coupling.couple(a, b, RATE_HZ),
            lambda a=holed, b=b: coupling.couple(a, b, RATE_HZ),
            lambda a=a, b=b: coupling.couple(a, b, RATE_HZ, 30.0),
            lambda a=a, b=b: coupling.windowed_correlation(a, b, RATE_HZ),
        )
        taken = " | ".join(f"{cost(call, repeats):.0f}" for call in calls)
        print(f"| {minutes} | {taken} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    conditions(given.pairs, given.seed)
    costs(given.seed)


if __name__ == "__main__":
    main()
