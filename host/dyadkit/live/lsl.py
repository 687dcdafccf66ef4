"""LSL outlets that play a session: a stream a signal of each person, marks, and their coupling.

Each sample carries its own time on this computer's LSL clock, so a recorder on the network stores
the session as it was, whenever it is pushed. The coupling is what `LiveCoupling` knew at the time,
on the very series that the report tests.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dyadkit.analysis.findings import RATE_HZ, SIGNAL_WORDS, series_of
from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.traces import PERSONS, Dyad
from dyadkit.errors import extra
from dyadkit.signals import extract
from dyadkit.synchrony.coupling import LiveCoupling, strongest

if TYPE_CHECKING:
    import pylsl

STEP_S = 0.25
"""How often samples are pushed: a quarter of a second is one chunk of the slowest signal."""
COUPLING_CHANNELS = ("strength", "lag_s")


@dataclass(frozen=True, slots=True, eq=False)
class Playable:
    """Samples of one outlet: session times, shape (n,), and values, shape (n, channels)."""

    name: str
    kind: str
    rate_hz: float
    channels: tuple[str, ...]
    unit: str
    times_s: Floats
    values: Floats


def signals_of(dyad: Dyad) -> list[Playable]:
    """What is played of a session: every trace, and the coupling of each signal that has one."""
    traces = [
        Playable(
            f"{person}_{name}",
            name,
            one.rate_hz,
            (name,),
            one.unit,
            one.times_s,
            one.values[:, None],
        )
        for person in PERSONS
        for name, one in sorted(dyad.person(person).traces.items())
        if len(one)
    ]
    return [*traces, *_couplings(dyad)]


def play(dyad: Dyad, wait_until: Callable[[float], None], start_s: float = 0.0) -> Iterator[float]:
    """Play a session through LSL outlets; gives the session's second after each step.

    Parameters
    ----------
    wait_until : waits until this session second is due; it decides how fast the session plays
    start_s : of the session, where to begin

    Raises
    ------
    MissingExtraError
        pylsl is not installed
    """
    with extra("lsl"):
        import pylsl
    signals = signals_of(dyad)
    outlets = [_outlet(one) for one in signals]
    marks = pylsl.StreamOutlet(
        pylsl.StreamInfo("dyadkit marks", "Markers", 1, 0, "string", "dyadkit-marks")
    )
    zero = pylsl.local_clock() - start_s
    steps = np.arange(start_s, dyad.duration_s + STEP_S, STEP_S)
    for begin_s, end_s in zip(steps[:-1], steps[1:], strict=True):
        wait_until(float(end_s))
        for one, outlet in zip(signals, outlets, strict=True):
            first, stop = np.searchsorted(one.times_s, (begin_s, end_s))
            if stop > first:
                stamps = (zero + one.times_s[first:stop]).tolist()
                outlet.push_chunk(one.values[first:stop].tolist(), stamps)
        for mark in dyad.marks:
            if begin_s <= mark.start_s < end_s:
                marks.push_sample([mark.label], zero + mark.start_s)
        yield float(end_s)


def _outlet(one: Playable) -> "pylsl.StreamOutlet":
    import pylsl

    info = pylsl.StreamInfo(
        f"dyadkit {one.name}",
        one.kind,
        len(one.channels),
        one.rate_hz,
        "double64",
        f"dyadkit-{one.name}",
    )
    channels = info.desc().append_child("channels")
    for label in one.channels:
        channel = channels.append_child("channel")
        channel.append_child_value("label", label)
        channel.append_child_value("unit", one.unit)
    return pylsl.StreamOutlet(info)


def _couplings(dyad: Dyad) -> list[Playable]:
    """The windowed correlation of each signal: the strongest at any lag, and that lag."""
    bodies = extract(dyad)
    found = []
    for name in SIGNAL_WORDS:
        a, b = series_of(bodies.a, name), series_of(bodies.b, name)
        if not (np.isfinite(a).any() and np.isfinite(b).any()):
            continue
        rows = LiveCoupling(RATE_HZ).push(a, b)
        if not len(rows.times_s):
            continue
        values = np.array([strongest(row, rows.lags_s) for row in rows.r])
        rate_hz = 1 / float(np.median(np.diff(rows.times_s))) if len(rows.times_s) > 1 else 1.0
        known_s = rows.times_s + rows.times_s[0]  # a window ends half its length after its centre
        found.append(
            Playable(
                f"coupling_{name}", "coupling", rate_hz, COUPLING_CHANNELS, "", known_s, values
            )
        )
    return found
