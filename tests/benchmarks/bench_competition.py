"""Rest and competition of real teams, beside same-time strangers (EmoPairCompete recordings).

Four teams, four rounds of rest, puzzle competition, rest; raw wrist recordings. The recordings may
not be shipped: DYADKIT_DATA names the folder that holds `dyads/emopaircompete`.

Run: DYADKIT_DATA=... python tests/benchmarks/bench_competition.py
"""

import csv
import os
import warnings
from collections import defaultdict
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import figures
import numpy as np

from dyadkit.errors import SignalError
from dyadkit.formats.e4 import E4Series, read_e4
from dyadkit.signals import eda, ppg
from dyadkit.synchrony import coupling, dynamics, responses

PHASES = {"phase1": "rest before", "phase2": "competition", "phase3": "rest after"}
MIN_S = 200.0
NULLS = 4999


@dataclass(frozen=True)
class Person:
    """One person's recording: skin conductance less its level, whole, and heart rate, at 4 Hz."""

    skin: E4Series
    phasic: E4Series
    pulse: E4Series


def person(prefix):
    recorded = read_e4(prefix)
    values = recorded.eda_usiemens.values
    found = eda.decompose(values, 4.0)
    trusted = np.where(np.isfinite(found.tonic), values, np.nan)
    beats = ppg.find_beats(recorded.bvp.values, recorded.bvp.rate_hz)
    return Person(
        E4Series(recorded.eda_usiemens.start_s, 4.0, trusted),
        E4Series(recorded.eda_usiemens.start_s, 4.0, trusted - found.tonic),
        E4Series(recorded.bvp.start_s, 4.0, ppg.heart_rate(beats, rate_hz=4.0).bpm),
    )


def together(first, second):
    """Both people's samples while both were recorded; None where that is too short."""
    start_s = max(first.start_s, second.start_s)
    stop_s = min(first.stop_s, second.stop_s)
    if stop_s - start_s < MIN_S:
        return None
    a, b = (one.between(start_s, stop_s).values for one in (first, second))
    size = min(len(a), len(b))
    return a[:size], b[:size]


def tried(ask):
    try:
        return ask()
    except SignalError:
        return None


def measures(a, b):
    """Every estimate of one pair; NaN where the data cannot answer."""
    nan = float("nan")
    row = dict.fromkeys(("skin", "skin_p", "heart", "heart_p", "answers", "answers_p"), nan)
    row |= {"heart regime": "not described", "skin regime": "not described"}
    for name in ("skin", "heart"):
        pair = together(*((a.skin, b.skin) if name == "skin" else (a.pulse, b.pulse)))
        found = pair and tried(lambda pair=pair: coupling.couple(*pair, 4.0))
        if found:
            row[name], row[name + "_p"] = np.arctanh(min(abs(found.strength), 0.99)), found.p
    pair = together(a.phasic, b.phasic)
    found = pair and tried(lambda: responses.partner_response(*pair, 4.0))
    if found:
        both = (found.a_to_b, found.b_to_a)
        row["answers"] = np.mean([one.share for one in both])
        row["answers_p"] = min(1.0, 2 * min(one.p for one in both))
    for name, pair in (
        ("heart regime", together(a.pulse, b.pulse)),
        ("skin regime", together(a.skin, b.skin)),
    ):
        if pair:
            (slow_a, rate_hz), (slow_b, _) = (dynamics.without_breathing(x, 4.0) for x in pair)
            fit = tried(lambda a=slow_a, b=slow_b, hz=rate_hz: dynamics.fit_oscillator(a, b, hz))
            row[name] = str(fit.regime) if fit else "not described"
    return row


def recordings(folder):
    """People by (team, round, phase, letter)."""
    found = {}
    with (folder / "dyad_index.csv").open() as file:
        for row in csv.DictReader(file):
            home = folder / f"{row['cohort']}_team{row['team']}"
            if not home.is_dir():
                continue
            for letter in "AB":
                key = (row["cohort"], row["team"], row["round"], row["phase"], letter)
                prefix = home / f"{row['round']}_{row['phase']}_{letter}"
                if prefix.with_name(prefix.name + "_BVP.csv.gz").exists():
                    found[key] = person(prefix)
    return found


