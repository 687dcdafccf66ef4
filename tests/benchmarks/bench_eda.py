"""Skin conductance: responses, level, artefacts, cost, and agreement with cvxEDA.

Two simulated people of 10 minutes each at 16 Hz, as in tests/fakes/skin_model.py. The peers
run only where `neurokit2` and `cvxopt` are installed; the labelled recordings only where
`DYADKIT_DATA` names their folder. Run: python tests/benchmarks/bench_eda.py [seeds]
"""

import os
import sys
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import figures
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from dyadkit.signals import eda
from fakes.skin_labels import labelled
from fakes.skin_model import NOISY, QUIET, f1, simulate

RATE_HZ = 16.0
FIRST_SEED = 1000


@dataclass(frozen=True)
class Parts:
    """What any decomposition gives, in the shape the score needs."""

    tonic: np.ndarray
    phasic: np.ndarray
    responses: tuple


def ours(values):
    return eda.decompose(values, RATE_HZ)


def peer(method, rate_hz=int(RATE_HZ)):
    """NeuroKit's decomposition by `method`, its responses by NeuroKit's own peak finder."""
    import neurokit2

    if method == "cvxeda":
        import cvxopt  # noqa: F401 - what it solves with

    def decompose(values):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parts = neurokit2.eda_phasic(values, sampling_rate=rate_hz, method=method)
            phasic = parts["EDA_Phasic"].to_numpy()
            _, peaks = neurokit2.eda_peaks(phasic, sampling_rate=rate_hz)
        onsets = [onset for onset in peaks["SCR_Onsets"] if np.isfinite(onset)]
        responses = tuple(eda.Response(onset / rate_hz, 0.0, 0.0, 0.0, 0.0) for onset in onsets)
        return Parts(parts["EDA_Tonic"].to_numpy(), phasic, responses)

    return decompose


def scored(decompose, truth):
    started = time.process_time()
    found = decompose(truth.values)
    seconds = time.process_time() - started
    miss = found.tonic - truth.tonic
    return (
        f1(truth, found),
        np.corrcoef(found.phasic, truth.phasic)[0, 1],
        np.std(miss),
        np.std(truth.values - found.tonic - found.phasic),
        min(found.tonic.min(), found.phasic.min()),
        6 * seconds,
    )


def known_truth(methods, seeds):
    columns = "person, method, F1, worst F1, phasic r, tonic RMSE, residual SD, lowest, s/hour"
    print("| " + columns.replace(", ", " | ") + " |")
    print("|---|---|---|---|---|---|---|---|---|")
    for label, person in (("quiet", QUIET), ("noisy", NOISY)):
        truths = [simulate(FIRST_SEED + k, duration_s=600.0, person=person) for k in range(seeds)]
        for name, method in methods.items():
            rows = np.array([scored(method, truth) for truth in truths])
            score, r, rmse, residual, _, seconds = rows.mean(axis=0)
            worst, lowest = rows[:, 0].min(), rows[:, 4].min()
            print(
                f"| {label} | {name} | {score:.3f} | {worst:.3f} | {r:.3f} | {rmse:.3f} "
                f"| {residual:.4f} | {lowest:.3f} | {seconds:.2f} |"
            )
            higher = {"better": figures.HIGHER, "tolerance": 0.002}
            figures.accuracy(f"F1, {label}, {name}", score, **higher)
            if method is ours:
                figures.accuracy(f"worst F1, {label}", worst, **higher)
                figures.accuracy(f"phasic r, {label}", r, **higher)
                figures.accuracy(f"tonic error, {label}", rmse, "µS", tolerance=0.001)


def agreement(cvxeda, seeds):
    """Phasic correlation between ours and cvxEDA on the simulated people."""
    for label, person in (("quiet", QUIET), ("noisy", NOISY)):
        values = [
            simulate(FIRST_SEED + k, duration_s=600.0, person=person).values for k in range(seeds)
        ]
        r = [np.corrcoef(ours(v).phasic, cvxeda(v).phasic)[0, 1] for v in values]
        print(f"agreement with cvxEDA, {label}: phasic r {np.mean(r):.3f}, least {np.min(r):.3f}")


def real_agreement(folder):
    """Phasic correlation with cvxEDA on palms at rest and with events, 100 Hz averaged to 20."""
    for path in sorted(folder.glob("bio_*_100hz.csv.gz")):
        table = np.genfromtxt(path, delimiter=",", names=True)
        if "EDA" in table.dtype.names:
            count = len(table) // 5 * 5
            values = table["EDA"][:count].reshape(-1, 5).mean(axis=1)
            phasic = [eda.decompose(values, 20.0).phasic, peer("cvxeda", 20)(values).phasic]
            print(f"agreement with cvxEDA, {path.stem}: phasic r {np.corrcoef(phasic)[0, 1]:.3f}")


def experts(folder):
    hits, false, missed, kept = labelled(folder)
    score = 2 * hits / (2 * hits + false + missed)
    print(
        f"artefacts against three experts: F1 {score:.3f}, "
        f"sensitivity {hits / (hits + missed):.3f}, specificity {kept / (kept + false):.3f}"
    )
    figures.accuracy("artefacts, F1", score, better=figures.HIGHER, tolerance=0.002)


def main():
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    methods = {"dyadkit": ours}
    try:
        methods |= {"NeuroKit cvxEDA": peer("cvxeda"), "NeuroKit high-pass": peer("highpass")}
    except ImportError:
        print("neurokit2 or cvxopt is not installed: no peers")
    known_truth(methods, seeds)
    if "NeuroKit cvxEDA" in methods:
        agreement(methods["NeuroKit cvxEDA"], min(seeds, 6))
    if "DYADKIT_DATA" in os.environ:
        folder = Path(os.environ["DYADKIT_DATA"]) / "signals"
        experts(folder / "eda/aww")
        if "NeuroKit cvxEDA" in methods:
            real_agreement(folder / "neurokit")
    hour = simulate(FIRST_SEED, duration_s=3600.0).values
    started = time.process_time()
    ours(hour)
    cpu_s = time.process_time() - started
    print(f"one hour at 16 Hz: {cpu_s:.2f} s CPU")
    figures.cost("one hour at 16 Hz", cpu_s)


if __name__ == "__main__":
    main()
