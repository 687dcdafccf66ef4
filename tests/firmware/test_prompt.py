"""The cable on a real terminal: frames for the host, and the prompt for who asks for it."""

import importlib.util
import os
import select
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from dyadwire import MAJOR, MINOR, cobs, frames, messages
from fakes.inside_micropython import FAKES, MICROPYTHON, ROOT, compiled

HERE = Path(__file__).parent
PACKAGES = (
    ROOT / "firmware" / "wearable",
    ROOT / "firmware" / "slots",
    ROOT / "shared" / "dyadwire",
)
PATIENCE_S = 300
"""Only what hangs takes so long, however busy the machine."""


class Board:
    """The firmware in MicroPython on a pseudo-terminal of which this is the host's end."""

    def __init__(self, folder):
        import tty

        self.end, theirs = os.openpty()
        tty.setraw(theirs)
        search = os.pathsep.join(
            [
                str(FAKES),
                *map(compiled, PACKAGES),
                str(ROOT / "firmware"),
                ".frozen",
            ]
        )
        self.process = subprocess.Popen(
            [MICROPYTHON, "-i", "-X", "heapsize=1m", HERE / "prompt.py"],
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            env=os.environ | {"MICROPYPATH": search, "DYADKIT_DISK": str(folder / "disk")},
        )  # fmt: skip
        os.close(theirs)

    def hears(self, data):
        os.write(self.end, data)

    def says_until(self, wanted):
        """Everything said until `wanted(said)` is true."""
        said = b""
        deadline = time.monotonic() + PATIENCE_S
        while not wanted(said):
            left_s = deadline - time.monotonic()
            assert left_s > 0, said
            if select.select([self.end], [], [], left_s)[0]:
                said += os.read(self.end, 4096)
        return said

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.end)


@pytest.fixture
def board(tmp_path):
    made = Board(tmp_path)
    yield made
    made.close()


def greet(board):
    """Greet until the firmware, which may still be starting, answers; the kinds it answered."""
    hello = messages.Hello(MAJOR, MINOR, 0, 0, bytes(6), 0, bytes(4))
    packet = cobs.packet(frames.frame(hello.KIND, messages.pack(hello)))
    board.hears(b"\x00" + packet)
    return board.says_until(lambda said: messages.Hello.KIND in kinds_in(said))


def kinds_in(said):
    found = []
    for packet in cobs.PacketReader().feed(said):
        found += [frames.kind_of(framed) for framed in frames.FrameReader().feed(packet)]
    return found


def test_a_host_is_answered_and_then_a_developer_gets_the_prompt(board):
    greet(board)
    board.hears(b"\x03\x03\r\x00")
    greet(board)  # Ctrl-C inside of data is data
    board.hears(b"\r\x03")
    board.says_until(lambda said: said.endswith(b">>> "))
    board.hears(b"print(6 * 7)\r")
    assert b"42" in board.says_until(lambda said: b"42\n" in said.replace(b"\r", b""))


def test_mpremote_gets_the_prompt(board):
    if importlib.util.find_spec("mpremote") is None:
        pytest.skip("mpremote is not installed: the prompt is only tried by hand-made bytes")
    import tty

    greet(board)
    other, theirs = os.openpty()
    tty.setraw(theirs)
    ends = {board.end: other, other: board.end}
    done = threading.Event()

    def join():
        while not done.is_set():
            for end in select.select(list(ends), [], [], 0.1)[0]:
                os.write(ends[end], os.read(end, 4096))

    joining = threading.Thread(target=join)
    joining.start()
    try:
        path = os.ttyname(theirs)
        words = ["connect", path, "resume", "exec", "print(6 * 7)"]
        run = subprocess.run(
            [sys.executable, "-m", "mpremote", *words],
            capture_output=True, text=True, timeout=2 * PATIENCE_S, check=False,
        )  # fmt: skip
    finally:
        done.set()
        joining.join()
        os.close(other)
        os.close(theirs)
    assert run.stdout == "42\n", run.stderr
