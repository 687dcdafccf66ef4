"""What changes with frequency: bandwidth, mains, noise."""

from dataclasses import replace

import numpy as np

from dyadwire import frontend
from hardware.sim import spice
from hardware.sim.netlist import CURRENT, CircuitSetup

PAIRS_PER_SUM = 16
PAIR_HZ = 160.0
MAINS_HZ = (50.0, 60.0)
MAINS_V = 10e-3
SKIN_FARAD = 30e-9  # electrodes with gel on skin, the largest expected


def skin(ohms: float, farads: float = 0.0, stimulus: str = "0") -> tuple[str, ...]:
    """A skin of this resistance with a capacitance across it, and a source in series."""
    lines = [
        "Vcurrent LEAD_A skin 0",
        f"Vstimulus skin inner {stimulus}",
        f"Rskin inner LEAD_B {ohms:g}",
    ]
    return (*lines, f"Cskin inner LEAD_B {farads:g}") if farads else tuple(lines)


def response(bench: CircuitSetup, frequencies_hz: np.ndarray, wanted: str = CURRENT) -> np.ndarray:
    """Magnitude of a voltage for one volt of the AC sources at these frequencies."""
    commands = ["set numdgt=12"]
    for one in frequencies_hz:
        commands += [
            f"ac lin 1 {one:.9g} {one:.9g}",
            f"let value = mag({wanted})",
            "echo row $&value",
        ]
    return spice.rows(spice.run(bench, commands))[:, 0]


def cutoff_hz(skin_farads: float, bench: CircuitSetup | None = None) -> tuple[float, float]:
    """Where a change of the skin's current is 3 dB down, and the peak before it over the flat."""
    base = bench or CircuitSetup()
    stimulated = replace(base, skin=skin(100e3, skin_farads, "DC 0 AC 1"))
    grid_hz, seen = spice.sweep(stimulated, (0.05, 50), [f"mag({CURRENT})"]).T
    below = np.flatnonzero(seen < seen[0] / np.sqrt(2))
    return float(grid_hz[below[0]]), float(seen.max() / seen[0] - 1)


def averaged(frequency_hz: np.ndarray | float) -> np.ndarray:
    """What the sum of the last sixteen conversions leaves of a sine, as a share."""
    phase = np.pi * np.asarray(frequency_hz) / PAIR_HZ
    share: np.ndarray = np.abs(np.sin(PAIRS_PER_SUM * phase) / (PAIRS_PER_SUM * np.sin(phase)))
    return share


def mains_nsiemens(
    usiemens: float = 10.0,
    *,
    bench: CircuitSetup | None = None,
    drifts: tuple[float, ...] = (-0.01, 0.0, 0.01),
) -> float:
    """Worst rms error in nS from 10 mV rms of mains in series with the skin, after the sum.

    The pair rate may be off by the drift against the mains.
    """
    frequencies = np.array([one * (1 + drift) for one in MAINS_HZ for drift in drifts])
    stimulated = replace(bench or CircuitSetup(), skin=skin(1e6 / usiemens, 0.0, "DC 0 AC 1"))
    current = response(stimulated, frequencies, CURRENT)
    left_v = current * MAINS_V * averaged(frequencies)
    return float(np.max(left_v / frontend.CURRENT_OHM / 0.4991) * 1e9)


def noise_nsiemens(usiemens: float = 10.0) -> float:
    """Noise of resistors and amplifiers at the converter, rms from 0.01 to 80 Hz, in nS."""
    commands = [
        "set numdgt=12", "noise v(AIN3,AIN0) Vstimulus dec 20 0.01 80", "setplot noise2",
        "let value = onoise_total", "echo row $&value",
    ]  # fmt: skip
    bench = CircuitSetup(skin=skin(1e6 / usiemens, 0.0, "DC 0 AC 1"))
    found_v = float(spice.rows(spice.run(bench, commands))[0, 0])
    return found_v / frontend.CURRENT_OHM / 0.4991 * 1e9
