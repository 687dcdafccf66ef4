"""What may be said, in worlds no method was tuned on: false statements, power, lags, verdicts.

Run: python tests/benchmarks/bench_said.py [PART ...] [--pairs 100] [--known] [--seed 1]

Without --known the held families of `tests/worlds` are used. Parts: report, events, waveform,
power, bounds, answers, verdicts, contrasts, strength, cost.
"""

import argparse
import sys
import time
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import figures
import numpy as np
from scipy import ndimage, signal, stats

import dyadkit
from dyadkit.dyad.traces import Mark
from dyadkit.signals import eda
from dyadkit.synchrony.context.generalised import difference
from dyadkit.synchrony.coupling import Leader, couple, strength
from dyadkit.synchrony.dynamics import without_breathing
from dyadkit.synchrony.following import Search, Train, couple_events
from dyadkit.synchrony.following.score import lag_scores
from dyadkit.synchrony.verdicts import judge_persons
from worlds import held, known
from worlds.arousal import Pull, heart_rates, named
from worlds.ties import Echo, Schedule, couple_of

SECONDS = 600.0
SOBER, DENSE = (one for one in known.FAMILIES if one.name in ("sober", "dense"))
PULLS = (Pull.STRANGERS, Pull.SHARED_DRIVE, Pull.INTO_A, Pull.CALMING_A, Pull.MUTUAL)


def wilson(hits, count):
    """A rate with its 95 % interval, in words."""
    z, share = 1.96, hits / max(count, 1)
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2)) / (1 + z**2 / count)
    return f"{share:.3f} [{middle - half:.3f}, {middle + half:.3f}] n {count}"


def low_pass(edge_hz):
    sos = signal.butter(4, edge_hz, fs=4.0, output="sos")
    return lambda series: signal.sosfiltfilt(sos, series)


SMOOTHINGS = {
    "raw": lambda series: series,
    "1 Hz": low_pass(1.0),
    "0.5 Hz": low_pass(0.5),
    "0.35 Hz": low_pass(0.35),
    "Gaussian 1 s": lambda series: ndimage.gaussian_filter1d(series, 4.0),
    "0.1 Hz": low_pass(0.1),
    "0.05 Hz": low_pass(0.05),
}


def detected(skin, seconds=SECONDS):
    """Skin conductance responses as the product finds them."""
    found = eda.decompose(skin, 4.0)
    onsets, sizes = zip(*((one.onset_s, one.amplitude_usiemens) for one in found.responses),
                        strict=True) if found.responses else ((), ())  # fmt: skip
    return Train.of(onsets, seconds, sizes, ~found.mask, found.driver)


def pairs_of(family, arguments, tie=None, seconds=SECONDS):
    for number in range(arguments.pairs):
        rng = np.random.default_rng([arguments.seed, number])
        yield couple_of(family, rng, seconds, tie)


def in_events(family, arguments, tie=None, search=None):
    """The event test of every pair; who was refused is left out."""
    found = []
    for pair in pairs_of(family, arguments, tie):
        try:
            a, b = detected(pair.skin_a), detected(pair.skin_b)
            found.append(couple_events(a, b, search or Search()))
        except dyadkit.errors.SignalError:
            continue
    return found


def rate(found, level=0.05):
    return wilson(sum(one.p <= level for one in found), len(found))


def report(arguments, families):
    """At least one positive statement in a whole report on strangers."""
    total, false = 0, 0
    for family in families.FAMILIES:
        wrong, kinds = 0, {}
        for number, pair in enumerate(pairs_of(family, arguments)):
            people = (
                {
                    "eda": dyadkit.Series(skin, rate_hz=4.0, unit="µS"),
                    "heart_rate": dyadkit.Series(pulse, rate_hz=4.0, unit="bpm"),
                }
                for skin, pulse in ((pair.skin_a, pair.pulse_a), (pair.skin_b, pair.pulse_b))
            )
            found = dyadkit.analyze(dyadkit.from_arrays(*people), seed=number)
            claimed = {(one.about.value, one.signal) for one in found.said if one.positive}
            wrong += bool(claimed)
            for one in claimed:
                kinds[one] = kinds.get(one, 0) + 1
        print(f"report, strangers, {family.name}: {wilson(wrong, arguments.pairs)} {kinds}")
        total, false = total + arguments.pairs, false + wrong
    figures.accuracy("strangers' reports that claim anything", false / total, tolerance=0.02)
    print(f"report, strangers, all: {wilson(false, total)}")


