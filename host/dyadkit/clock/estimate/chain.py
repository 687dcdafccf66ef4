"""Chain of the reference's boots: the other wearable, which kept running, carries the line on.

In the field wearable A's first boot is the session's clock. After A reboots its new boot is placed
through B: from then on the session's time is B's clock at its last known rate. Nothing is assumed
about what A's own clock did while it was off; without a boot of B that saw both, nothing is said.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dyadkit.clock.clockmap import Stretch


def chained(per_boot: Sequence[Sequence[Stretch]]) -> list[Stretch]:
    """Stretches on the first reference boot's time, from those on each boot's own time, in order.

    Only needed in the field: a host has one boot.
    """
    placed: list[Stretch] = []
    for stretches in per_boot:
        if not placed:
            placed = list(stretches)
            continue
        others = [stretch for stretch in stretches if stretch.person != "a"]
        own = [stretch for stretch in stretches if stretch.person == "a"]
        bridge = _bridge(placed, others)
        if bridge is None or not own:
            continue
        kept, through = bridge
        carried = _carried_on(kept, through)
        reference = _reference(own[0], carried, through)
        placed = [carried if s is kept else s for s in placed] + [reference]
        placed += [_through(s, reference) for s in others if s is not through]
    return placed


def _bridge(placed: Sequence[Stretch], others: Sequence[Stretch]) -> tuple[Stretch, Stretch] | None:
    """A boot of B that saw both boots of A: as placed already, and on A's new boot."""
    for through in others:
        for kept in placed:
            if (kept.person, kept.boot) == (through.person, through.boot) and not kept.repeated:
                return kept, through
    return None


def _carried_on(kept: Stretch, through: Stretch) -> Stretch:
    """B defines the session's time beyond what it knew of A's former boot: its bound stays."""
    variance = kept.variance.copy()
    variance[-1, 1:] = 0.0
    contact_s = np.concatenate([kept.contact_s, through.contact_s])
    return replace(kept, variance=variance, until_s=through.until_s, contact_s=contact_s)


def _reference(own: Stretch, carried: Stretch, through: Stretch) -> Stretch:
    """A's new boot, placed by where B's clock stood."""
    session_s, _ = carried.place(through.device_s)
    device_s = through.session_s
    return replace(
        through,
        person=own.person,
        boot=own.boot,
        device_s=device_s,
        session_s=session_s,
        rate=carried.rate[-1] / through.rate,
        from_s=float(device_s[0] + (through.from_s - through.device_s[0])),
        until_s=float(device_s[-1] + (through.until_s - through.device_s[-1])),
        contact_s=through.contact_s + float(device_s[0] - through.device_s[0]),
    )


def _through(stretch: Stretch, reference: Stretch) -> Stretch:
    """A later boot of B, known only on A's new boot."""
    session_s, _ = reference.place(stretch.session_s)
    return replace(stretch, session_s=session_s, rate=stretch.rate * reference.rate[-1])
