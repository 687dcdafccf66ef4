"""Record two people's autonomic physiology on one clock; measure how they move together.

>>> import dyadkit
>>> dyad = dyadkit.load("session-12")          # doctest: +SKIP
>>> result = dyadkit.analyze(dyad, seed=0)     # doctest: +SKIP
>>> result.save("session-12.html")             # doctest: +SKIP
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dyadkit.analysis import Analysis, analyze
    from dyadkit.loading import load

__version__ = "0.1.0"
__all__ = ["Analysis", "__version__", "analyze", "load"]

_HOMES = {"load": "loading", "analyze": "analysis", "Analysis": "analysis"}


def __getattr__(name: str) -> Any:
    """Import the heavy parts only when they are asked for."""
    import importlib

    if name not in _HOMES:
        raise AttributeError(f"module dyadkit has no attribute {name}")
    return getattr(importlib.import_module(f"dyadkit.{_HOMES[name]}"), name)
