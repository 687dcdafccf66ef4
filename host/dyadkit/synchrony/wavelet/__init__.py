"""Wavelet coherence: at which time scale, and when, two people's series move together.

Local in time and in period, so it needs no stationarity; the arrows say who comes first. A
coherent patch here and there is what chance gives: ask for `RedNoise` before reading one.

Rule of this room: scales and times count in samples inside, in seconds only in what is given out.
Start reading at `estimate.coherence`, then `transform` and `plane`; `chance` draws the red noise.
"""

from dyadkit.synchrony.wavelet.estimate import Coherence, Periods, RedNoise, coherence
from dyadkit.synchrony.wavelet.transform import MORLET, Morlet

__all__ = ["MORLET", "Coherence", "Morlet", "Periods", "RedNoise", "coherence"]
