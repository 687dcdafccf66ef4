"""Table of what makes pages of results, filled from above, so that results import nothing there."""

from collections.abc import Callable
from typing import Any

RENDERERS: dict[str, Callable[[Any], str]] = {}
"""What makes a page of a result, by the name of its class; `dyadkit/__init__` fills it."""
