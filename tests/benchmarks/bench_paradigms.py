"""Paradigm kits: how often each ends in its sentence, where its effect is and among strangers.

Run: python tests/benchmarks/bench_paradigms.py [KIT ...] [--sessions 100] [--whole 20] [--seed 1]

The primary question is asked of all sessions as its test, at its level within the family, on true
series with the kit's drop-out; --whole of them are analysed whole, as `dyadkit analyze` does.
Nights are always whole; of visits the declared trend, of as many series of ten.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import figures
import numpy as np
from bench_said import wilson

import dyadkit
from dyadkit.analysis.decision.family import ALPHA, TESTS_SHARE
from dyadkit.analysis.night import analyze_night
from dyadkit.analysis.primary import Primary
from dyadkit.demo.paradigms import KITS, Paradigm, Truth, paired, rehearse
from dyadkit.errors import SignalError
from dyadkit.signals import eda
from dyadkit.synchrony.context import trend
from dyadkit.synchrony.coupling import strength
from dyadkit.synchrony.following import Search, Train, couple_events
from dyadkit.synchrony.profile import Levels, Signal, against_the_rest

LEVEL = ALPHA * TESTS_SHARE / 2.0
"""Of each direction of the skin, asked first where persons are judged too."""


def whole(kit, truth, seed):
    """The kit's sentence, and whether anything positive is said, of a whole analysis."""
    [dyad] = rehearse(kit, truth, seed)
    found = dyadkit.analyze(dyad, primary=kit.primary)
    said = [one.sentence for one in found.said if one.positive]
    return any(one.startswith(kit.sentence) for one in said), bool(said)


def skin(kit, truth, seed):
    """Whether the declared coupling of the skin is shown, by its test alone."""
    [dyad] = rehearse(kit, truth, seed)
    trains = [train(dyad.person(person), dyad.duration_s) for person in ("a", "b")]
    found = couple_events(*trains, Search(10.0, kit.marks()))
    return min(found.a_to_b.p, found.b_to_a.p) <= LEVEL


def contrast(kit, truth, seed):
    """Whether the declared contrast is shown; below eight minutes the budget is all its own."""
    pair = paired(kit, truth, seed)
    rates = [one.heart_rate_bpm[::4].copy() for one in (pair.a, pair.b)]
    for off in kit.off:
        rates["ab".index(off.person)][round(4 * off.start_s) : round(4 * off.stop_s)] = np.nan
    skin = Signal(pair.a.eda_usiemens[::4], pair.b.eda_usiemens[::4], 4.0)
    seen = Levels(skin, 0.0, {"heart rate": tuple(rates)})
    asked = Primary.of(kit.primary)
    try:
        return against_the_rest(seen, kit.marks(), asked.measure, asked.condition).p <= ALPHA
    except SignalError:
        return False


def train(person, duration_s):
    values = person.traces["eda"].uniform(4.0, 0.0, duration_s)
    found = eda.decompose(values, 4.0)
    onsets = [one.onset_s for one in found.responses]
    sizes = [one.amplitude_usiemens for one in found.responses]
    return Train.of(onsets, duration_s, sizes, ~found.mask)


def night(kit, truth, seed):
    [dyad] = rehearse(kit, truth, seed)
    found = analyze_night(dyad)
    return any(one.startswith(kit.sentence) for one in found.sentences()), found.shows_following


def visits(kit, truth, seed):
    """Whether the declared trend over ten visits is shown."""
    values = []
    for visit in range(kit.visits):
        pair = paired(kit, truth, seed, visit)
        a, b = (one.heart_rate_bpm[::4] for one in (pair.a, pair.b))
        a[4 * 300 : 4 * 330] = np.nan
        values.append(strength(a, b, 4.0).value)
    try:
        found = trend(7.0 * np.arange(kit.visits), np.array(values))
    except SignalError:
        return False
    return found.p <= ALPHA and (found.slope_per_week > 0 or truth is Truth.STRANGERS)


def rates(kit, truth, arguments):
    seeds = range(arguments.seed, arguments.seed + arguments.sessions)
    head = f"{kit.paradigm.value}, {truth.value}"
    if kit.paradigm is Paradigm.VISITS:
        return report(head, "trend", [visits(kit, truth, seed) for seed in seeds])
    if kit.paradigm is Paradigm.NIGHT:
        found = [night(kit, truth, seed) for seed in seeds]
        return report(head, "sentence", [one for one, _ in found])
    few = [whole(kit, truth, seed) for seed in seeds[: arguments.whole]]
    report(head, "sentence, whole", [one for one, _ in few])
    report(head, "any claim, whole", [one for _, one in few])
    ask = skin if kit.primary == "skin" else contrast
    return report(head, "primary test", [ask(kit, truth, seed) for seed in seeds])


def report(head, what, hits):
    if not hits:
        return float("nan")
    print(f"{head}, {what}: {wilson(int(np.sum(hits)), len(hits))}", flush=True)
    return float(np.mean(hits))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kits", nargs="*", default=[one.value for one in Paradigm])
    parser.add_argument("--sessions", type=int, default=100)
    parser.add_argument("--whole", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    for name in arguments.kits:
        kit = KITS[Paradigm(name)]
        for truth in Truth:
            found = rates(kit, truth, arguments)
            if truth is Truth.STRANGERS:
                figures.accuracy(f"{name}: strangers with its sentence", found, tolerance=0.04)
            else:
                figures.accuracy(f"{name}: its sentence where it is true", found, tolerance=0.08)


if __name__ == "__main__":
    main()
