"""The whole chain, blind: simulated dyads of five regimes, from sensor counts to regime.

Each dyad is another pair of people (`sim.regimes`), ten recorded minutes. Most start at the
sensors' counts; the first few of each kind go through the firmware, radio and file too.

Run: python tests/benchmarks/bench_chain.py [dyads a regime] [through everything] [first seed]
"""

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import figures
import numpy as np

import dyadkit
from dyadkit.demo import simulated
from dyadkit.sim.people import bodies, regimes
from dyadkit.sim.people.regimes import SimulatedRegime

SECONDS = 600.0
VERDICTS = ("coregulation", "codysregulation", "one-way", "uncoupled", "undecided")


def dyad_of(scenario, seed, everything):
    if not everything:
        return bodies.perfect_dyad(bodies.meet(scenario.encounter, SECONDS, seed))
    pair = bodies.meet(scenario.encounter, SECONDS + simulated.SETTLE_S, seed)
    with tempfile.TemporaryDirectory() as folder:
        simulated.record_pair(pair, simulated.Circumstances(seed=seed), Path(folder) / "session")
        return dyadkit.load(Path(folder) / "session")


def session(regime, seed, everything):
    """What the analysis says of one dyad, beside the truth."""
    scenario = regimes.scenario(regime, seed)
    dyad = dyad_of(scenario, seed, everything)
    started = time.process_time()
    result = dyadkit.analyze(dyad, seed=0)
    fit, found = result.dynamics, result.responses
    ratio = (
        found.recovery_a.usual_s / scenario.settles_s[0],
        (found.recovery_b.usual_s / scenario.settles_s[1]),
    )
    return {
        "regime": regime,
        "seed": seed,
        "through": "everything" if everything else "counts",
        "verdict": str(fit.regime) if fit else "undecided",
        "note": fit.note if fit else result.refusals["dynamics"],
        "ratio": fit.variance_ratio if fit else (np.nan, np.nan),
        "true": scenario.variance_ratio,
        "latency": found.a_to_b.latency_s - scenario.answer_lag_s,
        "answered": found.a_to_b.p <= 0.05,
        "answering": found.b_to_a.p <= 0.05,
        "recovery": ratio,
        "cpu": time.process_time() - started,
    }


def row_of(one):
    ratio = " ".join(f"{value:.2f}" for value in one["ratio"])
    true = " ".join(f"{value:.2f}" for value in one["true"])
    settles = " ".join(f"{100 * (value - 1):+.0f}" for value in one["recovery"])
    return (
        f"| {one['regime']} | {one['seed']} | {one['through']} | {one['verdict']} | {ratio} "
        f"| {true} | {one['latency']:+.2f} | {settles} | {one['cpu']:.1f} | {one['note'][:60]} |"
    )


def matrix(sessions):
    print("\n| truth | " + " | ".join(VERDICTS) + " |\n|---" + "|---" * len(VERDICTS) + "|")
    for regime in SimulatedRegime:
        counts = Counter(one["verdict"] for one in sessions if one["regime"] is regime)
        print(f"| {regime} | " + " | ".join(str(counts[verdict]) for verdict in VERDICTS) + " |")


def summary(sessions):
    undecided = np.mean([one["verdict"] == "undecided" for one in sessions])
    wrong = np.mean([one["verdict"] not in ("undecided", one["regime"].regime) for one in sessions])
    latency = np.array([one["latency"] for one in sessions])
    recovery = np.abs(np.array([one["recovery"] for one in sessions]) - 1)
    print(f"\nundecided {undecided:.0%} (goal ≤ 30 %), wrong {wrong:.0%} (goal ≤ 10 %)")
    print(
        f"answers of b to a found in {np.mean([one['answered'] for one in sessions]):.0%}, of a to "
        f"b (there are none) in {np.mean([one['answering'] for one in sessions]):.0%}"
    )
    reported = latency[np.isfinite(latency)]
    print(
        f"latency within 0.5 s in {np.mean(np.abs(reported) <= 0.5):.0%} of those told, "
        f"median error {np.median(np.abs(reported)):.2f} s"
    )
    print(
        f"recovery time: median error {np.nanmedian(recovery):.0%}, within 15 % in "
        f"{np.mean(recovery <= 0.15):.0%} of people"
    )
    figures.accuracy("undecided", undecided, tolerance=0.001)
    figures.accuracy("wrong", wrong, tolerance=0.001)
    answered, answering = (np.mean([one[k] for one in sessions]) for k in ("answered", "answering"))
    figures.accuracy("answers of b found", answered, better=figures.HIGHER, tolerance=0.001)
    figures.accuracy("answers of a found, where there are none", answering, tolerance=0.001)
    figures.accuracy("latency, median error", np.median(np.abs(reported)), "s", tolerance=0.005)
    figures.accuracy("recovery, median error", np.nanmedian(recovery), tolerance=0.003)
    figures.cost("analysis of ten minutes", np.mean([one["cpu"] for one in sessions]))


def main():
    given = [int(word) for word in sys.argv[1:]] + [6, 1, 400][len(sys.argv) - 1 :]
    dyads, everything, first = given
    head = ("truth", "seed", "through", "verdict", "variance ratio", "true", "latency error s")
    head += ("recovery error % a b", "CPU s of analysis", "note")
    print("| " + " | ".join(head) + " |\n" + "|---" * len(head) + "|")
    sessions = []
    for regime in SimulatedRegime:
        for k in range(dyads):
            sessions.append(session(regime, first + k, k < everything))
            print(row_of(sessions[-1]), flush=True)
    matrix(sessions)
    summary(sessions)


if __name__ == "__main__":
    main()
