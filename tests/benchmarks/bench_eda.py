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
from dyadkit.signals.eda.disturbances import artefact
from fakes import skin_troubles
from fakes.skin_labels import f1 as label_f1
from fakes.skin_labels import one_line, recordings
from fakes.skin_model import NOISY, QUIET, f1, matched, simulate

RATE_HZ = 16.0
FIRST_SEED = 1000
LABELS_HZ = 8.0
TROUBLES = 60


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
    known = np.isfinite(found.tonic)
    tonic, phasic = found.tonic[known], found.phasic[known]
    return (
        f1(truth, found),
        np.corrcoef(phasic, truth.phasic[known])[0, 1],
        np.std(tonic - truth.tonic[known]),
        np.std(truth.values[known] - tonic - phasic),
        min(tonic.min(), phasic.min()),
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
            ours_phasic, theirs = (
                eda.decompose(values, 20.0).phasic,
                peer("cvxeda", 20)(values).phasic,
            )
            known = np.isfinite(ours_phasic)
            r = np.corrcoef(ours_phasic[known], theirs[known])[0, 1]
            print(f"agreement with cvxEDA, {path.stem}: phasic r {r:.3f}")


def experts(folder):
    """Against three experts: thresholds chosen on the other recordings first, then as shipped."""
    every = recordings(folder)
    unseen = leave_one_out(every)
    shipped = [one.counts(eda.artefacts(one.values, LABELS_HZ)) for one in every]
    line = [one.counts(one_line(one.values)) for one in every]
    for name, counts in (
        ("thresholds from the other recordings", unseen),
        ("as shipped", shipped),
        ("relative slope > 0.2 /s", line),
    ):
        print(
            f"artefacts, {name}: {agreement_of(sum(counts))}; "
            f"worst {min(map(label_f1, counts)):.3f}"
        )
    for one, ours, other in zip(every, shipped, line, strict=True):
        print(f"| {one.name} | {label_f1(ours):.3f} | {label_f1(other):.3f} |")
    higher = {"better": figures.HIGHER, "tolerance": 0.002}
    figures.accuracy(
        "artefacts, F1, thresholds from other recordings", label_f1(sum(unseen)), **higher
    )
    figures.accuracy("artefacts, F1, as shipped", label_f1(sum(shipped)), **higher)
    begun_in_artefacts(every)


def agreement_of(counts):
    hits, false, missed, kept = counts
    sensitivity, specificity = hits / (hits + missed), kept / (kept + false)
    return f"F1 {label_f1(counts):.3f}, Se {sensitivity:.3f}, Sp {specificity:.3f}"


def leave_one_out(every):
    """Counts of each recording with the thresholds that suit the others best."""
    shipped = artefact.MISS_USIEMENS, artefact.CHANGE_ROOT
    table = {}
    for miss in (0.055, 0.066, 0.08):
        for change in (0.045, 0.054, 0.06, 0.07):
            artefact.MISS_USIEMENS, artefact.CHANGE_ROOT = miss, change
            table[miss, change] = [
                one.counts(eda.artefacts(one.values, LABELS_HZ)) for one in every
            ]
    artefact.MISS_USIEMENS, artefact.CHANGE_ROOT = shipped
    unseen = []
    for left_out in range(len(every)):
        others = {
            pair: label_f1(sum(np.delete(counts, left_out, axis=0)))
            for pair, counts in table.items()
        }
        unseen.append(table[max(others, key=others.get)][left_out])
    return unseen


def begun_in_artefacts(every):
    found = [eda.decompose(one.values, LABELS_HZ) for one in every]
    begun, doubtful = (
        np.concatenate([one.begin_in_artefacts(of(f)) for one, f in zip(every, found, strict=True)])
        for of in (lambda f: f.responses, lambda f: f.doubtful)
    )
    outside = np.count_nonzero(~begun)
    print(
        f"responses that begin in artefacts: {np.count_nonzero(begun)} of {len(begun)}; of those "
        f"elsewhere {outside} of {outside + np.count_nonzero(~doubtful)} are kept"
    )
    figures.accuracy(
        "responses that begin in artefacts", begun.mean(), better=figures.LOWER, tolerance=0.01
    )


def troubles(seeds):
    """Steps, spikes, ripples and clean skin over ranges; odd seeds, on which nothing was chosen."""
    odd = range(1, 2 * seeds, 2)
    counted = levelled = masked = 0
    lost, false = [], []
    for seed in odd:
        step = skin_troubles.step(seed)
        found = eda.decompose(step.values, step.rate_hz)
        counted += abs(skin_troubles.count_error(found, step)) <= 1
        levelled += skin_troubles.tonic_error_usiemens(found, step) <= 0.1
        clean = skin_troubles.clean(seed)
        masked += bool(eda.artefacts(clean.values, clean.rate_hz).any())
        spiked = skin_troubles.spikes(seed)
        lost.append(hits(spiked.skin.values, spiked) - hits(spiked.values, spiked))
        wave = skin_troubles.ripple(seed)
        at = onsets(eda.decompose(wave.values, wave.rate_hz))
        false.append(len(at) - matched(wave.skin.onsets_s, at, 1.0))
    print(f"steps: counts within 1 in {counted} of {seeds}, level within 0.1 µS in {levelled}")
    print(f"40 spikes: at most {max(lost)} responses lost, {np.mean(lost):.2f} on average")
    print(
        f"ripples: {np.median(false):.0f} false responses of about 150 waves, at most {max(false)}"
    )
    print(f"clean skin: {masked} of {seeds} recordings with anything masked")
    figures.accuracy(
        "steps, counts within 1", counted / seeds, better=figures.HIGHER, tolerance=0.02
    )
    figures.accuracy(
        "steps, level within 0.1 µS", levelled / seeds, better=figures.HIGHER, tolerance=0.02
    )


def onsets(found):
    return np.array([one.onset_s for one in found.responses])


def hits(values, troubled):
    true = troubled.skin.onsets_s[troubled.skin.amplitudes_usiemens >= 0.05]
    return matched(true, onsets(eda.decompose(values, troubled.rate_hz)), 1.0)


def main():
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    methods = {"dyadkit": ours}
    try:
        methods |= {"NeuroKit cvxEDA": peer("cvxeda"), "NeuroKit high-pass": peer("highpass")}
    except ImportError:
        print("neurokit2 or cvxopt is not installed: no peers")
    if "DYADKIT_DATA" in os.environ:
        experts(Path(os.environ["DYADKIT_DATA"]) / "signals/eda/aww")
    troubles(TROUBLES)
    known_truth(methods, seeds)
    if "NeuroKit cvxEDA" in methods:
        agreement(methods["NeuroKit cvxEDA"], min(seeds, 6))
    if "DYADKIT_DATA" in os.environ:
        folder = Path(os.environ["DYADKIT_DATA"]) / "signals"
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
