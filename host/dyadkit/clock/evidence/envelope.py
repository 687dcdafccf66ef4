"""Two-way envelope: the fastest packets of both directions squeeze the offset between them.

A packet down says "the wearable is at most this far ahead", a packet up "at least this far". The
edges of both, half-way, are the offset whatever the reply time; unlike the midpoint of one
exchange they do not care whether the wearable answered at once or after a while.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dyadkit.clock.evidence.contact import Contact
from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.dyad.result import Result

OffsetCurve = Callable[[Floats], Floats]
"""A first guess of how far the wearable's clock is ahead (s), at reference times."""


@dataclass(frozen=True, slots=True, eq=False)
class Squeeze(Result):
    """Envelope offsets per bin of reference time, shape (n,) each.

    bins : which bin; at_s : mean time of its packets
    offset_s : wearable minus reference, half-way between the edges
    room_s : distance between the edges: the fastest way there plus the fastest way back
    sd_s : how far the edges are expected to be off
    """

    bins: Ints
    at_s: Floats
    offset_s: Floats
    room_s: Floats
    sd_s: Floats


def reference_time(device_s: Floats, offset: OffsetCurve) -> Floats:
    """Reference time at which the wearable's clock reads `device_s`."""
    guess = device_s - offset(device_s - float(np.median(device_s)))
    for _ in range(3):
        guess = device_s - offset(guess)
    return guess


def squeeze(contact: Contact, offset: OffsetCurve, edges_s: Floats) -> Squeeze:
    """Envelope offsets in the bins between `edges_s`, shape (k + 1,), where both ways have packets.

    `offset` takes out the drift within a bin; it only has to be right to a bin's drift.
    """
    down_at = contact.down.sent_s
    down_s = contact.down.received_s - down_at - offset(down_at)
    up_at = contact.up.received_s
    up_s = up_at - contact.up.sent_s + offset(up_at)
    down, up = _lowest(down_at, down_s, edges_s), _lowest(up_at, up_s, edges_s)
    both, i, j = np.intersect1d(down.bins, up.bins, return_indices=True)
    at_s = (down.at_s[i] + up.at_s[j]) / 2
    return Squeeze(
        bins=both,
        at_s=at_s,
        offset_s=(down.delay_s[i] - up.delay_s[j]) / 2 + offset(at_s),
        room_s=down.delay_s[i] + up.delay_s[j],
        sd_s=np.hypot(down.spread_s[i], up.spread_s[j]) / 2,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Edge(Result):
    bins: Ints
    at_s: Floats
    delay_s: Floats
    spread_s: Floats


def _lowest(at_s: Floats, delay_s: Floats, edges_s: Floats) -> _Edge:
    """Edge of the delays per bin: as far below the smallest as those above it lie apart.

    Few packets find the edge less closely than many do, and the two ways differ in number.
    """
    which = np.searchsorted(edges_s, at_s, side="right") - 1
    inside = (which >= 0) & (which < len(edges_s) - 1)
    order = np.lexsort((delay_s[inside], which[inside]))
    which, delay_s, at_s = which[inside][order], delay_s[inside][order], at_s[inside][order]
    bins, first, counts = np.unique(which, return_index=True, return_counts=True)
    enough = counts >= 3
    bins, first, counts = bins[enough], first[enough], counts[enough]
    deep = np.minimum(counts - 1, 4)
    spread_s = (delay_s[first + deep] - delay_s[first]) / deep
    return _Edge(
        bins=bins,
        at_s=np.array([at_s[i : i + n].mean() for i, n in zip(first, counts, strict=True)]),
        delay_s=delay_s[first] - spread_s,
        spread_s=spread_s,
    )
