# ruff: noqa: PTH107, PTH116, PTH123, PTH208
"""Flash: what was flushed stays, what was not acknowledged is not overwritten.

MicroPython has no pathlib.
"""

import gc
import os

import disk

from dyadwire import frames, messages, streams
from wearable.recorder import PAGE, SEGMENT_SIZE, Recorder
from wearable.segments import STREAM_SLOTS, Segment, SegmentTable, sequence_of

PADDING = bytes(190)


def block(stream, sequence, boot=1):
    message = messages.Block(stream, boot, sequence, sequence, 0, 1, 0, PADDING)
    return bytearray(frames.frame(message.KIND, messages.pack(message)))


def put(recorder, stream, first, stop):
    for sequence in range(first, stop):
        framed = block(stream, sequence, recorder.boot)
        recorder.append(framed, len(framed))
        if recorder.is_due():
            recorder.write_page()


def sequences(recorder, stream, first, stop, boot=1):
    return [sequence_of(framed, 0) for framed in recorder.find(boot, stream, first, stop) if framed]


def acknowledge(recorder, *ack):
    """As the backfill's task does."""
    recorder.acknowledge(messages.Ack(*ack))
    for _ in recorder.settle():
        pass


def test_blocks_are_found_again_also_those_not_yet_flushed():
    disk.fresh(128)
    recorder = Recorder(1, 16)
    put(recorder, 1, 0, 30)
    put(recorder, 2, 0, 5)
    assert sequences(recorder, 1, 3, 7) == [3, 4, 5, 6]
    assert sequences(recorder, 2, 0, messages.OPEN_END) == [0, 1, 2, 3, 4]
    assert sequences(recorder, 3, 0, 9) == []


def test_blocks_are_found_after_a_reboot_in_their_own_boot():
    disk.fresh(128)
    before = Recorder(1, 16)
    put(before, 1, 0, 30)
    before.flush()
    after = Recorder(2, 16)
    put(after, 1, 0, 4)
    assert sequences(after, 1, 0, 99, boot=1) == list(range(30))
    assert sequences(after, 1, 0, 99, boot=2) == list(range(4))


def test_a_torn_end_costs_only_the_frame_in_it():
    disk.fresh(128)
    before = Recorder(1, 16)
    put(before, 1, 0, 10)
    before.flush()
    with open(Segment(1, 1, False).path(), "ab") as file:
        file.write(bytes(block(1, 10))[:100])
    after = Recorder(2, 16)
    assert sequences(after, 1, 0, 99) == list(range(10))


def test_a_full_page_costs_one_erase():
    flash = disk.fresh(400)
    recorder = Recorder(1, 16)
    put(recorder, 1, 0, 20)
    worst = 0
    for sequence in range(20, 1000):
        flash.erases = 0
        put(recorder, 1, sequence, sequence + 1)
        worst = max(worst, flash.erases)
    assert worst == 1


def test_each_segment_holds_whole_frames_though_pages_end_within_one():
    disk.fresh(400)
    recorder = Recorder(1, 16)
    put(recorder, 1, 0, 2500)
    recorder.flush()
    names = sorted(os.listdir("rec"))
    assert len(names) == 3
    for name in names:
        reader = frames.FrameReader()
        with open("rec/" + name, "rb") as file:
            while reader.feed(file.read(1024)):
                pass
        assert (reader.noise_bytes, reader.finish()) == (0, [])
        assert os.stat("rec/" + name)[6] <= 256 * 1024


def test_a_host_that_asks_often_near_the_end_of_a_segment_tears_no_frame():
    disk.fresh(400)
    recorder = Recorder(1, 16)
    for sequence in range(2500):
        if SEGMENT_SIZE - 5 * PAGE < recorder._size < SEGMENT_SIZE - 300:
            put_quietly(recorder, sequence, sequence + 1)
            recorder.flush()
        else:
            put(recorder, 1, sequence, sequence + 1)
    recorder.flush()
    expected = 0
    for framed in recorder.find(1, 1, 0, 2500):
        if framed:
            assert sequence_of(framed, 0) == expected
            expected += 1
    assert expected == 2500
    check_spans(recorder._segment_table)


def test_the_oldest_acknowledged_segment_goes_first_and_no_other():
    disk.fresh(400)
    recorder = Recorder(1, 600)
    put(recorder, 1, 0, 6000)
    recorder.flush()
    names = sorted(os.listdir("rec"))
    assert len(names) == 4, names
    assert recorder.is_full
    assert sequences(recorder, 1, 0, 5) == [0, 1, 2, 3, 4]
    acknowledge(recorder, 1, 1, 0, 2000)
    assert sorted(name[-4:] for name in os.listdir("rec")) == [".new", ".new", ".new", ".old"]
    put(recorder, 1, 6000, 6100)
    recorder.flush()
    assert not recorder.is_full
    assert sorted(os.listdir("rec"))[0] == names[1]
    assert sequences(recorder, 1, 6050, 6053) == [6050, 6051, 6052]


