"""A heap in crumbs, as loading modules leaves it, but for the piece that `main.py` keeps."""

import gc

import disk
from bench import Bench, forget_the_last_one

ROOM = 44_000  # as in main.py
CRUMB = 900


def test_every_buffer_of_a_wearable_is_made_in_the_piece_that_is_kept_for_them():
    disk.fresh()
    forget_the_last_one()
    room = bytearray(ROOM)
    crumbs = []
    try:
        while True:
            crumbs.append(bytearray(CRUMB))
    except MemoryError:
        pass
    for index in range(0, len(crumbs), 2):
        crumbs[index] = None
    del room
    gc.collect()
    bench = Bench()
    assert bench.wearable.send_queue.live.has_room(8000)
    assert len(crumbs) > 20
