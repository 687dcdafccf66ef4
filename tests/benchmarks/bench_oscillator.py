"""Recovery of coupled oscillators: bias, coverage, tests and regimes, with GLLA beside it.

Every dyad is simulated from known equations (600 samples at 1 Hz, 10 % measurement noise unless
the condition says otherwise). Run: python tests/benchmarks/bench_oscillator.py [dyads]
"""

import sys
import time
from collections import Counter
from dataclasses import dataclass

import figures
import numpy as np
from scipy import linalg, signal

from dyadkit.synchrony import dynamics

SAME = -((2 * np.pi / 25) ** 2)
FASTER = -((2 * np.pi / 18) ** 2)
FIELDS = ("stiffness", "damping", "coupling", "velocity_coupling")
GOALS = (0.05, 0.15, 0.10, 0.20)
CASES = {
    "uncoupled": ((SAME, SAME), (-0.08, -0.08), (0.0, 0.0), (0.0, 0.0)),
    "b calms a": ((SAME, SAME), (-0.02, -0.20), (0.02, 0.02), (0.0, 0.0)),
    "mutual, velocity −": ((SAME, SAME), (-0.05, -0.05), (0.03, 0.03), (-0.04, -0.04)),
    "mutual, velocity +": ((SAME, SAME), (-0.10, -0.10), (0.03, 0.03), (0.05, 0.05)),
    "anti-phase": ((SAME, SAME), (-0.08, -0.08), (-0.02, -0.02), (0.0, 0.0)),
    "a drives b": ((SAME, SAME), (-0.08, -0.08), (0.0, 0.03), (0.0, -0.04)),
}


@dataclass(frozen=True)
class Condition:
    """What nature does to the samples."""

    name: str
    samples: int = 600
    noise: float = 0.1
    gaps: float = 0.0
    coupling: float = 1.0
    faster_b: bool = False

    def equations(self, case):
        stiffness, damping, coupling, velocity = CASES[case]
        if self.faster_b:
            stiffness = (SAME, FASTER)
        weaker = [tuple(self.coupling * x for x in pair) for pair in (coupling, velocity)]
        return (stiffness, damping, *weaker)


CONDITIONS = (
    Condition("plain"),
    Condition("20 % gaps", gaps=0.2),
    Condition("30 % noise", noise=0.3),
    Condition("300 samples", samples=300),
    Condition("unequal periods", faster_b=True),
    Condition("a quarter of the coupling", coupling=0.25),
)


def drift_of(stiffness, damping, coupling, velocity):
    rows = [
        [0, 1, 0, 0],
        [stiffness[0], damping[0], coupling[0], velocity[0]],
        [0, 0, 0, 1],
        [coupling[1], velocity[1], stiffness[1], damping[1]],
    ]
    return np.array(rows, float)


def covariance_of(drift):
    return linalg.solve_continuous_lyapunov(drift, -np.diag([0.0, 1.0, 0.0, 1.0]))


def dyads(condition, case, count, seed):
    """Stationary dyads, shape (count, samples, 2)."""
    drift = drift_of(*condition.equations(case))
    transition, stationary = linalg.expm(drift), covariance_of(drift)
    driving = linalg.sqrtm(stationary - transition @ stationary @ transition.T).real
    rng = np.random.default_rng([seed, *case.encode()])
    state = rng.standard_normal((count, 4)) @ linalg.sqrtm(stationary).real
    pairs = np.empty((count, condition.samples, 2))
    for k in range(condition.samples):
        state = state @ transition.T + rng.standard_normal((count, 4)) @ driving.T
        pairs[:, k] = state[:, [0, 2]]
    deviation = pairs.std(axis=1, keepdims=True)
    pairs += condition.noise * deviation * rng.standard_normal(pairs.shape)
    pairs[rng.random(pairs.shape) < condition.gaps] = np.nan
    return pairs


def true_ratio(equations):
    alone = (*equations[:2], (0.0, 0.0), (0.0, 0.0))
    coupled, apart = (np.diag(covariance_of(drift_of(*e)))[[0, 2]] for e in (equations, alone))
    return coupled / apart


def bias(values, truth):
    """Largest relative error of the median over both people, where the truth is not zero."""
    medians = np.nanmedian(values, axis=0)
    errors = [abs(m / t - 1) for m, t in zip(medians, truth, strict=True) if t]
    return max(errors) if errors else np.nan


def share_right_sign(values, intervals, truth):
    """Share with the right sign, and with an interval on the wrong side of zero."""
    signs = np.sign(truth)
    right = np.mean(np.sign(values) == signs)
    wrong = np.mean(np.where(signs > 0, intervals[..., 1] < 0, intervals[..., 0] > 0))
    return right, wrong


def glla_bias(pairs, equations):
    rows = []
    for pair in pairs:
        number = np.repeat(0.0, 2 * len(pair))
        person = np.repeat([0.0, 1.0], len(pair))
        time_s = np.tile(np.arange(float(len(pair))), 2)
        table = np.stack([number, person, time_s, pair.T.reshape(-1)], axis=1)
        fit = dynamics.fit_glla(table, (1, 2, 3), (3, 4, 5), 1.0)[0]
        rows.append([getattr(fit, field) for field in FIELDS])
    return [bias(np.array(rows)[:, k], equations[k]) for k in range(4)]


def percent(value):
    return "   – " if np.isnan(value) else f"{100 * value:4.0f}%"


