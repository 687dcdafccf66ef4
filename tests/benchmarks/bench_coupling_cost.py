"""What the measures cost, in CPU seconds of one core, and how the default test grows with length.

python tests/benchmarks/bench_coupling_cost.py [--figure docs/figures/coupling-cost.svg]
       [--minutes 1440]
"""

import argparse
import time

import figures
import numpy as np
from arousal import RATE_HZ, pair

from dyadkit.synchrony import coupling, recurrence, wavelet

LENGTHS_MIN = (10, 30, 60, 120, 240, 480, 1440)
PUSHES = 240
SHORT_S = 0.02


def cost_s(call, repeats=1):
    call()
    started = time.process_time()
    for _ in range(repeats):
        call()
    return (time.process_time() - started) / repeats


def made(minutes):
    return pair("ar95", np.random.default_rng(1), 0.0, round(minutes * 60 * RATE_HZ))


def live_step_s():
    """One second of samples pushed late in an hour."""
    (a, b), live = made(60), coupling.LiveCoupling(RATE_HZ)
    live.push(a[:-PUSHES], b[:-PUSHES])
    started = time.process_time()
    for k in range(len(a) - PUSHES, len(a), 4):
        live.push(a[k : k + 4], b[k : k + 4])
    return (time.process_time() - started) / (PUSHES / 4)


def goals():
    (a, b), (hour_a, hour_b) = made(10), made(60)
    x, y = hour_a[::4], hour_b[::4]
    null = wavelet.RedNoise(runs=300)
    plain = cost_s(lambda: wavelet.coherence(hour_a, hour_b, RATE_HZ), 5)
    tested = cost_s(lambda: wavelet.coherence(hour_a, hour_b, RATE_HZ, null=null))
    return (
        ("default test, 600 s at 4 Hz", 0.020, cost_s(lambda: coupling.couple(a, b, RATE_HZ), 20)),
        ("default test, one hour at 4 Hz, all shifts", 0.3,
         cost_s(lambda: coupling.couple(hour_a, hour_b, RATE_HZ), 5)),
        ("windowed correlation, 600 s, every 15 s", 0.010,
         cost_s(lambda: coupling.windowed_correlation(a, b, RATE_HZ, 30.0, 15.0), 20)),
        ("windowed correlation, 600 s, every second", 0.010,
         cost_s(lambda: coupling.windowed_correlation(a, b, RATE_HZ), 20)),
        ("one live step (a second of samples)", 0.005, live_step_s()),
        ("cross-recurrence, 3 600 points", 0.5,
         cost_s(lambda: recurrence.cross_recurrence(x, y, 0.5), 3)),
        ("wavelet coherence, 14 400 points", 1.5, plain),
        ("its 300 Monte Carlo runs", 60.0, tested - plain),
    )  # fmt: skip


def growing(lengths_min):
    """CPU seconds by length, for each way of asking."""
    rows = []
    for minutes in lengths_min:
        a, b = made(minutes)
        holed = np.where(np.random.default_rng(2).random(len(a)) < 0.2, np.nan, a)
        repeats = 20 if minutes < 60 else 2
        calls = {
            "default test": lambda a=a, b=b: coupling.couple(a, b, RATE_HZ),
            "20 % gaps": lambda a=holed, b=b: coupling.couple(a, b, RATE_HZ),
            "lags to 30 s": lambda a=a, b=b: coupling.couple(a, b, RATE_HZ, 30.0),
            "windows every second": lambda a=a, b=b: coupling.windowed_correlation(a, b, RATE_HZ),
        }
        rows.append({name: cost_s(call, repeats) for name, call in calls.items()})
    return rows


def draw(lengths_min, rows, path):
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 3.6), layout="constrained")
    for name in rows[0]:
        axes.loglog(lengths_min, [row[name] for row in rows], marker="o", markersize=3, label=name)
    words = ["10 min", "30", "1 h", "2 h", "4 h", "8 h", "24 h"][: len(lengths_min)]
    axes.set_xticks(lengths_min, words, minor=False)
    axes.minorticks_off()
    axes.set(xlabel="length of the session at 4 Hz", ylabel="CPU seconds")
    axes.grid(visible=True, alpha=0.3)
    axes.legend(frameon=False)
    figure.savefig(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--figure")
    parser.add_argument("--minutes", type=int, default=LENGTHS_MIN[-1], help="of the longest")
    given = parser.parse_args()
    print("| what | goal, s | CPU, s |\n|---|---|---|")
    for name, goal, taken in goals():
        print(f"| {name} | {goal:g} | {taken:.4f} |", flush=True)
        times = 100 if goal <= SHORT_S else 1
        figures.cost(f"{name}, {times} times" if times > 1 else name, times * taken)
    lengths_min = [minutes for minutes in LENGTHS_MIN if minutes <= given.minutes]
    rows = growing(lengths_min)
    print("\n| minutes | " + " | ".join(f"{name}, s" for name in rows[0]) + " |")
    print("|---|" + "---|" * len(rows[0]))
    for minutes, row in zip(lengths_min, rows, strict=True):
        print(f"| {minutes} | " + " | ".join(f"{taken:.3f}" for taken in row.values()) + " |")
    for name, taken in rows[-1].items():
        figures.cost(f"{name}, {lengths_min[-1]} min", taken)
    if given.figure:
        draw(lengths_min, rows, given.figure)


if __name__ == "__main__":
    main()
