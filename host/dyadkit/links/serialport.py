"""Serial ports of this computer by pyserial: which there are, and one of them in an event loop.

DTR and RTS stay as opening sets them, high: with DTR low the USB of an ESP32-S3 overwrites what it
has not sent yet, and RTS high with DTR low restarts an ESP32-C6.
"""

import asyncio
import contextlib
import errno
import os
import queue
import re
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import serial
from serial.tools import list_ports

BAUD = 115_200
"""Only of a board whose USB is a chip of its own; native USB takes no notice of it."""

CLOSED = (OSError, TypeError, AttributeError)
"""What pyserial raises of a port that was closed meanwhile."""

_MAX_BYTES = 4096
SOCKET = "socket://"
"""How the name of a port begins that is reached through the network."""

OnBytes = Callable[[bytes], None]
OnLost = Callable[[], None]


@dataclass(frozen=True, slots=True)
class PortInfo:
    """A serial port on USB, and what the device behind it tells of itself."""

    name: str
    vendor: int
    product: int
    serial_number: str = ""
    says: str = ""

    def sentence(self) -> str:
        """A line for a person."""
        number = f", number {self.serial_number}" if self.serial_number else ""
        return f"{self.name}  {self.vendor:04x}:{self.product:04x}  {self.says}{number}"


def ports() -> list[PortInfo]:
    """Serial ports on USB, by name."""
    found = [
        PortInfo(one.device, one.vid, one.pid or 0, one.serial_number or "", one.product or "")
        for one in list_ports.comports()
        if one.vid is not None
    ]
    return sorted(found, key=lambda one: one.name)


def port_names() -> list[str]:
    """Names of the ports a wearable may be on."""
    return [one.name for one in ports()]


def is_port(name: str) -> bool:
    """Whether this is the name of a serial port, not of something on the radio."""
    return name.startswith(("/dev/", SOCKET)) or re.fullmatch(r"COM\d+", name, re.I) is not None


def may_be_there(name: str) -> bool:
    """Whether a port that is not listed may be opened all the same: a pseudo-terminal, a socket."""
    return is_port(name) and (not name.startswith("/") or Path(name).exists())


def same_port(one: str, other: str) -> bool:
    """Whether two names are of one port: on Windows com7 is COM7."""
    return one == other or (not one.startswith("/") and one.upper() == other.upper())


def open_port(name: str, on_bytes: OnBytes, on_lost: OnLost) -> "SerialPort":
    """Open a port within a running event loop; what arrives goes to `on_bytes`.

    Raises
    ------
    OSError
        it is not there, not permitted, or in use
    """
    try:
        if name.startswith(SOCKET):
            opened = serial.serial_for_url(name, timeout=0)
        else:
            opened = serial.Serial(name, BAUD, timeout=0, exclusive=True)
    except ValueError as error:
        raise OSError(errno.EINVAL, f"{name} is no serial port: {error}") from error
    if sys.platform == "win32":
        return ThreadedPort(opened, on_bytes, on_lost)
    return PolledPort(opened, on_bytes, on_lost)


class SerialPort:
    """An open serial port: bytes out by `write`, bytes in by callback."""

    def __init__(self, opened: serial.Serial, on_bytes: OnBytes, on_lost: OnLost) -> None:
        self._port: serial.Serial | None = opened
        self._loop = asyncio.get_running_loop()
        self._on_bytes = on_bytes
        self._on_lost = on_lost
        self._begin(opened)

    def _begin(self, port: serial.Serial) -> None:
        """Start to read."""
        raise NotImplementedError

    def write(self, data: bytes) -> None:
        """Send bytes, as fast as the cable takes them; OSError once the port is gone."""
        if self._port is None:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        self._send(data)

    def _send(self, data: bytes) -> None:
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the port; never raises."""
        port, self._port = self._port, None
        if port is not None:
            self._end()
            with contextlib.suppress(OSError):
                port.close()

    def _end(self) -> None:
        """Stop to read."""
        raise NotImplementedError

    def _take(self, data: bytes) -> None:
        """Hand on what was read; nothing was read where the port is gone."""
        if self._port is None:
            return
        if data:
            self._on_bytes(data)
        else:
            self.close()
            self._on_lost()


class PolledPort(SerialPort):
    """A port that the event loop itself waits for: where a port is a file."""

    def _begin(self, port: serial.Serial) -> None:
        self._unsent = b""
        self._file = port.fileno()
        os.set_blocking(self._file, False)
        self._loop.add_reader(self._file, self._read)

    def _end(self) -> None:
        self._loop.remove_reader(self._file)
        self._loop.remove_writer(self._file)

    def _send(self, data: bytes) -> None:
        self._unsent += data
        self._flush()

    def _flush(self) -> None:
        try:
            sent = os.write(self._file, self._unsent)
        except BlockingIOError:
            sent = 0
        self._unsent = self._unsent[sent:]
        if self._unsent:
            self._loop.add_writer(self._file, self._flush)
        else:
            self._loop.remove_writer(self._file)

    def _read(self) -> None:
        try:
            data = os.read(self._file, _MAX_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self._take(data)


class ThreadedPort(SerialPort):
    """A port with two threads that wait for it: where an event loop cannot, as on Windows."""

    _EACH_S = 0.2
    """A read that waits no longer than this sees that the port was closed."""

    def _begin(self, port: serial.Serial) -> None:
        port.timeout = self._EACH_S
        self._unsent: queue.Queue[bytes | None] = queue.Queue()
        for work in (self._read_on, self._write_on):
            threading.Thread(target=work, args=(port,), daemon=True).start()

    def _end(self) -> None:
        self._unsent.put(None)

    def _send(self, data: bytes) -> None:
        self._unsent.put(data)

    def _read_on(self, port: serial.Serial) -> None:
        while self._port is port:
            try:
                data = port.read(port.in_waiting or 1)
            except CLOSED:
                self._tell(b"")
                return
            if data:
                self._tell(data)

    def _write_on(self, port: serial.Serial) -> None:
        while (data := self._unsent.get()) is not None:
            try:
                port.write(data)
            except CLOSED:
                self._tell(b"")
                return

    def _tell(self, data: bytes) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._take, data)
