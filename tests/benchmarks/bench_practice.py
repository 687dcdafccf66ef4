"""How often popular practice calls independent people synchronous, and finds coupled ones.

python tests/benchmarks/bench_practice.py [--pairs 100] [--seed 1]
"""

import argparse

import figures
import numpy as np
from arousal import RATE_HZ, SERIES, pair
from scipy import signal, stats

from dyadkit.synchrony import chance, coupling, directed
from dyadkit.synchrony.chance.autoregression import burg

SURROGATES = 19
REACH = 20


def naive_pearson(a, b, rng):
    return stats.pearsonr(a, b).pvalue <= 0.05


def max_correlation(a, b, rng):
    """Largest lagged correlation beyond 1.96 / sqrt(n)."""
    z = [(x - x.mean()) / x.std() for x in (a, b)]
    n = len(a)
    curve = np.correlate(z[1], z[0], mode="full")[n - 1 - REACH : n + REACH] / n
    return np.max(np.abs(curve)) > 1.96 / np.sqrt(n)


def prewhitened_correlation(a, b, rng):
    """The same after each person's autoregression is taken out."""
    white = (signal.lfilter(burg(x - x.mean()), [1.0], x - x.mean())[16:] for x in (a, b))
    z = [(x - x.mean()) / x.std() for x in white]
    n = len(z[0])
    curve = np.correlate(z[1], z[0], mode="full")[n - 1 - REACH : n + REACH] / n
    return np.max(np.abs(curve)) > stats.norm.isf(0.025 / (2 * REACH + 1)) / np.sqrt(n)


def susy_as_z(a, b, rng):
    """SUSY's signed effect size read as a z-score."""
    return abs(coupling.susy(a, b, RATE_HZ).effect_signed) > 1.96


def granger_f(a, b, rng):
    """Granger's textbook F test of one direction, on means of whole seconds."""
    seconds = (x.reshape(-1, 4).mean(axis=1) for x in (a, b))
    return directed.granger(*seconds, 1.0, null=directed.Shifts(19)).a_to_b.p_f <= 0.05


def mean_absolute_z(remade):
    """The field's statistic, the mean absolute Fisher z, against surrogates of b."""

    def called(a, b, rng):
        observed = coupling.rmea(a, b, RATE_HZ).grand_average
        null = [coupling.rmea(a, made, RATE_HZ).grand_average for made in remade(b, rng)]
        return (1 + np.sum(np.array(null) >= observed)) / (SURROGATES + 1) <= 0.05

    return called


def drawn(null):
    def remade(series, rng):
        batches = [null.drawn(series, RATE_HZ, rng) for _ in range(2)]
        return np.concatenate(batches)[:SURROGATES]

    return remade


def shuffled(series, rng):
    return [rng.permutation(series) for _ in range(SURROGATES)]


def shifted(series, rng):
    min_shift = round(30 * RATE_HZ)
    shifts = rng.integers(min_shift, len(series) - min_shift, size=SURROGATES)
    return [np.roll(series, shift) for shift in shifts]


def statistic_c(a, b, rng):
    return coupling.couple_with(coupling.WindowMean(), a, b, RATE_HZ).p <= 0.05


def band_scan(a, b, rng):
    return coupling.couple(a, b, RATE_HZ).p <= 0.05


PRACTICES = {
    "Pearson's r, its own p": naive_pearson,
    "largest lagged r vs 1.96/sqrt(n)": max_correlation,
    "prewhitened lagged r, Bonferroni": prewhitened_correlation,
    "SUSY effect (signed) read as z": susy_as_z,
    "Granger's F test, a to b, 1 Hz": granger_f,
    "mean abs. z, samples shuffled": mean_absolute_z(shuffled),
    "mean abs. z, segments shuffled": mean_absolute_z(drawn(chance.SegmentShuffle())),
    "mean abs. z, phases randomised": mean_absolute_z(drawn(chance.PhaseRandomised())),
    "mean abs. z, IAAFT": mean_absolute_z(drawn(chance.IAAFT(rounds=10))),
    "mean abs. z, circular shift": mean_absolute_z(shifted),
    "statistic C, all circular shifts": statistic_c,
    "band scan, all circular shifts": band_scan,
}


def share(practice, name, strength, pairs, seed):
    """How many pairs a practice calls coupled."""
    rng = np.random.default_rng([seed, round(100 * strength)])
    return np.mean([practice(*pair(name, rng, strength), rng) for _ in range(pairs)])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print("| practice | " + " | ".join(f"{n}, c = 0 | {n}, c = 0.3" for n in SERIES) + " |")
    print("|---|" + "---|" * (2 * len(SERIES)))
    for title, practice in PRACTICES.items():
        shares = [
            share(practice, name, strength, given.pairs, given.seed)
            for name in SERIES
            for strength in (0.0, 0.3)
        ]
        print(f"| {title} | " + " | ".join(f"{s:.2f}" for s in shares) + " |", flush=True)
        ours = practice is band_scan
        better = figures.LOWER if ours else figures.SAME
        false, power = np.mean(shares[::2]), np.mean(shares[1::2])
        figures.accuracy(f"{title}: strangers", false, better=better, tolerance=0.005)
        if ours:
            name = f"{title}: power at c = 0.3"
            figures.accuracy(name, power, better=figures.HIGHER, tolerance=0.005)


if __name__ == "__main__":
    main()
