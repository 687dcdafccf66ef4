"""kill -9 of `dyadkit record --usb` at random instants, two virtual wearables on serial ports.

    python tests/benchmarks/bench_kills.py [--kills 100] [--pairs 2]

The whole program is killed 0 to 9 s after it made its file; the wearables live on in this process
and say what was acknowledged to them. `fakes/killed.py` has the trial.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import figures

sys.path.insert(0, str(Path(__file__).parents[1]))

from fakes.killed import SEED, kill_all

MAX_LIFE_S = 9.0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--pairs", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        left = kill_all(Path(name), given.kills, given.pairs, MAX_LIFE_S)
    tails_s = sorted(one.tail_s for one in left)
    print(f"seed {SEED}: {len(left)} programs killed, {len(left)} files open")
    print(f"{sum(one.acknowledged for one in left)} blocks acknowledged, of which "
          f"{sum(one.lost for one in left)} are missing")  # fmt: skip
    print(f"{sum(one.wrong for one in left)} wrong values")
    print(f"the file ends {tails_s[len(tails_s) // 2]:.2f} s before the kill (median), "
          f"{tails_s[-1]:.2f} s at most")  # fmt: skip
    figures.count("files that do not open", given.kills - len(left))
    figures.count("acknowledged blocks missing", sum(one.lost for one in left))
    figures.count("wrong values", sum(one.wrong for one in left))


if __name__ == "__main__":
    main()
