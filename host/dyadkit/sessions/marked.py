"""Marks of a session: what was set while it recorded, and each press of a wearable's button."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from dyadkit import clock
from dyadkit.decoding.decode import Decoded
from dyadkit.dyad.traces import Mark
from dyadkit.storage.marks import MarkEntry, marks_beside, standing, with_ends
from dyadwire import messages

def mark_entries(opened: Opened) -> list[MarkEntry]:
    """What was marked at the host while it recorded, in order of time, undone or not."""
    if opened.log.mode is clock.Mode.FIELD:  # in the field the host's clock is another
        return []
    taken = [entry for entry in opened.stored.host_log("marks") if entry["event"] == "mark"]
    beside = marks_beside(opened.stored)
    return sorted([*taken, *beside], key=lambda entry: int(entry["at_ns"]))


def _marks(opened: Opened, duration_s: float) -> tuple[Mark, ...]:
    """Marks that stand; a condition lasts until what ended it, or to the end of the session."""
    start_ns = opened.log.start_ns or 0
    marks: list[Mark] = []
    for entry, ended_by in with_ends(standing(mark_entries(opened))[0]):
        kind, person = entry.get("kind", "event"), entry.get("person")
        start_s = (entry["at_ns"] - start_ns) * 1e-9
        stop_s = start_s + entry.get("seconds", 0.0)
        if kind == "condition" and "seconds" not in entry:
            end_s = duration_s if ended_by is None else (ended_by["at_ns"] - start_ns) * 1e-9
            stop_s = max(start_s, end_s)
        marks.append(Mark(start_s, stop_s, entry["label"], kind, person))
    marks += _pressed(opened)
    return tuple(sorted(marks, key=lambda mark: mark.start_s))


def _pressed(opened: Opened) -> list[Mark]:
    """A mark for each press of a wearable's button, where it was pressed on its own clock."""
    marks: list[Mark] = []
    for person, decoded in opened.decoded.items():
        if opened.log.mode is clock.Mode.FIELD and len({boot for boot, _ in decoded.runs}) > 1:
            continue  # flash does not tell in which boot the button was pressed
        reported = {
            (boot, message.at_us)
            for boot, message in _by_boot(decoded)
            if isinstance(message, messages.Event) and message.code == messages.BUTTON
        }
        for boot, at_us in sorted(reported):
            [at_s], _ = opened.clocks.to_session(person, boot, np.array([at_us]))
            if np.isfinite(at_s):
                marks.append(Mark(float(at_s), float(at_s), f"button of {person}"))
    return marks


def _by_boot(decoded: Decoded) -> Iterator[tuple[int, Any]]:
    """What a wearable said beside its samples, with the boot it said it in.

    An Event does not name its boot: it is that of the last Hello before it, 0 before the first.
    """
    hellos = iter([*decoded.hellos, (np.inf, None)])
    boot, (next_ns, hello) = 0, next(hellos)
    for host_ns, message in decoded.others:
        while next_ns <= host_ns and hello is not None:
            boot = hello.boot
            next_ns, hello = next(hellos)
        yield boot, message


