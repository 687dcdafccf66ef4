"""Beats, intervals and heart rate from photoplethysmograms."""

from dyadkit.signals.contact import ANY_SENSOR, MAX3010X, Sensor
from dyadkit.signals.ppg.beats import TRUSTED, Beats, perfusion_percent
from dyadkit.signals.ppg.finding import find_beats
from dyadkit.signals.ppg.intervals import IntervalKind, Intervals, intervals
from dyadkit.signals.ppg.live import LiveBeats
from dyadkit.signals.ppg.rate import HeartRate, heart_rate
from dyadkit.signals.ppg.waveform import Polarity

__all__ = [
    "ANY_SENSOR",
    "MAX3010X",
    "TRUSTED",
    "Beats",
    "HeartRate",
    "IntervalKind",
    "Intervals",
    "LiveBeats",
    "Polarity",
    "Sensor",
    "find_beats",
    "heart_rate",
    "intervals",
    "perfusion_percent",
]