def test_a_segment_with_an_unacknowledged_stream_is_kept():
    disk.fresh(256)
    recorder = Recorder(1, 16)
    put(recorder, 1, 0, 600)
    put(recorder, 2, 0, 600)
    put(recorder, 1, 600, 700)
    acknowledge(recorder, 1, 1, 0, 700)
    assert not any(name.endswith(".old") for name in os.listdir("rec"))
    acknowledge(recorder, 1, 2, 0, 600)
    assert sum(name.endswith(".old") for name in os.listdir("rec")) == 1


def test_an_acknowledgement_after_a_reboot_frees_the_old_boot():
    disk.fresh(128)
    before = Recorder(1, 16)
    put(before, 1, 0, 30)
    before.flush()
    after = Recorder(2, 16)
    acknowledge(after, 1, 1, 0, 29)
    assert os.listdir("rec")[0].endswith(".new")
    acknowledge(after, 1, 1, 0, 30)
    assert os.listdir("rec")[0].endswith(".old")


def test_an_acknowledgement_of_later_blocks_frees_nothing_that_came_before():
    disk.fresh(128)
    before = Recorder(1, 16)
    put(before, 1, 0, 30)
    before.flush()
    after = Recorder(2, 16)
    acknowledge(after, 1, 1, 10, 30)
    assert os.listdir("rec")[0].endswith(".new")
    acknowledge(after, 1, 1, 0, 10)
    assert os.listdir("rec")[0].endswith(".old")


def test_a_segment_knows_its_own_spans_without_being_read():
    disk.fresh(512)
    recorder = Recorder(1, 16)
    put(recorder, 1, 0, 1500)
    recorder.flush()
    assert recorder._segment_table.count > 1
    check_spans(recorder._segment_table)


def check_spans(table):
    """What is known of closed segments is what is in them."""
    for row in range(table.count - 1):
        assert table.is_known(row)
        known = list(table.spans(row))
        for _ in table.learn(table.at(row).number):
            pass
        assert [span for span in known if span[1] < span[2]] == [
            span for span in table.spans(row) if span[1] < span[2]
        ]


def test_segments_without_a_host_take_no_memory():
    disk.fresh(2048)
    recorder = Recorder(1, 16)
    put(recorder, 1, 0, 1500)
    used = []
    for begin in range(1500, 7500, 1500):
        put(recorder, 1, begin, begin + 1500)
        gc.collect()
        used.append(gc.mem_alloc())
    assert len(os.listdir("rec")) > 5
    assert max(used) - min(used) < 64


def test_every_stream_has_its_place_on_the_shelf():
    assert 0 < min(streams.NAMES) <= max(streams.NAMES) < STREAM_SLOTS


def test_more_segments_than_there_are_rows_are_kept_in_order():
    disk.fresh(512)
    table = SegmentTable(2)
    for boot in range(1, 31):
        segment = table.next_one(boot)
        with open(segment.path(), "wb") as file:
            file.write(block(2, 10 * boot, boot))
        table.put(segment)
    table = SegmentTable(2)
    assert [table.at(row).boot for row in range(table.count)] == list(range(1, 31))
    assert [table.first_of(row, 2) for row in range(30)] == [10 * boot for boot in range(1, 31)]
    assert [table.first_of(row, 1) for row in range(30)] == [-1] * 30
    table.mark_fetched(3)
    assert table.may_go(3)
    assert not table.may_go(4)
    table.remove(3)
    boots = [table.at(row).boot for row in range(table.count)]
    assert boots == [1, 2, 3] + list(range(5, 31))
    assert [table.first_of(row, 2) for row in range(29)] == [10 * boot for boot in boots]
    assert table.row_from(4) == 3
    assert table.at(3).number == 5
    assert table.row_from(31) == table.count


def test_a_reading_of_flash_lets_others_have_their_turn_each_few_frames():
    disk.fresh(400)
    before = Recorder(1, 16)
    put(before, 1, 0, 2000)
    put(before, 2, 0, 1)
    before.flush()
    after = Recorder(2, 16)
    assert longest_run(after, after.find(1, 2, 0, messages.OPEN_END)) <= 40
    after.acknowledge(messages.Ack(1, 1, 0, 2000))
    after.acknowledge(messages.Ack(1, 2, 0, 1))
    assert not any(name.endswith(".old") for name in os.listdir("rec")), "reading takes its time"
    assert longest_run(after, after.settle()) <= 40
    assert all(name.endswith(".old") for name in os.listdir("rec"))


