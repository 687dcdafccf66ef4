"""What one hour of two-colour PPG, skin conductance and acceleration costs, and the imports.

python tests/benchmarks/bench_bodies.py [still | moved]
"""

import resource
import subprocess
import sys
import time
from pathlib import Path

import figures
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from dyadkit.dyad.traces import PersonTraces, Trace
from dyadkit.signals.physiology import read_body
from fakes import pulse_model
from fakes.skin_model import simulate

SECONDS = 3600.0


def recording(moved):
    still = pulse_model.pulse(pulse_model.sinus, seconds=SECONDS, seed=1)
    wave = pulse_model.with_movement(still, 1.5, seed=1, share=0.5).ppg if moved else still.ppg
    times_s = np.arange(len(wave)) / 100.0
    traces = {
        name: Trace(times_s, np.round(100_000 - level * wave), "counts", 100.0, sensor="max3010x")
        for name, level in (("ppg_ir", 800), ("ppg_red", 500))
    }
    skin = simulate(1, duration_s=SECONDS).values
    traces["eda"] = Trace(np.arange(len(skin)) / 16.0, skin, "microsiemens", 16.0)
    random = np.random.default_rng(1)
    for name in ("acc_x", "acc_y", "acc_z"):
        values = 0.5 + 0.01 * random.standard_normal(round(SECONDS * 25))
        traces[name] = Trace(np.arange(len(values)) / 25.0, values, "g", 25.0)
    return PersonTraces(traces)


def memory_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def import_s():
    """CPU seconds of a process that imports the signals and ends."""
    before_s = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    subprocess.run([sys.executable, "-c", "import dyadkit.signals"], check=True)
    return sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - before_s


def main():
    moved = sys.argv[1:] == ["moved"]
    one = recording(moved)
    before_mb, started_s = memory_mb(), time.process_time()
    body = read_body(one, SECONDS)
    cpu_s = time.process_time() - started_s
    print(
        f"one hour {'half moved' if moved else 'still'}: {cpu_s:.2f} s of CPU, "
        f"{memory_mb():.0f} MB at most ({before_mb:.0f} MB before), {len(body.beats)} beats"
    )
    figures.cost("one hour", cpu_s)
    figures.accuracy("beats", len(body.beats), better=figures.SAME, tolerance=2)
    figures.accuracy("memory at most", memory_mb(), "MB", tolerance=30)
    cpu_s = min(import_s() for _ in range(3))
    print(f"import dyadkit.signals: {cpu_s:.2f} s of CPU")
    figures.cost("import dyadkit.signals", cpu_s)


if __name__ == "__main__":
    main()
