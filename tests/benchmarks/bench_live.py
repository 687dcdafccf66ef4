"""The live view's chance band: how often two who have nothing to do with each other leave it.

Series are those of simulated people who never met, on the 4 Hz grid: a of one encounter with b of
another. A row a second goes through the very code of the live view; counted is, minute by minute
since the beginning, the share of rows whose strongest correlation is outside of the band. The
people differ from those of `--seed` 0, on which `NEEDED_S` was chosen, unless it is asked for.
"""

import argparse

import figures
import numpy as np

from dyadkit.analysis.findings import RATE_HZ
from dyadkit.live.bodies.pair import NEEDED_S, _Signal
from dyadkit.sim.people import bodies, influence

MINUTES = 20
EACH = int(RATE_HZ)


def series(seed, seconds):
    """Conductance and heart rate of both of an encounter, on the 4 Hz grid."""
    pair = bodies.meet(bodies.Encounter(), seconds, seed)
    step = int(influence.RATE_HZ / RATE_HZ)
    return {
        person: {"eda": body.eda_usiemens[::step], "heart_rate": body.heart_rate_bpm[::step]}
        for person, body in (("a", pair.a), ("b", pair.b))
    }


def outside(a, b):
    """Whether each row is outside of its band, and when it ended, in s."""
    signal, rows = _Signal(), []
    for stop in range(EACH, min(len(a), len(b)) + 1, EACH):
        rows += signal.advance(a[:stop], b[:stop])
    known = [one for one in rows if np.isfinite(one.strength) and np.isfinite(one.band)]
    return np.array([(one.at_s, abs(one.strength) > one.band) for one in known])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    people = [series(1000 * asked.seed + k, MINUTES * 60) for k in range(asked.pairs + 1)]
    print(f"{asked.pairs} pairs of strangers, {MINUTES} minutes, seed {asked.seed}")
    for name in ("eda", "heart_rate"):
        found = [
            outside(people[k]["a"][name], people[k + 1]["b"][name]) for k in range(asked.pairs)
        ]
        rows = np.concatenate(found)
        print(name, "share outside by minute:")
        for minute in range(1, MINUTES):
            there = rows[(rows[:, 0] >= 60 * minute) & (rows[:, 0] < 60 * (minute + 1)), 1]
            print(
                f"  {minute:2d} to {minute + 1:2d} min  "
                f"{there.mean() if len(there) else np.nan:.1%}"
            )
        late = rows[rows[:, 0] >= NEEDED_S, 1]
        shares = [one[one[:, 0] >= NEEDED_S, 1].mean() for one in found]
        print(
            f"  after {NEEDED_S:.0f} s: {late.mean():.1%}; of single pairs up to {max(shares):.0%}"
        )
        figures.accuracy(f"{name}, strangers outside the band", late.mean(), tolerance=0.02)
    print("together, coupled pairs of the same people, after the same time:")
    for name in ("eda", "heart_rate"):
        late = np.concatenate([outside(one["a"][name], one["b"][name]) for one in people])
        print(f"  {name}: {late[late[:, 0] >= NEEDED_S, 1].mean():.1%}")


if __name__ == "__main__":
    main()
