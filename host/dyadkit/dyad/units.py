"""Units of series: the package's own, and how others become them."""

from collections.abc import Callable

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.errors import SignalError

Convert = Callable[[Floats], Floats]


def _times(factor: float) -> Convert:
    return lambda values: np.asarray(values * factor)


def _over(numerator: float) -> Convert:
    def convert(ohms: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(ohms > 0, numerator / ohms, np.nan)

    return convert


MICROSIEMENS: dict[str, Convert] = {
    "µs": _times(1.0), "us": _times(1.0), "microsiemens": _times(1.0),
    "umho": _times(1.0), "µmho": _times(1.0),
    "ns": _times(1e-3), "nanosiemens": _times(1e-3),
    "ms": _times(1e3), "millisiemens": _times(1e3),
    "s": _times(1e6), "siemens": _times(1e6),
    "ohm": _over(1e6), "ω": _over(1e6), "kohm": _over(1e3), "kω": _over(1e3),
    "mohm": _over(1.0), "mω": _over(1.0),
}  # fmt: skip
CONDUCTANCE = "µS, nS, mS, S, ohm, kohm or Mohm"
BEATS_PER_MINUTE: dict[str, Convert] = {
    "bpm": _times(1.0), "1/min": _times(1.0), "beats/min": _times(1.0), "": _times(1.0),
    "hz": _times(60.0), "1/s": _times(60.0),
}  # fmt: skip
SECONDS: dict[str, Convert] = {
    "s": _times(1.0), "seconds": _times(1.0), "ms": _times(1e-3), "milliseconds": _times(1e-3),
}  # fmt: skip


def plain(unit: str) -> str:
    """A unit as the tables spell it: small letters, one kind of micro, no blanks.

    Examples
    --------
    >>> plain("K\u2126"), plain(" \u03bcS")
    ('kω', 'µs')
    """
    return unit.strip().replace("\u03bc", "µ").replace("\u2126", "ω").lower().replace(" ", "")


def microsiemens(values: Floats, unit: str) -> Floats:
    """Skin conductance in µS from any unit of conductance or resistance; none is taken for µS.

    Raises
    ------
    SignalError
        the unit is of something else

    Examples
    --------
    >>> microsiemens(np.array([50.0, 100.0]), "kOhm").tolist()
    [20.0, 10.0]
    """
    convert = MICROSIEMENS.get(plain(unit) or "µs")
    if convert is None:
        raise SignalError(f"in {unit}, which cannot be made microsiemens: give {CONDUCTANCE}")
    return convert(values)
