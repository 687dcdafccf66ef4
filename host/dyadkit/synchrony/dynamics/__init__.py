"""Dynamics of two people's arousal: coupled oscillators, regimes, and the field's older models."""

from dyadkit.synchrony.dynamics.oscillator import OscillatorFit, Outcome, fit_oscillator
from dyadkit.synchrony.dynamics.regime import Regime

__all__ = ["OscillatorFit", "Outcome", "Regime", "fit_oscillator"]
