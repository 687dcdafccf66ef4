"""Heap log: how much memory the firmware holds, noted in virtual time for the world to read."""

import gc
import struct

from virtual.world import clock


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
