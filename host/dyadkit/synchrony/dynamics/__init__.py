"""Dynamics of two people's arousal: coupled oscillators, regimes, and the field's older models."""

from dyadkit.synchrony.dynamics.course import DynamicsCourse, follow_oscillator
from dyadkit.synchrony.dynamics.estimates import Phase
from dyadkit.synchrony.dynamics.glla import GllaFit, fit_glla
from dyadkit.synchrony.dynamics.inertia import InertiaCoordination, fit_inertia_coordination
from dyadkit.synchrony.dynamics.latent import (
    LatentProfiles,
    ProfileContrast,
    contrast_profiles,
    latent_profiles,
)
from dyadkit.synchrony.dynamics.oscillator import OscillatorFit, Outcome, fit_oscillator
from dyadkit.synchrony.dynamics.regime import DECIDED, Regime
from dyadkit.synchrony.dynamics.slow import without_breathing

__all__ = [
    "DECIDED",
    "DynamicsCourse",
    "LatentProfiles",
    "ProfileContrast",
    "contrast_profiles",
    "follow_oscillator",
    "latent_profiles",
    "GllaFit",
    "InertiaCoordination",
    "OscillatorFit",
    "Outcome",
    "Phase",
    "Regime",
    "fit_glla",
    "fit_inertia_coordination",
    "fit_oscillator",
    "without_breathing",
]
