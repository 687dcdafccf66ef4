"""The heap: how much memory the firmware holds, and the time that collecting garbage takes."""

import gc
import struct
import sys

from virtual import costs
from virtual.world import clock


class Collector:
    """`gc` as the firmware finds it: a collection takes its time."""

    def __getattr__(self, name):
        return getattr(gc, name)

    def collect(self):
        gc.collect()
        clock.compute(costs.COLLECTION)


def install_collector():
    """Let every `import gc` from now on find it."""
    sys.modules["gc"] = Collector()


def note_each(period_us, path):
    """Write heap in use and heap free, as `<II`, to a file again and again."""
    file = open(path, "ab")
    entry = bytearray(8)

    def note(_):
        gc.collect()
        struct.pack_into("<II", entry, 0, gc.mem_alloc(), gc.mem_free())
        file.write(entry)
        file.flush()
        clock.call_at(clock.now + period_us, note)

    clock.call_at(clock.now + period_us, note)