def events(arguments, families):
    """False positives of the event test: strangers, and shared activity marked and not."""
    everyone = []
    for family in families.FAMILIES:
        found = in_events(family, arguments)
        everyone += found
        print(f"events, strangers, {family.name}: {rate(found)}")
    print(f"events, strangers, all: {rate(everyone)}")
    figures.accuracy("strangers whose events follow", _share(everyone), tolerance=0.02)
    for family in (SOBER, families.FAMILIES[1]):
        for times in (3.0, 7.0):
            tie = Schedule(times)
            marks = tuple(Mark(*span, "condition") for span in tie.spans(SECONDS))
            for words, search in (("unmarked", Search()), ("marked", Search(marks=marks))):
                found = in_events(family, arguments, tie, search)
                print(f"events, {family.name}, active x{times:.0f}, {words}: {rate(found)}")


def _share(found):
    return float(np.mean([one.p <= 0.05 for one in found]))


def waveform(arguments, families):
    """False positives of `couple` on series of any smoothing."""
    for family in families.FAMILIES:
        for name, smooth in SMOOTHINGS.items():
            hits = 0
            for number, pair in enumerate(pairs_of(family, arguments)):
                a, b = (
                    smooth(np.nan_to_num(one, nan=float(np.nanmean(one))))
                    for one in (pair.skin_a, pair.skin_b)
                )
                hits += couple(a, b, 4.0, seed=number).p <= 0.05
            print(f"waveform, {family.name}, {name}: {wilson(hits, arguments.pairs)}")


def power(arguments, _families):
    """Echoes found, with lag and leader."""
    for family, tie in (
        (SOBER, Echo(0.5)), (SOBER, Echo(0.25)), (SOBER, Echo(0.5, 8.0)),
        (SOBER, Echo(0.6, part=0.4)), (DENSE, Echo(0.5)), (DENSE, Echo(0.5, 8.0)),
    ):  # fmt: skip
        found = in_events(family, arguments, tie)
        hits = [one for one in found if one.p <= 0.05]
        near = np.mean([abs(one.lag_s - tie.lag_s) <= 0.5 for one in hits])
        right = np.mean([one.leader is Leader.A for one in hits])
        wrong = np.mean([one.leader is Leader.B for one in found])
        title = f"{family.name}, {tie.share:.0%} at {tie.lag_s:.0f} s, {tie.part:.0%} of it"
        print(f"power, {title}: {rate(found)} lag {near:.2f} leader {right:.2f} wrong {wrong:.3f}")
        figures.accuracy(f"found {title}", _share(found), tolerance=0.05, better=figures.HIGHER)


def bounds(arguments, _families):
    """What an oracle finds of echoes in the dense: who knows lag and direction, or every burst.

    The first sees what the test sees and is asked one question instead of forty; the second is
    asked the same as the test of all bursts there were.
    """
    for tie in (Echo(0.5), Echo(0.5, 8.0), Echo(0.4, 2.0, 0.4)):
        asked, knowing, seeing = [], [], []
        for pair in pairs_of(DENSE, arguments, tie):
            a, b = detected(pair.skin_a), detected(pair.skin_b)
            unmarked = np.zeros((len(a.counts), 0))
            told = lag_scores(a, b, unmarked, np.array([tie.lag_s])).whole[0]
            true = (Train.of(one.times_s, SECONDS, one.sizes)
                    for one in (pair.bursts_a, pair.bursts_b))  # fmt: skip
            asked.append(couple_events(a, b).p)
            knowing.append(stats.norm.sf(told))
            seeing.append(couple_events(*true).p)
        for words, found in (("test", asked), ("lag known", knowing), ("bursts known", seeing)):
            hits = wilson(sum(p <= 0.05 for p in found), len(found))
            print(f"bounds, dense, {tie.share:.0%} at {tie.lag_s:.0f} s, {words}: {hits}")


def answers(arguments, _families):
    """Answers found, and how often who is answered is said to answer (6 s, each direction)."""
    for family in (SOBER, DENSE):
        for share in (0.7, 0.4):
            found = in_events(family, arguments, Echo(share, 2.0, 0.4), Search(6.0))
            there = wilson(sum(one.a_to_b.p <= 0.05 for one in found), len(found))
            back = wilson(sum(one.b_to_a.p <= 0.05 for one in found), len(found))
            print(f"answers, {family.name}, {share:.0%}: {there}; who is answered: {back}")


def verdicts(arguments, families):
    """Verdicts on persons: named among strangers, wrong, and decided."""
    for family in families.AROUSAL:
        for pull in PULLS:
            for minutes in (10, 20):
                _verdicts(family, pull, minutes, arguments)


