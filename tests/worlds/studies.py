"""Studies of dyads whose sessions' estimates follow the law measured in analyses of strangers.

`session_law.json` holds, by signal, strength, standard error, segments and p of 270 analyses of ten
minutes of strangers from eight families of people (`known`, `held`). A null study draws rows of it,
its mean taken off; effects of dyads, persons and conditions are added.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from dyadkit.study.group.actors import actor_partner
from dyadkit.study.group.flips import Paired, contrast
from dyadkit.study.group.means import covariate_effect, mean_effect, trend_effect
from dyadkit.study.group.nulls import prevalence, sober
from dyadkit.study.group.sample import Sample
from dyadkit.study.group.strangers import beyond_strangers

LAW = {
    name: np.array(rows)
    for name, rows in json.loads(Path(__file__).with_name("session_law.json").read_text()).items()
}
SPREAD = {name: float(rows[:, 0].std()) for name, rows in LAW.items()}
PARTNERS = 20


def drawn(rng, count, signal="eda"):
    """So many sessions of strangers: strength, error, segments, p."""
    rows = LAW[signal][rng.integers(0, len(LAW[signal]), count)].copy()
    rows[:, 0] -= LAW[signal][:, 0].mean()
    return rows


def sample(rows, dyads=None, persons=None):
    plain = Sample.of(rows[:, 0], dyads, persons)
    return replace(plain, errors=rows[:, 1], amounts=rows[:, 2], p=rows[:, 3])


def families(count):
    """So many dyads of families of three: every two of a family are a dyad."""
    people = [(f"f{k // 3}.{(0, 0, 1)[k % 3]}", f"f{k // 3}.{(1, 2, 2)[k % 3]}")
              for k in range(count)]  # fmt: skip
    return [f"{a}+{b}" for a, b in people], people


def of_persons(rng, persons, spread):
    """What each person brings into every dyad, added up by dyad."""
    names = sorted({one for pair in persons for one in pair})
    own = dict(zip(names, spread * rng.standard_normal(len(names)), strict=True))
    return np.array([own[a] + own[b] for a, b in persons])


def mean_alone(rng, count, signal):
    return mean_effect(sample(drawn(rng, count, signal))).p


def mean_of_unlike(rng, count, signal):
    rows = drawn(rng, count, signal)
    rows[:, 0] += 2.0 * SPREAD[signal] * rng.standard_normal(count)
    return mean_effect(sample(rows)).p


def mean_of_two_sessions(rng, count, signal):
    rows = drawn(rng, 2 * count, signal)
    rows[:, 0] += np.repeat(2.0 * SPREAD[signal] * rng.standard_normal(count), 2)
    return mean_effect(sample(rows, [str(k // 2) for k in range(2 * count)])).p


def mean_of_families(rng, count, signal):
    dyads, persons = families(count)
    rows = drawn(rng, count, signal)
    rows[:, 0] += of_persons(rng, persons, 1.5 * SPREAD[signal])
    return mean_effect(sample(rows, dyads, persons)).p


def mean_of_lengths(rng, count, signal):
    """Sessions of 5 to 40 minutes: a longer one errs less."""
    rows, times = drawn(rng, count, signal), rng.uniform(0.5, 4.0, count)
    rows[:, 0] /= np.sqrt(times)
    rows[:, 2] *= times
    return mean_effect(sample(rows)).p


def any_dyad(rng, count, signal):
    """The global null, sobered by strangers of the same study."""
    rows, strangers = drawn(rng, count, signal), drawn(rng, 5 * count, signal)
    return prevalence(sample(rows).with_p(sober(rows[:, 3], strangers[:, 3]))).p_any


def majority(rng, count, signal):
    """Half of the dyads are coupled beyond doubt: the worst case of "most are"."""
    rows, strangers = drawn(rng, count, signal), drawn(rng, 5 * count, signal)
    p = sober(rows[:, 3], strangers[:, 3])
    p[: count // 2] = 1e-12
    return prevalence(sample(rows).with_p(p)).p_majority


def contrast_alone(rng, count, signal):
    first, second = drawn(rng, count, signal), drawn(rng, count, signal)
    common = 2.0 * SPREAD[signal] * rng.standard_normal(count)
    first[:, 0] += common
    second[:, 0] += common
    pair = Paired(sample(first), sample(second))
    return contrast(pair.differences(), int(rng.integers(2**31))).p


def contrast_of_families(rng, count, signal):
    dyads, persons = families(count)
    first, second = drawn(rng, count, signal), drawn(rng, count, signal)
    first[:, 0] += of_persons(rng, persons, SPREAD[signal])
    pair = Paired(sample(first, dyads, persons), sample(second, dyads, persons))
    return contrast(pair.differences(), int(rng.integers(2**31))).p


def covariate(rng, count, signal):
    rows = drawn(rng, count, signal)
    return covariate_effect(sample(rows), "age", {"age": rng.standard_normal(count)}).p


def partners(rng, count, signal):
    """A schedule that everybody keeps, some more than others; nobody met."""
    n, spread = min(PARTNERS, count - 1), SPREAD[signal]
    every = drawn(rng, count * count, signal)[:, 0].reshape(count, count) + 0.1
    every += spread * (rng.standard_normal((count, 1)) + rng.standard_normal((1, count)))
    rows, places = drawn(rng, count, signal), np.arange(count)[:, None]
    rows[:, 0] = np.diag(every)
    others = (places + np.arange(1, n + 1)) % count
    return beyond_strangers(sample(rows), every[places, others], every[others, places]).p


def trend(rng, count, signal, sessions=4):
    """Dyads differ in level and in how they change; on the whole they do not."""
    rows, spread = drawn(rng, sessions * count, signal), SPREAD[signal]
    days = np.tile(7.0 * np.arange(sessions), count) + rng.integers(-2, 3, sessions * count)
    rows[:, 0] += np.repeat(spread * rng.standard_normal(count), sessions)
    rows[:, 0] += np.repeat(0.5 * spread * rng.standard_normal(count), sessions) * days / 7.0
    found = sample(rows, [str(k // sessions) for k in range(sessions * count)])
    return trend_effect(replace(found, days=days)).p


def partner_effect(rng, count, _signal):
    predictor = rng.standard_normal((2, count)) + rng.standard_normal(count)
    together = rng.standard_normal(count)
    outcome = [Sample.of(0.5 * own + together + rng.standard_normal(count)) for own in predictor]
    return actor_partner((outcome[0], outcome[1]), (predictor[0], predictor[1])).partner_p


NULLS: dict[str, Callable] = {
    "mean": mean_alone,
    "mean, dyads differ": mean_of_unlike,
    "mean, two sessions a dyad": mean_of_two_sessions,
    "mean, families of three": mean_of_families,
    "mean, 5 to 40 minutes": mean_of_lengths,
    "any dyad (global null)": any_dyad,
    "most dyads, half are": majority,
    "contrast by sign-flips": contrast_alone,
    "contrast, families of three": contrast_of_families,
    "covariate": covariate,
    "real against other partners": partners,
    "trend over four sessions": trend,
    "partner effect": partner_effect,
}
"""By name, a study in which what is asked is not so: gives the p of its test."""


def one_coupled(rng, count, signal="eda"):
    """One dyad is coupled, from barely to fully, all others are strangers."""
    rows = drawn(rng, count, signal)
    rows[0, 0] += SPREAD[signal] * rng.choice([2.0, 4.0, 8.0, 16.0])
    rows[0, 3] = 1e-9
    return sample(rows)
