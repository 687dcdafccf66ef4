"""Array types of the whole host side, three of them, so that signatures stay readable."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

__all__ = ["ArrayLike", "Bools", "Floats", "Ints"]
