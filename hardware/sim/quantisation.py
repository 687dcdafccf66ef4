"""What the converter's steps and noise leave of the conductance after sixteen pairs."""

import numpy as np

from dyadwire import frontend

CURRENT_STEP_V = frontend.CURRENT_FULL_SCALE_MV / 32768e3
VOLTAGE_STEP_V = frontend.VOLTAGE_FULL_SCALE_MV / 32768e3
NOISE_V = 10e-6  # rms at the converter's inputs, besides its steps
PAIRS = 16


def skin_v(usiemens: float) -> float:
    """Skin voltage at this conductance, with the design's own values."""
    high, step, low = frontend.DIVIDER_OHM
    total = high + step + low
    level_v = frontend.SUPPLY_V * low / total
    held_v = frontend.SUPPLY_V * step / total
    max_v = frontend.SUPPLY_V - frontend.SWING_LOSS_V - level_v
    return float(min(held_v, max_v / (1 + sum(frontend.DRIVER_OHM) * 1e-6 * usiemens)))


def error_nsiemens(
    usiemens: float, *, current_ohm: float = frontend.CURRENT_OHM, trials: int = 2000, seed: int = 0
) -> float:
    """Error of one output, rms over levels within a step, in nS."""
    random = np.random.default_rng(seed)
    levels = usiemens * (1 + random.uniform(-1e-3, 1e-3, (trials, 1)))
    across_v = skin_v(usiemens)
    current_v = 1e-6 * levels * across_v * current_ohm
    seen_i = _converted(current_v, CURRENT_STEP_V, random)
    seen_v = _converted(np.full((trials, 1), across_v), VOLTAGE_STEP_V, random)
    measured = 1e6 * seen_i / current_ohm / seen_v
    return float(1e3 * np.sqrt(np.mean((measured - levels[:, 0]) ** 2)))


def _converted(volts: np.ndarray, step_v: float, random: np.random.Generator) -> np.ndarray:
    noisy = volts + random.normal(0, NOISE_V, (len(volts), PAIRS))
    mean: np.ndarray = (np.rint(noisy / step_v) * step_v).mean(axis=1)
    return mean
