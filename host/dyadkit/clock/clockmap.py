"""The clock map: device time → session time, with a bound and a reason."""

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import PersonName

_NORMAL_95 = 1.96
USELESS_S = 0.05
"""A time with a larger bound than this is called unknown: nothing in physiology can use it."""

_PRECISE_S = 5e-3
"""With a larger bound than beat-to-beat coupling can use, exchanges close by do not count yet."""


class Reason(IntEnum):
    """The reason for an answer of the clock map: what it rests on, or why it is unknown.

    Examples
    --------
    >>> [Reason(code).name for code in (0, 2)]     # as `ClockMap.reasons` gives them
    ['IN_CONTACT', 'NO_CONTACT']
    """

    IN_CONTACT = 0
    """exchanges close by"""
    EXTRAPOLATED = 1
    """no exchange within a minute, or too few so far: carried by the crystal, the bound is wide"""
    NO_CONTACT = 2
    """unknown: too far from any exchange of this boot"""
    NEVER_SEEN = 3
    """unknown: this boot never exchanged times with the reference"""
    BOOT_REPEATED = 4
    """unknown: two power-ons claim the same boot number, or its times contradict each other"""


@dataclass(frozen=True, slots=True, eq=False)
class Stretch(Result):
    """One boot of one wearable on the session's time line, in straight pieces.

    In piece i, t seconds of device time from `device_s[i]`:
    session = session_s[i] + rate[i] · t, and its variance is the polynomial `variance[i]` in t
    (that of abs(t)³ last). The first piece reaches back to `from_s`, the last on to `until_s`.

    device_s, session_s, rate : shape (k,); variance : shape (k, 4), s²
    systematic_s : 95 % half-width of what no averaging removes, added in quadrature
    contact_s : shape (c, 2), spans of device time that count as in contact
    exchanged_s : shape (e,), device time of every exchange used
    interval_at_s, interval_s : shape (n,), connection intervals inferred, and at which device time

    Examples
    --------
    A crystal 20 ppm too fast, switched on 100 s after the session began, known for an hour:

    >>> start, rate = np.zeros(1), np.array([1 / (1 + 20e-6)])
    >>> hour = Stretch("a", 1, start, start + 100.0, rate, np.zeros((1, 4)), start + 1e-4,
    ...                from_s=0.0, until_s=3600.0, contact_s=np.array([[0.0, 3600.0]]))
    >>> hour.place(np.array([3600.0, 3601.0]))[0].round(3)
    array([3699.928,      nan])
    """

    person: PersonName
    boot: int
    device_s: Floats
    session_s: Floats
    rate: Floats
    variance: Floats
    systematic_s: Floats
    from_s: float
    until_s: float
    contact_s: Floats
    exchanged_s: Floats = field(default_factory=lambda: np.empty(0))
    interval_at_s: Floats = field(default_factory=lambda: np.empty(0))
    interval_s: Floats = field(default_factory=lambda: np.empty(0))
    repeated: bool = False

    def place(self, device_s: Floats) -> tuple[Floats, Floats]:
        """Session times and 95 % half-widths of device times; NaN outside the stretch."""
        piece = np.searchsorted(self.device_s, device_s, side="right") - 1
        piece = np.clip(piece, 0, len(self.device_s) - 1)
        t = device_s - self.device_s[piece]
        powers = np.stack([np.ones_like(t), t, t**2, np.abs(t) ** 3], axis=-1)
        spread = (self.variance[piece] * powers).sum(axis=-1)
        times_s = self.session_s[piece] + self.rate[piece] * t
        bounds_s = np.hypot(_NORMAL_95 * np.sqrt(spread), self.systematic_s[piece])
        known = (device_s >= self.from_s) & (device_s <= self.until_s) & (bounds_s < USELESS_S)
        return np.where(known, times_s, np.nan), np.where(known, bounds_s, np.nan)

    def device_at(self, session_s: Floats) -> Floats:
        """Device times of session times: the inverse of `place`."""
        piece = np.searchsorted(self.session_s, session_s, side="right") - 1
        piece = np.clip(piece, 0, len(self.session_s) - 1)
        return self.device_s[piece] + (session_s - self.session_s[piece]) / self.rate[piece]

    def reasons(self, device_s: Floats) -> Ints:
        """A `Reason` for each device time."""
        if self.repeated:
            return np.full(len(device_s), int(Reason.BOOT_REPEATED))
        _, bounds_s = self.place(device_s)
        codes = np.full(len(device_s), int(Reason.EXTRAPOLATED))
        if len(self.contact_s):
            span = np.searchsorted(self.contact_s[:, 0], device_s, side="right") - 1
            within = device_s <= self.contact_s[np.maximum(span, 0), 1]
            codes[(span >= 0) & within & ~(bounds_s > _PRECISE_S)] = Reason.IN_CONTACT
        codes[np.isnan(bounds_s)] = Reason.NO_CONTACT
        return codes


@dataclass(frozen=True, slots=True, eq=False)
class ClockMap(Result):
    """Device time of both wearables → session time, boot by boot.

    Examples
    --------
    What two simulated wearables' clocks show 50 s after the beginning lies at the same moment:

    >>> from pathlib import Path
    >>> from dyadkit import clock
    >>> from dyadkit.sessions.sync_log import read_log
    >>> clocks = clock.solve(read_log(Path("session-12")))
    >>> a_s, _ = clocks.to_session("a", 1, 53_201_100)
    >>> b_s, _ = clocks.to_session("b", 1, 57_899_150)
    >>> bool(abs(b_s - a_s)[0] < 1e-4)
    True
    """

    stretches: tuple[Stretch, ...]

    def to_session(
        self, person: PersonName, boot: ArrayLike, device_us: ArrayLike
    ) -> tuple[Floats, Floats]:
        """Session times and 95 % half-widths of a wearable's clock readings.

        The bounds are about the two persons' alignment: the error of a time difference between
        them stays within the root of both bounds' squares, 95 times in 100.

        Parameters
        ----------
        boot : one number, or one per reading
        device_us : shape (n,), microseconds since that boot

        Returns
        -------
        times_s, bounds_s : shape (n,), seconds; NaN where unknown (`reasons` says why)
        """
        device_s, boots = _readings(boot, device_us)
        times_s, bounds_s = np.full((2, len(device_s)), np.nan)
        for stretch in self.stretches:
            rows = boots == stretch.boot
            if stretch.person == person and rows.any() and not stretch.repeated:
                times_s[rows], bounds_s[rows] = stretch.place(device_s[rows])
        return times_s, bounds_s

    def reasons(self, person: PersonName, boot: ArrayLike, device_us: ArrayLike) -> Ints:
        """A `Reason` for each reading, shape (n,)."""
        device_s, boots = _readings(boot, device_us)
        codes = np.full(len(device_s), int(Reason.NEVER_SEEN))
        for stretch in self.stretches:
            rows = boots == stretch.boot
            if stretch.person == person and rows.any():
                codes[rows] = stretch.reasons(device_s[rows])
        return codes


def _readings(boot: ArrayLike, device_us: ArrayLike) -> tuple[Floats, Ints]:
    device_s = np.atleast_1d(np.asarray(device_us)).astype(float) * 1e-6
    boots = np.broadcast_to(np.asarray(boot, dtype=np.int64), device_s.shape)
    return device_s, boots
