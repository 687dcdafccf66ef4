"""Two people's EEG from EDF files: phase measures in alpha and gamma, each with its chance level.

Electrodes at the back of two heads, three minutes. Alpha waves of b keep a steady distance to
those of a; in gamma there is nothing but noise. Which of the two does the phase show?
"""

import tempfile
from pathlib import Path

import edfio
import numpy as np

import dyadkit
from dyadkit.synchrony import phase_locking

RATE_HZ, SECONDS = 250.0, 180.0
BANDS = {"alpha": (8.0, 12.0), "gamma": (30.0, 45.0)}


def recording(path: Path, alpha: np.ndarray, seed: int) -> Path:
    """An EDF file of one person: alpha waves in noise. Yours comes from your amplifier instead."""
    noise = np.random.default_rng(seed).standard_normal((2, len(alpha)))
    channels = [
        edfio.EdfSignal(20 * alpha + 15 * one, RATE_HZ, label=label, physical_dimension="uV")
        for one, label in zip(noise, ("EEG O1", "EEG O2"), strict=True)
    ]
    edfio.Edf(channels).write(path)
    return path


t = np.arange(round(RATE_HZ * SECONDS)) / RATE_HZ
wander = np.cumsum(np.random.default_rng(1).standard_normal(len(t))) * 0.05
wave = 2 * np.pi * 10 * t + wander
with tempfile.TemporaryDirectory() as place:
    a = recording(Path(place) / "ann.edf", np.sin(wave), seed=2)
    b = recording(Path(place) / "ben.edf", np.sin(wave - 0.8), seed=3)
    dyad = dyadkit.load(a, b, offset_s=0.0)  # one amplifier: both files begin together
print("\n".join(dyad.notes))

# EEG is not part of `analyze`, which is about autonomic signals; the measures take arrays.
for band, edges_hz in BANDS.items():
    found = phase_locking(
        dyad.a.traces["eeg_o1"].values, dyad.b.traces["eeg_o1"].values, RATE_HZ, edges_hz
    )
    print(f"{band}: PLV {found.plv:.2f}, p {'< 0.001' if found.p < 0.001 else f'= {found.p:.2f}'}")

# Both were recorded by one amplifier here. Two amplifiers' clocks drift apart by milliseconds a
# minute: in gamma a wave is 25 ms long, so put both on one clock first, or stay with power.