@dataclass(frozen=True)
class Reported:
    """Of one case: shares of parameters covered, of dyads called coupled and fitted; cost."""

    case: str
    covered: float
    coupled: float
    fitted: float
    cpu_s: float


def report(condition, case, count):
    equations = condition.equations(case)
    pairs = dyads(condition, case, count, seed=20)
    started = time.process_time()
    fits = [dynamics.fit_oscillator(pair[:, 0], pair[:, 1], 1.0) for pair in pairs]
    seconds = (time.process_time() - started) / count
    shown = [fit for fit in fits if fit.outcome is dynamics.FitOutcome.FITTED]
    values = np.array([[getattr(fit, field) for field in FIELDS] for fit in shown])
    intervals = np.array([[getattr(f, field + "_interval") for field in FIELDS] for f in shown])
    truth = np.array(equations)
    covered = (intervals[..., 0] <= truth) & (truth <= intervals[..., 1])
    ratio = np.nanmedian([fit.variance_ratio for fit in shown], axis=0) / true_ratio(equations)
    p = np.array([[fit.p_coupled, fit.p_a_to_b, fit.p_b_to_a] for fit in fits]) <= 0.05
    own = " ".join(percent(bias(values[:, k], truth[k])) for k in range(4))
    other = " ".join(percent(error) for error in glla_bias(pairs, equations))
    signs = ""
    for name, k in (("phase", 2), ("velocity sign", 3)):
        if truth[k].all():
            right, wrong = share_right_sign(values[:, k], intervals[:, k], truth[k])
            signs += f"; {name} right {right:.1%}, decided wrong {wrong:.1%}"
    regimes = Counter(str(fit.regime) for fit in fits)
    print(
        f"| {case:19s}| {seconds:.2f} | {own} | {other} | {covered.mean():.1%} "
        f"| {ratio[0]:.2f} {ratio[1]:.2f} | {p[:, 0].mean():.1%} {p[:, 1].mean():.1%} "
        f"{p[:, 2].mean():.1%} | {len(shown)}/{count} | "
        + ", ".join(f"{word} {number}" for word, number in sorted(regimes.items()))
        + f"{signs} |",
        flush=True,
    )
    return Reported(case, covered.mean(), p[:, 0].mean(), len(shown) / count, seconds)


def not_oscillators(rng, name, samples=2400):
    """Series at 4 Hz that do not oscillate."""
    if name.startswith("ar"):
        noise = rng.standard_normal(samples + 1000)
        return signal.lfilter([1.0], [1.0, -int(name[2:]) / 100], noise)[1000:]
    kernel_s = np.arange(0, 40, 0.25)
    kernel = np.exp(-kernel_s / 4) - np.exp(-kernel_s / 0.75)
    impulses = (rng.random(samples) < 1 / 48) * rng.lognormal(-1.0, 0.7, samples)
    level = np.cumsum(rng.standard_normal(samples)) * 0.01
    return np.convolve(impulses, kernel / kernel.max())[:samples] + level


def report_not_oscillators(name, count):
    fits = []
    for k in range(count):
        a, b = (not_oscillators(np.random.default_rng([30, k, who]), name) for who in (0, 1))
        fits.append(dynamics.fit_oscillator(a, b, 4.0))
    coupled = np.mean([fit.p_coupled <= 0.05 for fit in fits])
    outcomes = Counter(str(fit.outcome) for fit in fits)
    print(f"| {name} | {coupled:.1%} | {dict(outcomes)} |", flush=True)
    figures.accuracy(f"independent {name} called coupled", coupled, tolerance=0.005)


def report_length(samples):
    pair = dyads(Condition("long", samples=samples), "mutual, velocity −", 1, seed=1)[0]
    started = time.process_time()
    dynamics.fit_oscillator(pair[:, 0], pair[:, 1], 1.0)
    cpu_s = time.process_time() - started
    print(f"| {samples} | {cpu_s:.2f} |", flush=True)
    figures.cost(f"a fit of {samples} samples", cpu_s)


def headline(reported):
    """Figures over all conditions."""
    alone = [one for one in reported if one.case == "uncoupled"]
    together = [one for one in reported if one.case != "uncoupled"]
    covered = np.mean([one.covered for one in reported])
    figures.accuracy("95 % intervals that hold", covered, better=figures.SAME, tolerance=0.005)
    for name, better, shares in (
        ("uncoupled called coupled", figures.LOWER, [one.coupled for one in alone]),
        ("coupled called coupled", figures.HIGHER, [one.coupled for one in together]),
        ("fitted", figures.HIGHER, [one.fitted for one in reported]),
    ):
        figures.accuracy(name, np.mean(shares), better=better, tolerance=0.005)
    figures.cost("a fit, mean of all conditions", np.mean([one.cpu_s for one in reported]))


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    reported = []
    for condition in CONDITIONS:
        print(f"\n## {condition.name}\n")
        print(
            "| case | CPU s | bias k d c v | GLLA bias k d c v | coverage | variance ratio / true "
            "a b | p ≤ 0.05: coupled a→b b→a | fitted | regimes and signs |"
        )
        print("|---|---|---|---|---|---|---|---|---|")
        reported += [report(condition, case, count) for case in CASES]
    headline(reported)
    print("\n## independent series that are not oscillators\n")
    print("| series | coupled | outcome |\n|---|---|---|")
    for name in ("ar95", "ar99", "scr"):
        report_not_oscillators(name, count)
    print("\n## length\n\n| samples | CPU s |\n|---|---|")
    for samples in (600, 1200, 3600, 14400):
        report_length(samples)


if __name__ == "__main__":
    main()
