"""Dynamics of two people's arousal: coupled oscillators, regimes, and the field's older models.

`oscillator` is the model to draw conclusions from, `regressions` gives the field's older numbers,
`latent` sorts many dyads into kinds.

Rules of this room: it describes a coupling that `coupling.couple` has shown; parameters are given
only where the likelihood has a summit, a regime only where belief in it is high and the model
describes the series; undecided is an answer.

Start reading at `oscillator.fit.fit_oscillator`.
"""

from dyadkit.synchrony.dynamics.latent import (
    LatentProfiles,
    ProfileContrast,
    contrast_profiles,
    latent_profiles,
)
from dyadkit.synchrony.dynamics.oscillator.course import DynamicsCourse, follow_oscillator
from dyadkit.synchrony.dynamics.oscillator.estimates import Phase
from dyadkit.synchrony.dynamics.oscillator.fit import FitOutcome, OscillatorFit, fit_oscillator
from dyadkit.synchrony.dynamics.oscillator.regime import DECIDED, Regime
from dyadkit.synchrony.dynamics.oscillator.slow import without_breathing
from dyadkit.synchrony.dynamics.regressions.glla import GllaFit, fit_glla
from dyadkit.synchrony.dynamics.regressions.inertia import (
    InertiaCoordination,
    fit_inertia_coordination,
)

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
    "FitOutcome",
    "Phase",
    "Regime",
    "fit_glla",
    "fit_inertia_coordination",
    "fit_oscillator",
    "without_breathing",
]
