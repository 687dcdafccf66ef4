"""Skin conductance end to end: circuit, converter, the firmware's driver, calibration, host.

python tests/benchmarks/bench_front_end.py [WEARABLES]
"""

import sys
from pathlib import Path
from types import SimpleNamespace

import figures
import numpy as np

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/host/sim"), str(ROOT / "firmware")]

import test_circuit as chain  # noqa: E402

from dyadkit.decoding.conductance import conductance_of_counts  # noqa: E402
from dyadkit.sim.device.circuit import Circuit  # noqa: E402

sys.modules["micropython"] = SimpleNamespace(const=lambda value: value)

from wearable.sensors import skin  # noqa: E402

MAINS_HZ = (49.5, 50.0, 50.5, 59.4, 60.0, 60.6)


def errors_usiemens(seed):
    """Error at each conductance of the grid, of one drawn and calibrated wearable."""
    circuit = Circuit.drawn(np.random.default_rng(seed))
    calibration = chain.calibrated(skin, circuit)
    seen = [
        conductance_of_counts(*chain.at(skin, circuit, one)[:3], calibration).mean()
        for one in chain.GRID_USIEMENS
    ]
    return np.array(seen) - chain.GRID_USIEMENS


def mains_nsiemens(hertz, calibration):
    """What 10 mV rms of mains add at 10 uS: rms, and shift of the mean."""
    quiet, hum = (
        conductance_of_counts(*chain.at(skin, Circuit(), 10.0, **reported)[:3], calibration)
        for reported in ({}, {"mains_v": 10e-3, "mains_hz": hertz})
    )
    rms = np.sqrt(max(0.0, np.var(hum) - np.var(quiet)))
    return 1e3 * rms, 1e3 * abs(hum.mean() - quiet.mean())


def main(wearables):
    grid = np.array(chain.GRID_USIEMENS)
    errors = np.array([errors_usiemens(seed) for seed in range(1, wearables + 1)])
    allowed = np.maximum(0.005 * grid, 0.003)
    for usiemens, worst in zip(grid, np.abs(errors).max(axis=0), strict=True):
        print(f"{usiemens:6g} uS: worst {1e3 * worst:5.2f} nS, {100 * worst / usiemens:.3f} %")
    share = (np.abs(errors) / allowed).max()
    print(f"largest share of what is allowed: {share:.2f}")
    figures.accuracy("largest share of the allowed error", share, tolerance=0.005)
    calibration = chain.calibrated(skin, Circuit())
    found = [mains_nsiemens(hertz, calibration) for hertz in MAINS_HZ]
    rms, shift = np.max(found, axis=0)
    print(f"mains: worst {rms:.2f} nS rms, mean shifted by {shift:.2f} nS")
    figures.accuracy("mains, worst rms", rms, "nS", tolerance=0.01)
    figures.accuracy("mains, worst shift of the mean", shift, "nS", tolerance=0.01)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
