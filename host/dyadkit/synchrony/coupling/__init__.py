"""Coupling of two series: the default test, its windows, published modes and a streaming twin."""

from dyadkit.synchrony.coupling.estimate import Coupling, Windows, couple, couple_with
from dyadkit.synchrony.coupling.lag import Leader
from dyadkit.synchrony.coupling.scan import BandScan
from dyadkit.synchrony.coupling.windowmean import WindowMean

__all__ = ["BandScan", "Coupling", "Leader", "WindowMean", "Windows", "couple", "couple_with"]
