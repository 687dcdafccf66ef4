"""Hosts and wearables of different ages: what is understood is used, what is not is explained."""

import asyncio
from random import Random

from dyadkit.capture.wearable import Capture, CaptureState
from dyadkit.sim.loop import VirtualLoop
from dyadkit.storage import SessionWriter
from dyadwire import MAJOR, MINOR, frames, messages

SILENT_S = 0.2
HELLO = messages.Hello(MAJOR, MINOR, 1, 7, b"wearer", 0, b"0.1\0")


def framed(message):
    return frames.frame(message.KIND, messages.pack(message))


class Scripted:
    """A link that says what it was given to say and then falls silent."""

    address = "scripted"

    def __init__(self, *said):
        self.said = list(said)
        self.received = []

    async def open(self):
        pass

    async def write(self, data):
        self.received.append(messages.unpack(data[1], frames.payload_of(data)))
        return 1

    async def read(self):
        if not self.said:
            await asyncio.get_running_loop().create_future()
        return 1, self.said.pop(0)

    async def close(self):
        pass


def converse(folder, link):
    writer = SessionWriter(folder / "session")
    capture = Capture("a", link, writer, lambda: 1, Random(1))

    async def run():
        task = asyncio.create_task(capture.run(9))
        done, _ = await asyncio.wait([task], timeout=SILENT_S)
        task.cancel()
        for one in done:
            one.result()

    try:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            runner.run(run())
    finally:
        writer.abandon()
    return capture


def test_a_wearable_of_another_major_version_is_explained(tmp_path):
    link = Scripted(framed(HELLO._replace(major=MAJOR + 1)))
    capture = converse(tmp_path, link)
    assert capture.state is CaptureState.UNFIT
    assert f"speaks protocol {MAJOR + 1}." in capture.complaint
    assert "update the older" in capture.complaint


def test_a_wearable_of_a_newer_minor_version_is_recorded(tmp_path):
    newer = HELLO._replace(minor=MINOR + 7)
    longer = frames.frame(newer.KIND, messages.pack(newer) + b"more")
    link = Scripted(frames.frame(0x7D, b"unknown"), longer, frames.frame(0x7E, b"unknown"))
    capture = converse(tmp_path, link)
    assert capture.state.value == "recording"
    assert any(isinstance(message, messages.Start) for message in link.received)
