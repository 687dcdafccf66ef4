"""Two wearables on one clock: device time → session time, with a bound that is true."""

from dyadkit.clock.alignment import Alignment, alignment
from dyadkit.clock.clockmap import ClockMap, Reason, Stretch
from dyadkit.clock.interchange import from_plain, read_sync_log, to_plain
from dyadkit.clock.live import LiveClock, solve_causal
from dyadkit.clock.log import Clock, Exchanges, Link, Mode, Sends, SyncLog
from dyadkit.clock.offline import solve
from dyadkit.clock.samples import SampleTimes, sample_times

__all__ = [
    "Alignment",
    "Clock",
    "ClockMap",
    "Exchanges",
    "Link",
    "LiveClock",
    "Mode",
    "Reason",
    "SampleTimes",
    "Sends",
    "Stretch",
    "SyncLog",
    "alignment",
    "from_plain",
    "read_sync_log",
    "sample_times",
    "solve",
    "solve_causal",
    "to_plain",
]
