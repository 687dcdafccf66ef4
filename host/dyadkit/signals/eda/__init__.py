"""Skin conductance: what to trust, tonic level, phasic responses.

`decompose` gives all of it at once; `artefacts` says which samples are not skin.
"""

from dyadkit.signals.eda.artefact import artefacts
from dyadkit.signals.eda.decomposition import Decomposition, decompose
from dyadkit.signals.eda.deconvolution import Model
from dyadkit.signals.eda.responses import Response

__all__ = ["Decomposition", "Model", "Response", "artefacts", "decompose"]
