"""One wearable as the live clock knows it: its present boot, its link's habits, its pieces."""

from collections import deque
from dataclasses import dataclass, field, replace

import numpy as np

from dyadkit.clock.clockmap import Stretch
from dyadkit.clock.estimate.levels import Comparison, compare
from dyadkit.clock.estimate.stretches import CONTACT_S, REACH_S
from dyadkit.clock.evidence.contact import Contact
from dyadkit.clock.evidence.series import Jitter
from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.traces import PersonName

_REMEMBERED = 120
_LATEST_ROOMS = 5
_NEW_PATH_SPANS = 60
"""A path that was slow for twenty minutes is how the path is now."""
_SLOWER_S = 1.2e-3
"""The fastest round trip of a minute varies by half a millisecond, the median of five by a third:
so much longer is a slow path, not chance."""
_FIRST, _FIRST_SD_S = 3, 2e-3
"""The first minutes may be off by much more: the skew within them is hardly known."""
_EARLY_SD_S = 0.4e-3
"""What one minute of envelope may be off, before its scatter is known."""


@dataclass(frozen=True, slots=True, eq=False)
class SpanReading:
    """What one span says about one wearable's clock: offset relative to the clock's base.

    wearable : number of the wearable, as in the filter
    slow_s : by how much the fastest round trip is longer than usual: the most by which a slow path
        may have moved `offset_s`
    """

    wearable: int
    at_s: float
    offset_s: float
    variance: float
    slow_s: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class StraightPiece:
    """From `at_s` (reference time) on, until the next piece, the clock runs straight.

    variance : shape (4,), as in `Stretch`
    exchanged_s : reference time of the exchanges of the span that ended here
    interval_s : connection interval of that span, NaN if none was inferred
    """

    boot: int
    at_s: float
    offset_s: float
    skew: float
    variance: Floats
    systematic_s: float
    received_s: float
    exchanged_s: Floats
    interval_s: float


@dataclass
class WearableClock:
    """Memory of one wearable; a reboot begins a new boot and forgets only the offset."""

    person: PersonName
    boot: int | None = None
    base_s: float = 0.0
    accepted: int = 0
    exchanged_s: Floats = field(default_factory=lambda: np.empty(0))
    interval_s: float = float("nan")
    kept_back: list[SpanReading] = field(default_factory=list)
    surprises: deque[float] = field(default_factory=lambda: deque(maxlen=3))
    received_s: float = float("-inf")
    jitters: deque[Jitter] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    slow_s: float = 0.0
    slow_spans: int = 0
    rooms_s: deque[float] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    latest_rooms_s: deque[float] = field(default_factory=lambda: deque(maxlen=_LATEST_ROOMS))
    apart_s: deque[float] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    claimed_s: deque[float] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    contradicted: set[int] = field(default_factory=set)
    pieces: list[StraightPiece] = field(default_factory=list)

    def begin(self, boot: int, base_s: float) -> None:
        """The wearable was switched on anew."""
        self.boot, self.base_s, self.accepted = boot, base_s, 0
        self.kept_back.clear()
        self.surprises.clear()

    def contradict(self) -> None:
        """Another clock answered under this boot's number."""
        if self.boot is not None:
            self.contradicted.add(self.boot)

    def hear(self, contact: Contact, since_s: float) -> None:
        """Note the exchanges since the last span."""
        self.received_s = float(contact.exchanged_s[-1])
        self.exchanged_s = contact.exchanged_s[contact.exchanged_s >= since_s]

    def slower_by_s(self, room_s: Floats) -> float:
        """Note the newest fastest round trip; how much longer they are than usual, else 0.

        A round trip depends on no clock, so this tells a slow path from a moving clock.
        """
        self.latest_rooms_s.extend(room_s.tolist())
        if len(self.rooms_s) < 2 * _LATEST_ROOMS:
            self.rooms_s.extend(room_s.tolist())
            return 0.0
        slower_s = float(np.median(self.latest_rooms_s) - np.median(self.rooms_s))
        self.slow_s = slower_s if slower_s > _SLOWER_S else 0.0
        self.slow_spans = self.slow_spans + 1 if self.slow_s else 0
        if not self.slow_s or self.slow_spans > _NEW_PATH_SPANS:
            self.rooms_s.extend(room_s.tolist())
        return self.slow_s

    def jitter(self) -> Jitter | None:
        """Usual jitter on the lattice; None while no lattice was seen."""
        if not self.jitters:
            return None
        down_s, up_s = np.median([[jitter.down_s, jitter.up_s] for jitter in self.jitters], axis=0)
        return Jitter(float(down_s), float(up_s))

    def typically_apart_s(self) -> float:
        """How far the envelope usually is ahead of the lattice."""
        return float(np.median(self.apart_s)) if self.apart_s else 0.0

    def comparison(self, late_s: float) -> Comparison:
        """Envelope against lattice so far; `late_s` is what the lattice is corrected by."""
        if not self.apart_s:
            early_s = _EARLY_SD_S / float(np.sqrt(max(self.accepted, 1)))
            return replace(compare(np.zeros(1)), sd_s=early_s)
        found = compare(np.array(self.apart_s) + late_s, float(np.median(self.claimed_s)))
        early_s = _FIRST_SD_S if len(self.apart_s) < _FIRST else _EARLY_SD_S
        return replace(found, sd_s=max(found.sd_s, early_s / float(np.sqrt(len(self.apart_s)))))

    def stretches(self) -> list[Stretch]:
        """One stretch per boot, from the pieces so far."""
        boots = dict.fromkeys(piece.boot for piece in self.pieces)
        return [self._stretch([p for p in self.pieces if p.boot == boot]) for boot in boots]

    def _stretch(self, pieces: list[StraightPiece]) -> Stretch:
        at_s, offset_s, skew, received_s = np.array(
            [(p.at_s, p.offset_s, p.skew, p.received_s) for p in pieces]
        ).T
        device_s = at_s + offset_s
        intervals_s = np.array([piece.interval_s for piece in pieces])
        inferred = np.isfinite(intervals_s)
        received_device_s = np.unique(received_s + offset_s)
        return Stretch(
            person=self.person,
            boot=pieces[0].boot,
            device_s=device_s,
            session_s=at_s,
            rate=1 / (1 + skew),
            variance=np.array([piece.variance for piece in pieces]),
            systematic_s=np.array([piece.systematic_s for piece in pieces]),
            from_s=float(device_s[0]),
            until_s=float(received_device_s[-1]) + REACH_S,
            contact_s=np.stack([received_device_s, received_device_s + CONTACT_S], axis=1),
            exchanged_s=np.concatenate([p.exchanged_s + p.offset_s for p in pieces]),
            interval_at_s=device_s[inferred],
            interval_s=intervals_s[inferred],
            repeated=pieces[0].boot in self.contradicted,
        )
