"""Array types of the whole host side, few, so that signatures stay readable."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
Counts: TypeAlias = NDArray[np.int32]
"""Samples as the wire holds them: hours of them take half of what `Ints` would."""
Flags: TypeAlias = NDArray[np.uint16]
"""Status bits of samples, likewise."""

__all__ = ["ArrayLike", "Bools", "Counts", "Flags", "Floats", "Ints"]
