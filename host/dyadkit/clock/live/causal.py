"""Replay of a log through the live clock: what was knowable when."""

from collections.abc import Iterator

import numpy as np

from dyadkit.clock.clockmap import ClockMap
from dyadkit.clock.estimate.chain import chained
from dyadkit.clock.estimate.reference_boot import KNOT_S
from dyadkit.clock.estimate.stretches import counted_from
from dyadkit.clock.live.live_clock import LiveClock
from dyadkit.clock.log import LinkLog, SyncLog, reference_boots


def solve_causal(log: SyncLog) -> ClockMap:
    """Clock map of what an online estimator knew at each moment of a session.

    Each answer uses only exchanges before the reading that is placed; before the first it is NaN.

    Examples
    --------
    Five seconds after the beginning nothing was known yet:

    >>> from pathlib import Path
    >>> from dyadkit.sessions.sync_log import read_log
    >>> clocks = solve_causal(read_log(Path("session-12")))
    >>> clocks.to_session("a", 1, [5_000_000, 60_000_000])[0].round(3)
    array([   nan, 56.799])
    """
    per_boot = []
    start_s = None if log.start_ns is None else log.start_ns * 1e-9
    for boot in reference_boots(log):
        live = LiveClock(log, boot)
        for until_s, links in _spans(log, boot):
            for link in links:
                live.add(link)
            live.advance(until_s)
        per_boot.append(live.stretches())
        start_s = live.start_s if start_s is None else start_s
    return ClockMap(tuple(counted_from(start_s or 0.0, chained(per_boot))))


def _spans(log: SyncLog, boot: int) -> Iterator[tuple[float, list[LinkLog]]]:
    """The rows of each span as they would have arrived."""
    links = [link.with_reference_boot(boot) for link in log.links]
    ends_s = [link.span_s for link in links if len(link.exchanges)]
    if not ends_s:
        return
    first_s, last_s = min(start for start, _ in ends_s), max(stop for _, stop in ends_s)
    for start_s in np.arange(first_s, last_s + KNOT_S, KNOT_S).tolist():
        yield start_s + KNOT_S, [link.between(start_s, start_s + KNOT_S) for link in links]