def longest_run(recorder, steps):
    """Most frames read from flash between two turns of others."""
    read = [0]
    feed = frames.FrameReader.feed

    def counted(reader, data):
        found = feed(reader, data)
        read[0] += len(found)
        return found

    frames.FrameReader.feed = counted
    longest = 0
    for _ in steps:
        longest = max(longest, read[0])
        read[0] = 0
    frames.FrameReader.feed = feed
    return longest


def test_a_stream_of_a_later_version_is_not_in_flash():
    disk.fresh(400)
    recorder = Recorder(1, 16)
    put(recorder, 1, 0, 3000)
    assert recorder._segment_table.count > 1
    assert sequences(recorder, 200, 0, 9) == []


def test_flash_that_fails_for_a_while_costs_what_was_on_its_way_and_nothing_else():
    flash = disk.fresh(256)
    recorder = Recorder(1, 16)
    put(recorder, 1, 0, 30)
    recorder.flush()
    flash.is_failing = True
    for sequence in range(30, 90):
        put(recorder, 1, sequence, sequence + 1)
        recorder.flush()
        recorder.prepare()
    recorder.end()
    assert recorder.failure is not None
    flash.is_failing = False
    recorder.flush()
    put(recorder, 1, 90, 120)
    recorder.flush()
    found = sequences(recorder, 1, 0, 120)
    assert found[:30] == list(range(30))
    assert found[-30:] == list(range(90, 120))


def test_a_segment_that_cannot_be_marked_is_still_found():
    flash = disk.fresh(128)
    before = Recorder(1, 16)
    put(before, 1, 0, 30)
    before.flush()
    after = Recorder(2, 16)
    flash.is_failing = True
    try:
        acknowledge(after, 1, 1, 0, 30)
    except OSError:
        flash.is_failing = False
    assert not flash.is_failing
    assert sequences(after, 1, 0, 30) == list(range(30))
    assert after._segment_table.at(0).size_bytes() > 0


def test_a_segment_that_cannot_be_read_is_not_tried_for_ever():
    disk.fresh(128)
    before = Recorder(1, 16)
    put(before, 1, 0, 30)
    before.flush()
    after = Recorder(2, 16)
    after.acknowledge(messages.Ack(1, 1, 0, 30))
    os.remove(after._segment_table.at(0).path())
    assert len(list(after.settle())) == 1
    assert len(list(after.settle())) == 0


def test_acknowledgements_of_what_never_was_take_no_memory():
    disk.fresh(128)
    recorder = Recorder(7, 16)
    for boot in range(100):
        recorder.acknowledge(messages.Ack(boot, 1, 0, 9))
    assert not recorder._receipts._acked


def test_no_power_cut_loses_a_flushed_frame():
    flash = disk.fresh(512)
    state = 20260101
    kept = []
    for boot in range(1, 61):
        recorder = Recorder(boot, 16)
        for old_boot, stop in kept[-2:]:
            assert sequences(recorder, 1, 0, stop, boot=old_boot) == list(range(stop)), boot
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        flash.cut_after(state >> 8 & 63, state >> 16 & 7)
        kept.append((boot, write_until_cut(recorder)))
        flash = disk.mounted(flash)
        if boot % 8 == 0:
            kept.clear()
            for name in os.listdir("rec"):
                os.remove("rec/" + name)


def write_until_cut(recorder):
    """Number of blocks surely flushed when the power went."""
    flushed = 0
    try:
        for sequence in range(0, 400, 20):
            put_quietly(recorder, sequence, sequence + 20)
            recorder.flush()
            assert not recorder.is_full
            flushed = sequence + 20
    except disk.PowerCutError:
        pass
    return flushed


def put_quietly(recorder, first, stop):
    for sequence in range(first, stop):
        framed = block(1, sequence, recorder.boot)
        recorder.append(framed, len(framed))


def test_flash_is_filled_up_to_the_reserve_whatever_its_size():
    for blocks, reserve_kib in ((200, 128), (333, 64)):
        disk.fresh(blocks)
        recorder = Recorder(1, reserve_kib)
        put(recorder, 1, 0, blocks * 4096 // 180)
        recorder.flush()
        assert recorder.is_full
        free_kib = os.statvfs(".")[3] * 4
        assert reserve_kib - 24 <= free_kib < reserve_kib + 48, free_kib
