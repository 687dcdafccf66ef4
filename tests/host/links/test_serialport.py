"""A serial port in an event loop, by file and by threads: bytes both ways, lines left alone."""

import asyncio
import os
import socket
import sys

import pytest
import serial

from dyadkit.links import serialport
from dyadkit.links.serialport import PolledPort, ThreadedPort, open_port

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="only Linux and macOS: needs a pty")


@pytest.fixture
def terminal():
    ours, theirs = os.openpty()
    os.set_blocking(ours, False)
    yield ours, os.ttyname(theirs)
    os.close(ours)
    os.close(theirs)


def opened(kind, name, on_bytes, on_lost):
    if kind is PolledPort:
        return open_port(name, on_bytes, on_lost)
    return kind(serial.Serial(name, timeout=0), on_bytes, on_lost)


@pytest.mark.parametrize("kind", [PolledPort, ThreadedPort])
def test_bytes_go_both_ways_as_they_are(terminal, kind):
    ours, name = terminal
    every = bytes(range(256)) * 8

    async def host():
        received = bytearray()
        port = opened(kind, name, received.extend, lambda: None)
        os.write(ours, every[:1024])
        while len(received) < 1024:
            await asyncio.sleep(0)
        port.write(every[:1024])
        sent = b""
        while len(sent) < 1024:
            await asyncio.sleep(0)
            try:
                sent += os.read(ours, 4096)
            except BlockingIOError:
                continue
        port.close()
        with pytest.raises(OSError, match="No such device"):
            port.write(b"x")
        return bytes(received), sent

    assert asyncio.run(host()) == (every[:1024], every[:1024])


@pytest.mark.parametrize("kind", [PolledPort, ThreadedPort])
def test_a_port_that_is_pulled_out_is_lost_once(kind):
    ours, theirs = os.openpty()
    name = os.ttyname(theirs)
    os.close(theirs)
    lost = []

    async def host():
        opened(kind, name, lambda _: None, lambda: lost.append(1))
        os.close(ours)
        while not lost:
            await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(host())
    assert lost == [1]


def test_a_port_in_use_is_refused(terminal):
    async def host():
        first = open_port(terminal[1], lambda _: None, lambda: None)
        with pytest.raises(OSError, match="exclusively lock"):
            open_port(terminal[1], lambda _: None, lambda: None)
        first.close()

    asyncio.run(host())


def test_opening_leaves_the_lines_of_a_port_as_the_system_sets_them(monkeypatch):
    seen = {}

    class Recorded:
        def __init__(self, name, baud, **options):
            seen.update(options, name=name)

        def __setattr__(self, line, value):
            seen[line] = value

    monkeypatch.setattr(serialport.serial, "Serial", Recorded)
    monkeypatch.setattr(serialport, "PolledPort", lambda *_: "open")
    assert open_port("/dev/ttyACM0", print, print) == "open"
    assert seen == {"name": "/dev/ttyACM0", "timeout": 0, "exclusive": True}


def test_a_board_behind_a_socket_is_a_port():
    async def host(number):
        received = bytearray()
        port = open_port(f"socket://127.0.0.1:{number}", received.extend, lambda: None)
        board, _ = server.accept()
        with board:
            board.sendall(b"hello")
            while len(received) < 5:
                await asyncio.sleep(0)
            port.close()
        return bytes(received)

    with socket.create_server(("127.0.0.1", 0)) as server:
        assert asyncio.run(host(server.getsockname()[1])) == b"hello"
