"""Pulses with known beats: recordings with ECG or chest-strap truth, and modelled rhythms."""

from dataclasses import dataclass, field

import numpy as np

from fakes import pulse_model


@dataclass
class Record:
    """`zones_s` are spans without trustworthy truth; `delays_s` where the truth may lie."""

    group: str
    counts: np.ndarray
    rate_hz: float
    true_s: np.ndarray
    delays_s: tuple[float, float] = (-0.3, 0.9)
    zones_s: np.ndarray = field(default_factory=lambda: np.empty((0, 2)))
    moved: np.ndarray | None = None


def recorded(folder):
    """The ready-to-score files of `folder`."""
    names = {"mot": "movement", "well": "camera"}
    for path in sorted(folder.glob("*.npz")):
        held = np.load(path, allow_pickle=True)
        group = next((name for stem, name in names.items() if path.stem.startswith(stem)), "clean")
        delays_s = (-0.3, 0.9) if str(held["kind"]) == "ecg" else (-12.0, 12.0)
        moved = held["mask"].astype(bool) if "mask" in held.files else None
        counts = held["ppg"].astype(float)
        yield Record(group, counts, float(held["fs"]), held["ref"], delays_s, held["zones"], moved)


def modelled(seeds):
    """Bodies, rates and noise drawn by seed; every rhythm, movement and camera of each body."""
    for seed in seeds:
        random = np.random.default_rng(seed)
        body = pulse_model.Body(
            bpm=random.uniform(50, 105),
            notch=random.uniform(0, 0.6),
            noise=random.choice([0.01, 0.05, 0.12]),
            wander=random.uniform(0.1, 0.8),
            breath_hz=random.uniform(0.15, 0.4),
        )
        for rhythm in pulse_model.IRREGULAR:
            pulse = pulse_model.pulse(rhythm, body, seed=seed, rate_hz=125.0)
            yield Record(f"model {rhythm.__name__}", pulse.ppg, 125.0, pulse.beats_s)
        still = pulse_model.pulse(pulse_model.sinus, body, seed=seed)
        for strength in (0.7, 1.5, 3.0):
            shaken = pulse_model.with_movement(still, strength, seed=seed)
            yield Record("model movement", shaken.ppg, 100.0, still.beats_s, moved=shaken.moved)
        camera = pulse_model.through_camera(still, 0.4, seed=seed)
        yield Record("model camera", camera.ppg, 100.0, still.beats_s)