def permutation_p(values, times):
    """How rarely partners drawn from the same moment have so high a mean: one-sided.

    values : by (moment, team of a, team of b). Only partners who were recorded at once are drawn.
    """
    rng = np.random.default_rng(0)
    moments = defaultdict(dict)
    for (moment, of_a, of_b), value in values.items():
        if np.isfinite(value):
            moments[moment][of_a, of_b] = value
    real, draws = [], []
    for table in moments.values():
        teams = sorted({of_a for of_a, of_b in table if of_a == of_b})
        if len(teams) < 2:
            continue
        grid = np.array([[table.get((x, y), np.nan) for y in teams] for x in teams])
        orders = [rng.permutation(len(teams)) for _ in range(times)]
        real.append(np.nanmean(np.diag(grid)))
        draws.append([np.nanmean(grid[np.arange(len(teams)), order]) for order in orders])
    if not real:
        return float("nan")
    observed, null = np.mean(real), np.mean(draws, axis=0)
    return (1 + int(np.sum(null >= observed))) / (times + 1)


def main():
    folder = Path(os.environ["DYADKIT_DATA"]) / "dyads" / "emopaircompete"
    warnings.simplefilter("ignore")
    people = recordings(folder)
    tables = {phase: {} for phase in PHASES}
    teams = {key[:2] for key in people}
    for phase in PHASES:
        for number in sorted({key[2] for key in people}):
            for of_a, of_b in product(sorted(teams), repeat=2):
                a, b = (
                    people.get((*team, number, phase, letter))
                    for team, letter in ((of_a, "A"), (of_b, "B"))
                )
                if a and b and of_a[0] == of_b[0] and together(a.skin, b.skin) is not None:
                    tables[phase][number, of_a, of_b] = measures(a, b)
    report(tables)


def report(tables):
    print("| phase | measure | teams | ≤ 0.05 | mean | strangers | ≤ 0.05 | mean | p, real above |")
    print("|---|---|---|---|---|---|---|---|---|")
    for phase, words in PHASES.items():
        for name in ("skin", "heart", "answers"):
            print("| " + " | ".join([words, name, *compared(tables[phase], name)]) + " |")
    print("\n| phase | signal | regimes of teams | of strangers |\n|---|---|---|---|")
    for phase, words in PHASES.items():
        for name in ("heart regime", "skin regime"):
            cells = [counted(tables[phase], name, same) for same in (True, False)]
            print("| " + " | ".join([words, name.split()[0], *cells]) + " |")
    print("\n| team | measure | rest before | competition | rest after |\n|---|---|---|---|---|")
    for team in sorted({x for rows in tables.values() for (_, x, y) in rows if x == y}):
        for name in ("skin", "heart", "answers"):
            cells = [of_team(tables[phase], name, team) for phase in PHASES]
            print("| " + " | ".join([team[1], name, *cells]) + " |")
    headline(tables)


def compared(rows, name):
    """Teams and strangers of one phase: how many, how many beyond chance, mean; and p."""
    cells = []
    for same in (True, False):
        group = [row for (_, x, y), row in rows.items() if (x == y) is same]
        p = np.array([row[name + "_p"] for row in group])
        known = np.isfinite(p)
        mean = np.nanmean([row[name] for row in group])
        cells += [f"{known.sum()}", f"{np.mean(p[known] <= 0.05):.0%}", f"{mean:.3f}"]
    p = permutation_p({key: row[name] for key, row in rows.items()}, NULLS)
    return [*cells, f"{p:.3f}" if np.isfinite(p) else "too few"]


def headline(tables):
    """How far teams are beyond strangers, and how often strangers are beyond chance."""
    for phase, words in PHASES.items():
        for name in ("skin", "heart", "answers"):
            rows = tables[phase]
            p = permutation_p({key: row[name] for key, row in rows.items()}, NULLS)
            figures.accuracy(
                f"{words}, {name}: p of teams above strangers", p,
                better=figures.SAME, tolerance=0.005,
            )  # fmt: skip
    for name in ("skin", "heart", "answers"):
        p = [row[name + "_p"] for rows in tables.values() for (_, x, y), row in rows.items()
             if x != y and np.isfinite(row[name + "_p"])]  # fmt: skip
        share = np.mean(np.array(p) <= 0.05)
        figures.accuracy(f"{name}: strangers called coupled", share, tolerance=0.005)


def counted(rows, name, same):
    reported = [row[name] for (_, x, y), row in rows.items() if (x == y) is same]
    return ", ".join(f"{word} {reported.count(word)}" for word in sorted(set(reported)))


def of_team(rows, name, team):
    mine = [row[name] for (_, x, y), row in rows.items() if x == y == team]
    known = np.isfinite(mine).sum()
    return f"{np.nanmean(mine):.2f} ({known})" if known else "– (0)"


if __name__ == "__main__":
    main()
