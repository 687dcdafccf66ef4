"""Two wearables on one clock: device time → session time, with a bound that is true.

The estimator in two minutes
----------------------------
Each wearable counts microseconds since it was switched on; its crystal is up to some 40 ppm off
and follows temperature. We never set a clock. We log exchanges for ever and work out afterwards
(`solve`), or as well as can be known at each moment (`LiveClock`, `solve_causal`), where each
reading lies on the session's time line: the host's clock, or in the field wearable A's.

1. An exchange gives four readings: sent, heard, answered, returned. Its midpoint is wrong by up
   to half a connection interval, because a BLE packet waits for the next connection event. So the
   midpoint is not used. `contact` turns exchanges and data frames into one-way packets and takes
   out frame length and who was central.
2. `envelope`: the fastest packets down and up squeeze the offset between them, however long
   replies took. It needs nothing but fast packets, and is good to some tenths of a millisecond.
3. `lattice`: packets leave at anchor + n × interval. The phase of that grid as heard by the
   wearable and by the host differs by the offset; the waiting time does not enter. Good to some
   hundredths of a millisecond in 20 s, where the grid is sharp; the envelope says which n. The
   lattice's own track serves for a second look, because the envelope's slope blurs the first.
4. `smoother`: crystals drift slowly. A Kalman/RTS smoother over offset and skew of both wearables
   joins the readings; what the host's clock does (a slew) moves both alike and cancels. Crystals
   cannot jump, so `robust` gives no say to a path that became slower for a while.
5. `levels`: what a path adds to every packet cannot be averaged away. Three things show it: the
   scatter of arrivals, that the two estimators are shifted differently by it, and `turnaround`, how
   early a packet must be handed over to catch an event. The answer weighs them by what each may be
   off; where they differ by more than three deviations the envelope decides and the
   difference goes into the bound. Where they part for minutes, the bound widens there.
6. `ClockMap.to_session` gives times and 95 % half-widths, NaN beyond 50 ms, and `reasons` says
   why. A reboot is a new stretch; nothing is carried over but the board's usual skew.

::

    exchanges ─┬─ envelope ── first track ──┐ which n
    data frames┘                            ▼
               └──────────────────────── lattice ── smoother ── levels ── ClockMap
                                    envelope again, turnaround ──┘

`alignment.svg` beside this file shows midpoints, the solved error and the stated bound of one
simulated hour.

Limits: all figures come from simulation (`docs/accuracy/clock.md`); nothing was measured on
boards yet. In the field the two roles add different delays, for which 0.13 ms stands in the bound
until a wire has measured them for boards of a kind (`docs/clock-bench.md`); a swap of roles turns
their sign but is not used to cancel them. Bounds are about the two persons' alignment: what the
host does to both is not in them.

A recording builds its log from arrays and places samples::

    log = SyncLog(Mode.STREAM, (
        LinkLog(Clock.HOST, "a",
                Exchanges.of(sent_ns=..., peripheral_boot=..., received_us=..., answered_us=...,
                             returned_ns=...),
                Sends.of(peripheral_boot=..., sent_us=..., received_ns=...)), ...))
    sampled = sample_times(counters, counts, stamps_us)          # one stream, one boot
    times_s, bounds_s = solve(log).to_session("a", boot, sampled.times_us)
    bounds_s = numpy.hypot(bounds_s, sampled.bounds_us * 1e-6)

Rules of this room: exchanges in, a `ClockMap` out, and no other way from device time to session
time; a time without a bound does not leave it.

Start reading at `log`, then `estimate.offline.solve`. `evidence` holds the estimators of steps 1
to 3, `estimate` the rest, `live` the same while a session runs, `interchange` a JSON form.

References
----------
Cristian 1989 (two-way bounds); Duda, Harrus, Haddad & Bernard 1987 (envelope of one-way delays);
Rauch, Tung & Striebel 1965 (smoother); Yang et al. 2020 (graduated non-convexity).
"""

from dyadkit.clock.alignment import Spell, alignment, spells
from dyadkit.clock.clockmap import ClockMap, Reason, Stretch
from dyadkit.clock.estimate.offline import solve
from dyadkit.clock.interchange import from_plain, read_sync_log, to_plain, write_sync_log
from dyadkit.clock.live.causal import solve_causal
from dyadkit.clock.live.live_clock import LiveClock
from dyadkit.clock.log import Clock, Exchanges, LinkLog, Mode, Sends, SyncLog
from dyadkit.clock.samples import SampleTimes, sample_times

__all__ = [
    "Clock",
    "ClockMap",
    "Exchanges",
    "LinkLog",
    "LiveClock",
    "Mode",
    "Reason",
    "SampleTimes",
    "Sends",
    "Spell",
    "Stretch",
    "SyncLog",
    "alignment",
    "from_plain",
    "read_sync_log",
    "sample_times",
    "solve",
    "solve_causal",
    "spells",
    "to_plain",
    "write_sync_log",
]
