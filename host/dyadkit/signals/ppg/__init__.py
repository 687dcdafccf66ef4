"""Pulse of one person: beats, inter-beat intervals (IBI) and heart rate from photoplethysmograms.

Rules of this room: a beat that was guessed and an interval that was mended say so; gaps are never
bridged. A beat is a pulse that arrived at the skin, some tenths of a second after the heart's own.

Start reading at `finding.find_pulses`, the way of one channel:

1. `waveform` brings counts of any rate to an upright pulse wave at 50 Hz.
2. `period` says how long a beat lasts around, `template` how much each moment looks like the
   record's usual upstroke.
3. `path` chooses the most plausible sequence of beats, `missed_beats` loosens a rhythm that hides
   some, `certainty` weighs the sequence against all others.
4. `fiducial` places each beat between samples, `timing` says how closely; `waveform_error` and
   `unconfirmed` say which to doubt.

`intervals` mends what lies between beats, `rate` makes a series of it, `live` does all this while
it happens.
"""

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
