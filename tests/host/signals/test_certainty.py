"""Certainty sums over every sequence of beats what the best path only maximises."""

from itertools import combinations

import numpy as np
import pytest

from dyadkit.signals import ppg
from dyadkit.signals.ppg.certainty import NEAR, SHARPNESS, certainty
from dyadkit.signals.ppg.path import Lattice, Rhythm, best_path
from fakes import pulse_model


def lattice_of(evidence, period_s=0.8, stiffness=1.0, at_s=()):
    wave = np.full(int(50 * 8.0), -0.64)
    at = np.rint(np.asarray(at_s) * 50).astype(int)
    wave[at] = evidence
    rhythm = Rhythm(np.full(len(wave), period_s), np.full(len(wave), stiffness))
    return Lattice.of(wave, rhythm, loose=np.inf)


def by_counting(lattice, at):
    """The slow twin: every subset of the moments, weighed one by one."""
    total, near = 0.0, np.zeros(len(at))
    moments = range(len(lattice))
    for size in range(len(lattice) + 1):
        for chosen in combinations(moments, size):
            weight = np.exp(SHARPNESS * score(lattice, chosen))
            total += weight
            for index, beat in enumerate(at):
                close = [k for k in chosen if abs(lattice.at[k] - beat) <= NEAR]
                near[index] += weight * len(close)
    return near / total


def score(lattice, chosen):
    """Evidence less the price of each step and of the silence outside; -inf where impossible."""
    if not chosen:
        return 0.0
    ends = lattice.silence[chosen[-1]] - lattice.silence[chosen[0]]
    steps = zip(chosen[:-1], chosen[1:], strict=True)
    return ends + lattice.gain[list(chosen)].sum() - sum(price(lattice, *pair) for pair in steps)


def price(lattice, before, after):
    if before < lattice.first[after]:
        return lattice.silence[after] - lattice.silence[before]
    if before < lattice.last[after]:
        return lattice.prices(after)[before - lattice.first[after]]
    return np.inf


@pytest.mark.parametrize("seed", range(6))
def test_certainty_is_that_of_counting_every_sequence(seed):
    random = np.random.default_rng(seed)
    at_s = np.sort(random.choice(np.arange(10, 380, 7), 9, replace=False)) / 50
    lattice = lattice_of(
        random.uniform(-0.5, 1.0, 9), at_s=at_s, stiffness=random.uniform(0.1, 1.2)
    )
    beats = best_path(lattice)
    assert certainty(lattice, beats) == pytest.approx(by_counting(lattice, beats), abs=1e-9)


def test_a_beat_with_a_rival_is_less_certain():
    alone = lattice_of(0.6, at_s=[1.0, 1.8, 2.6, 3.4, 4.2])
    rivalled = lattice_of(0.6, at_s=[1.0, 1.8, 2.45, 2.75, 3.4, 4.2])
    assert certainty(alone, best_path(alone)).min() > 0.9
    assert certainty(rivalled, best_path(rivalled))[2] < 0.8


def test_an_empty_lattice_is_certain_of_nothing():
    nothing = lattice_of([], at_s=[])
    assert len(best_path(nothing)) == 0
    assert certainty(nothing, np.array([10])) == [0.0]


def test_what_is_kept_through_movement_is_right_and_more_than_shape_alone_would_keep():
    kept, gross, clean = [], [], []
    for seed in range(60, 64):
        still = pulse_model.pulse(pulse_model.sinus, seconds=90, seed=seed)
        shaken = pulse_model.with_movement(still, 1.5, seed=seed)
        found = ppg.intervals(ppg.find_beats(shaken.ppg, 100.0))
        truth = ppg.find_beats(still.ppg, 100.0).times_s
        first, last = (
            abs(truth[:, None] - at_s).argmin(axis=0) for at_s in (found.start_s, found.stop_s)
        )
        error_s = found.interval_s - (truth[last] - truth[first])
        wrong = (last - first != 1) | (abs(error_s) > 0.1)
        kept.append(found.trusted.mean())
        gross.append(wrong[found.trusted].mean())
        clean.append(1 - shaken.moved.mean())
    assert np.mean(gross) <= 0.02
    assert np.mean(kept) > 1.1 * np.mean(clean)
