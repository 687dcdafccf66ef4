# ruff: noqa: PTH123
"""Updates that break off, hold nothing or find no room: nothing of them stays.

MicroPython has no pathlib.
"""

import asyncio
import binascii
import os

import disk
from bench import greet, play
from trials import row

import slots
from dyadwire import messages
from dyadwire.states import IDLE, UPDATING
from wearable import board


def test_an_update_whose_host_is_gone_leaves_no_file_open():
    disk.fresh()

    async def scene(bench):
        await greet(bench)
        bench.say(messages.Offer(400, 1))
        bench.say(messages.Piece(0, b"\x05x.mpy\x00\x01\x00\x00....half of it"))
        await bench.settle(2)
        file = bench.wearable.update._file
        bench.radio.disconnect()
        await bench.settle(2)
        try:
            file.write(b"written when garbage is collected")
        except (OSError, ValueError):
            return
        raise AssertionError("the file is open")

    assert play(scene).wearable.state_machine.state == IDLE


def test_an_update_of_nothing_is_damaged():
    disk.fresh()

    async def scene(bench):
        await greet(bench)
        bench.say(messages.Offer(0, 0))
        bench.say(messages.Piece(0, b""))
        await bench.settle(2)

    bench = play(scene)
    assert bench.heard(messages.Updated) == [messages.Updated(0, messages.UPDATE_DAMAGED)]
    assert not slots.is_on_trial()


def test_an_update_that_flash_cannot_hold_is_damaged_and_gives_the_room_back():
    disk.fresh(20)

    async def scene(bench):
        await greet(bench)
        free = os.statvfs(".")[3]
        bench.say(messages.Offer(500_000, 1))
        bench.say(messages.Piece(0, b"\x05x.mpy\x00\x00\x10\x00...."))
        await bench.settle(2)
        update = bench.wearable.update
        while bench.wearable.state_machine.state == UPDATING:
            bench.radio.notified.clear()
            bench.say(messages.Piece(update._got, bytes(200)))
            await asyncio.sleep_ms(1)
        await bench.settle(2)
        assert update._got > 20_000
        assert os.statvfs(".")[3] == free

    bench = play(scene)
    assert bench.heard(messages.Updated) == [messages.Updated(1, messages.UPDATE_DAMAGED)]
    assert bench.wearable.state_machine.state == IDLE


def test_an_offer_that_finds_flash_failing_is_refused_and_the_next_is_taken():
    flash = disk.fresh()
    with open("slot-a", "w") as file:
        file.write("of the update before")

    async def scene(bench):
        await greet(bench)
        flash.is_failing = True
        bench.say(messages.Offer(400, 1))
        await bench.settle(2)
        flash.is_failing = False
        bench.say(messages.Offer(400, 2))
        await bench.settle(2)

    bench = play(scene)
    assert bench.heard(messages.Updated) == [messages.Updated(1, messages.UPDATE_DAMAGED)]
    assert bench.heard(messages.Wants) == [messages.Wants(0)]
    assert bench.wearable.state_machine.state == UPDATING


def sent_whole(data):
    """What the wearable says of an update with these bytes."""

    async def scene(bench):
        await greet(bench)
        bench.say(messages.Offer(len(data), binascii.crc32(data)))
        bench.say(messages.Piece(0, data))
        await bench.settle(2)

    disk.fresh()
    return [said.outcome for said in play(scene).heard(messages.Updated)]


def test_an_update_for_another_processor_or_interpreter_is_refused_whoever_sends_it():
    other = messages.RV32IMC if board.PROCESSOR != messages.RV32IMC else messages.XTENSAWIN
    for header, outcome in (
        (bytes((ord("M"), board.MPY_VERSION, board.PROCESSOR << 2, 31)), messages.UPDATE_COMPLETE),
        (bytes((ord("M"), board.MPY_VERSION, 0, 31)), messages.UPDATE_COMPLETE),
        (bytes((ord("M"), board.MPY_VERSION, other << 2, 31)), messages.UPDATE_FOR_ANOTHER),
        (bytes((ord("M"), board.MPY_VERSION + 1, 0, 31)), messages.UPDATE_FOR_ANOTHER),
        (b"no", messages.UPDATE_FOR_ANOTHER),
    ):
        data = row((b"wearable/device.mpy", header))
        assert sent_whole(data) == [outcome], header


def test_what_is_no_row_of_files_is_damaged():
    assert sent_whole(b"nonsense of which nothing can be made") == [messages.UPDATE_DAMAGED]
