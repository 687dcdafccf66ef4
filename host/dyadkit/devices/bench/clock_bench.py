"""Clock bench: two boards note when one wire falls; what the clock map says, minus the wire.

The one figure of alignment that does not come from a model. See `docs/clock-bench.md`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from dyadkit.clock import ClockMap, Mode, SyncLog, solve
from dyadkit.decoding.decode import Decoded
from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.errors import SessionError
from dyadwire import messages

_SAME_S = 0.4
"""Falls come each second: two that a map puts further apart than this are not the same."""
_MIN_EDGES = 30
_TURN_STEP_S = 50e-6
_NEAR = 15
"""Falls before and after, over which the boards' own lateness in noting is averaged out."""


@dataclass(frozen=True, slots=True, eq=False)
class WireBench(Result):
    """Clock map against a wire: session time of a's falls minus b's of the same n falls.

    times_s : shape (n,), when; error_ms : shape (n,), of each fall, with both boards' lateness in
        noting it; map_ms : shape (n,), its running median: what the map alone is off
    bound_ms : shape (n,), the 95 % half-width stated for each
    p50_ms, p95_ms, max_ms : of the absolute `map_ms`
    edge_p95_ms : of the absolute `error_ms`
    covered : share of falls whose `map_ms` lies within the bound
    answer_turn_us : what a peripheral's answer takes by these falls, where one wearable asked the
        other all the time; NaN elsewhere
    simulated : the wire and the boards were
    """

    times_s: Floats
    error_ms: Floats
    map_ms: Floats
    bound_ms: Floats
    p50_ms: float
    p95_ms: float
    max_ms: float
    edge_p95_ms: float
    covered: float
    answer_turn_us: float
    simulated: bool

    def sentences(self) -> list[str]:
        """Lines for a person."""
        kind = " (simulated boards and wire)" if self.simulated else ""
        reported = [
            f"map minus wire over {len(self.times_s)} falls{kind}: p50 {self.p50_ms:.3f} ms, "
            f"p95 {self.p95_ms:.3f} ms, max {self.max_ms:.3f} ms",
            f"single falls, with what the boards took to note them: p95 {self.edge_p95_ms:.3f} ms",
            f"the stated 95 % bound (median {np.median(self.bound_ms):.3f} ms) held for "
            f"{self.covered:.1%} of the falls",
        ]
        if np.isfinite(self.answer_turn_us):
            reported.append(
                f"the answer's turn is {self.answer_turn_us:.0f} us: pull recordings of such "
                f"boards with --answer-turn-us {self.answer_turn_us:.0f}"
            )
        return reported


class Benched(Protocol):
    """A recording of both boards, decoded and timed: an opened session."""

    @property
    def decoded(self) -> Mapping[PersonName, Decoded]:
        """Frames of each board, decoded."""

    @property
    def log(self) -> SyncLog:
        """Its sync log."""

    @property
    def clocks(self) -> ClockMap:
        """The clock map to judge."""

    @property
    def source(self) -> str:
        """Its name, for errors."""

    @property
    def simulated(self) -> bool:
        """Whether wire and boards were."""


def measure(session: Benched) -> WireBench:
    """Compare a session's clock map with the wire.

    Raises
    ------
    SessionError
        too few falls that both boards noted; says what to look at
    """
    (a_s, a_bound_s), (b_s, b_bound_s) = (
        _falls(p, session.decoded[p], session.clocks) for p in PERSONS
    )
    i, j = _same(a_s, b_s)
    if len(i) < _MIN_EDGES:
        raise SessionError(
            f"{session.source}: a noted {len(a_s)} falls of the wire, b {len(b_s)}, the same "
            f"{len(i)}; at least {_MIN_EDGES} are needed: check wire, grounds and the setting "
            "sync_wire of both boards"
        )
    error_ms = (a_s[i] - b_s[j]) * 1e3
    map_ms = _running_median(error_ms)
    bound_ms = np.hypot(a_bound_s[i], b_bound_s[j]) * 1e3
    p50_ms, p95_ms = np.percentile(np.abs(map_ms), [50, 95]).tolist()
    return WireBench(
        times_s=a_s[i],
        error_ms=error_ms,
        map_ms=map_ms,
        bound_ms=bound_ms,
        p50_ms=p50_ms,
        p95_ms=p95_ms,
        max_ms=float(np.abs(map_ms).max()),
        edge_p95_ms=float(np.percentile(np.abs(error_ms), 95)),
        covered=float(np.mean(np.abs(map_ms) <= bound_ms)),
        answer_turn_us=_answer_turn_us(session, float(np.median(error_ms)) * 1e-3),
        simulated=session.simulated,
    )


def _falls(person: PersonName, decoded: Decoded, clocks: ClockMap) -> tuple[Floats, Floats]:
    """Session times of the falls a board noted, in order, and their bounds; known ones only."""
    noted = sorted(
        {
            (_boot_at(decoded, host_ns), event.at_us)
            for host_ns, event in decoded.others
            if isinstance(event, messages.Event) and event.code == messages.SYNC_EDGE
        }
    )
    boots, at_us = np.array(noted, dtype=np.int64).reshape(-1, 2).T
    times_s, bounds_s = clocks.to_session(person, boots, at_us)
    known = np.isfinite(times_s)
    order = np.argsort(times_s[known])
    return times_s[known][order], bounds_s[known][order]


def _answer_turn_us(session: Benched, apart_s: float) -> float:
    """The turn with which the map puts the falls of a and b on each other, by a secant.

    apart_s : how much later a's falls are by the session's own map
    """
    log = session.log
    asking = {link.central for link in log.links if len(link.exchanges)}
    if log.mode is not Mode.FIELD or len(asking) != 1:
        return float("nan")
    clocks = solve(replace(log, answer_turn_s=log.turn_s + _TURN_STEP_S))
    (a_s, _), (b_s, _) = (_falls(person, session.decoded[person], clocks) for person in PERSONS)
    i, j = _same(a_s, b_s)
    moved_s = float(np.median(a_s[i] - b_s[j])) - apart_s
    return 1e6 * (log.turn_s - apart_s * _TURN_STEP_S / moved_s)


def _boot_at(decoded: Decoded, host_ns: int) -> int:
    """Boot of what was heard then: an Event does not say."""
    reported = [hello.boot for received_ns, hello in decoded.hellos if received_ns <= host_ns]
    return int(reported[-1]) if reported else 0


def _same(a_s: Floats, b_s: Floats) -> tuple[Ints, Ints]:
    """Which falls of a and b are one: the nearest of each other."""
    if not len(a_s) or not len(b_s):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    apart_s = np.abs(a_s[:, None] - b_s[None, :])
    j = apart_s.argmin(axis=1)
    i = np.arange(len(a_s))
    mutual = (apart_s.argmin(axis=0)[j] == i) & (apart_s[i, j] < _SAME_S)
    return i[mutual], j[mutual]


def _running_median(values: Floats) -> Floats:
    near = [values[max(0, k - _NEAR) : k + _NEAR + 1] for k in range(len(values))]
    return np.array([np.median(some) for some in near])
