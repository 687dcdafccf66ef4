"""What the field's tests say of the same strangers and the same echoing pairs as ours.

Run: python tests/benchmarks/bench_rivals.py [--pairs 60] [--seed 1]

Skin conductance of the worlds in `tests/worlds`, ten minutes at 4 Hz; every test sees the same
pairs. Read power only beside the share of strangers: what calls everyone synchronous finds all.
"""

import argparse
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import figures
import numpy as np
from bench_practice import (
    SURROGATES,
    band_scan,
    drawn,
    granger_f,
    max_correlation,
    mean_absolute_z,
    naive_pearson,
    prewhitened_correlation,
    susy_as_z,
)
from bench_said import DENSE, SOBER, detected, wilson
from scipy import signal

from dyadkit.errors import SignalError
from dyadkit.synchrony import chance, single_session_index, warping
from dyadkit.synchrony.chance.autoregression import burg
from dyadkit.synchrony.following import couple_events
from dyadkit.synchrony.misalignment import Shifts
from worlds import held
from worlds.ties import Echo, couple_of

RATE_HZ = 4.0
DTW_BAND_S = 10
STRANGERS = (SOBER, *held.FAMILIES[:3])
ECHOES = {"50 % at 3 s": Echo(0.5), "50 % at 8 s": Echo(0.5, 8.0)}


def autoregressive(series, rng):
    """Series with the same autoregression and noise of their own."""
    steady = series - series.mean()
    model = burg(steady)
    noise = signal.lfilter(model, [1.0], steady).std()
    ahead = 400
    drive = noise * rng.standard_normal((SURROGATES, ahead + len(series)))
    return signal.lfilter([1.0], model, drive)[:, ahead:]


def marci(a, b, rng):
    """The single session index read as its sign: more agreement of slopes than disagreement."""
    return single_session_index(a, b, RATE_HZ, Shifts(19)).index > 0.0


def marci_shifted(a, b, rng):
    """The same index against circular shifts."""
    return single_session_index(a, b, RATE_HZ, Shifts(199)).p <= 0.05


def warped(a, b, rng):
    """Distance after dynamic time warping, on seconds, against b with its segments shuffled."""
    a, b = ((x - x.mean()) / x.std() for x in (x.reshape(-1, 4).mean(axis=1) for x in (a, b)))
    found = warping.distance(a, b, DTW_BAND_S).distance
    made = chance.SegmentShuffle().drawn(b, 1.0, rng)[:SURROGATES]
    null = [warping.distance(a, one, DTW_BAND_S).distance for one in made]
    return (1 + sum(one <= found for one in null)) / (len(null) + 1) <= 0.05


def followed(a, b, rng):
    """Ours: responses that follow the partner's."""
    try:
        return couple_events(detected(a), detected(b)).p <= 0.05
    except SignalError:
        return False


RIVALS = {
    "Pearson's r, its own p": naive_pearson,
    "largest lagged r, no null": max_correlation,
    "prewhitened lagged r": prewhitened_correlation,
    "SUSY effect read as z": susy_as_z,
    "Granger's F, a to b": granger_f,
    "windowed r, AR surrogates": mean_absolute_z(autoregressive),
    "windowed r, phases randomised": mean_absolute_z(drawn(chance.PhaseRandomised())),
    "Marci's index above 0": marci,
    "Marci's index, shifted": marci_shifted,
    "time warping, segments shuffled": warped,
    "ours, waveform": band_scan,
    "ours, responses": followed,
}


def column(family, tie, given):
    """How many of the same pairs each test calls coupled."""
    called = dict.fromkeys(RIVALS, 0)
    for number in range(given.pairs):
        rng = np.random.default_rng([given.seed, number, 77])
        pair = couple_of(family, rng, 600.0, tie)
        for name, test in RIVALS.items():
            called[name] += bool(test(pair.skin_a, pair.skin_b, rng))
    return called


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    columns = {f"strangers, {one.name}": column(one, None, given) for one in STRANGERS}
    for family in (SOBER, DENSE):
        columns |= {f"{family.name}, {name}": column(family, tie, given)
                    for name, tie in ECHOES.items()}  # fmt: skip
    for title in RIVALS:
        for name, called in columns.items():
            print(f"{title} | {name}: {wilson(called[title], given.pairs)}")
    false = np.mean([columns[name]["ours, responses"] for name in columns if "strangers" in name])
    figures.accuracy("strangers whose responses follow", false / given.pairs, tolerance=0.03)


if __name__ == "__main__":
    main()