def _verdicts(family, pull, minutes, arguments):
    sessions, wrong, decided, wanted = 0, 0, 0, 0
    for number in range(arguments.pairs):
        rng = np.random.default_rng([arguments.seed, number])
        dyad = family.drawn(rng, pull)
        truth = (1.0, 1.0)
        if pull not in (Pull.STRANGERS, Pull.SHARED_DRIVE):
            truth = dyad.truth(number)
        (a, rate_hz), (b, _) = (
            without_breathing(one, 4.0) for one in heart_rates(dyad, rng, 60.0 * minutes)
        )
        found = judge_persons(a, b, rate_hz, number)
        words = [str(one.verdict) for one in (found.a, found.b)]
        sessions += any(word != "neither shown" for word in words)
        for word, ratio in zip(words, truth, strict=True):
            true = named(ratio)
            wrong += word not in ("neither shown", true)
            wanted += true != "neither"
            decided += word == true
    print(
        f"verdicts, {family.name}, {pull}, {minutes} min: sessions named "
        f"{wilson(sessions, arguments.pairs)}; wrong {wilson(wrong, 2 * arguments.pairs)}"
        + (f"; decided {wilson(decided, wanted)}" if wanted else "")
    )


def contrasts(arguments, _families):
    """Two alternating conditions, 6 x 100 s in windows of 20 s; effect of 1.5 SD of windows."""
    side, places = np.tile(np.repeat([0.5, -0.5], 5), 3), np.arange(30.0)
    for name, noise in _noises().items():
        null, effect = [], []
        for number in range(arguments.pairs):
            values = noise(np.random.default_rng([arguments.seed, number]))
            null.append(difference(places, values, side).p)
            effect.append(difference(places, values + 1.5 * values.std() * side, side).p)
        found = (np.array(effect) <= 0.05).mean(), (np.array(effect) <= 0.0125).mean()
        hits = wilson(sum(p <= 0.05 for p in null), len(null))
        print(f"contrast, {name}: null {hits}; found {found[0]:.3f}, at 0.0125 {found[1]:.3f}")


def _noises():
    def remembering(pole, ahead=300):
        return lambda rng: signal.lfilter([1.0], [1.0, -pole], rng.standard_normal(30 + ahead))[
            ahead:
        ]

    return {
        "white": remembering(0.0),
        "AR 0.3": remembering(0.3),
        "AR 0.6": remembering(0.6),
        "AR 0.9": remembering(0.9),
        "random walk": lambda rng: rng.standard_normal(30).cumsum(),
        "AR 0.6 and white": lambda rng: remembering(0.6)(rng) + rng.standard_normal(30),
        "AR 0.9 and white": lambda rng: 2.0 * remembering(0.9)(rng) + rng.standard_normal(30),
        "heavy tails": lambda rng: rng.standard_t(3, 30),
        "skewed": lambda rng: rng.exponential(size=30),
        "drift": lambda rng: (
            np.linspace(0, 4, 30) * rng.standard_normal() + rng.standard_normal(30)
        ),
        "moving average": lambda rng: np.convolve(rng.standard_normal(33), np.ones(4), "valid"),
    }


def strengths(arguments, _families):
    """The strength of echoing skins at several lengths, and how often its interval holds it."""
    tie = Echo(0.6, 2.0)
    long = [
        strength(pair.skin_a, pair.skin_b, 4.0).value
        for pair in pairs_of(SOBER, argparse.Namespace(pairs=6, seed=991), tie, 5400.0)
    ]
    truth = float(np.mean(long))
    for seconds in (300.0, 600.0, 1800.0):
        found = [
            strength(pair.skin_a, pair.skin_b, 4.0)
            for pair in pairs_of(SOBER, arguments, tie, seconds)
        ]
        inside = sum(one.interval[0] <= truth <= one.interval[1] for one in found)
        mean = np.mean([one.value for one in found])
        print(
            f"strength, {seconds / 60:.0f} min: mean {mean:.3f} of {truth:.3f} "
            f"({mean / truth - 1:+.0%}), interval holds it {wilson(inside, len(found))}"
        )


def cost(_arguments, _families):
    """CPU of the default test of ten minutes given onsets, and of a verdict."""
    pair = couple_of(SOBER, np.random.default_rng(1), SECONDS)
    a, b = (Train.of(one.times_s, SECONDS, one.sizes) for one in (pair.bursts_a, pair.bursts_b))
    couple_events(a, b)  # the law of chance is simulated once
    for title, work, goal_s in (
        ("event test of ten minutes", lambda: couple_events(a, b), 0.04),
        ("waveform test of ten minutes", lambda: couple(pair.pulse_a, pair.pulse_b, 4.0), 0.04),
    ):
        started = time.process_time()
        for _ in range(10):
            work()
        took_s = (time.process_time() - started) / 10
        print(f"cost, {title}: {took_s:.3f} s (goal {goal_s})")
        figures.cost(title, took_s)


PARTS = {
    "report": report, "events": events, "waveform": waveform, "power": power, "bounds": bounds,
    "answers": answers, "verdicts": verdicts, "contrasts": contrasts, "strength": strengths,
    "cost": cost,
}  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=list(PARTS))
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--known", action="store_true", help="the families methods were tuned on")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    for name in arguments.parts:
        PARTS[name](arguments, known if arguments.known else held)


if __name__ == "__main__":
    main()
