"""Serial ports of this computer, raw and non-blocking, served by the running event loop.

DTR and RTS stay low: raised, they reset a wearable or put it into its boot loader.
"""

import asyncio
import contextlib
import errno
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

_PATTERNS = ("ttyACM*", "ttyUSB*", "cu.usbmodem*", "cu.usbserial*")
_MAX_BYTES = 4096


def port_names() -> list[str]:
    """Ports a wearable may be on; none where this kind of port is not known (Windows)."""
    if sys.platform == "win32":
        return []
    devices = Path("/dev")
    return sorted(str(path) for pattern in _PATTERNS for path in devices.glob(pattern))


def is_port(name: str) -> bool:
    """Whether this is the name of a serial port, not of something on the radio."""
    return name.startswith("/dev/") or re.fullmatch(r"COM\d+", name) is not None


def open_port(
    name: str, on_bytes: Callable[[bytes], None], on_lost: Callable[[], None]
) -> "SerialPort":
    """Open a port within a running event loop; what arrives goes to `on_bytes`.

    Raises
    ------
    OSError
        it is not there, not permitted, in use, or this system has no such ports
    """
    if sys.platform == "win32":
        raise OSError(errno.ENOTSUP, "USB is not supported on Windows yet: use Bluetooth")
    return SerialPort(name, on_bytes, on_lost)


class SerialPort:
    """An open serial port: bytes out by `write`, bytes in by callback."""

    def __init__(
        self, name: str, on_bytes: Callable[[bytes], None], on_lost: Callable[[], None]
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_bytes = on_bytes
        self._on_lost = on_lost
        self._unsent = b""
        self._file = os.open(name, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            _make_raw(self._file)
        except BaseException:
            os.close(self._file)
            raise
        self._loop.add_reader(self._file, self._read)

    def write(self, data: bytes) -> None:
        """Send bytes, as fast as the cable takes them; OSError once the port is gone."""
        if self._file < 0:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        self._unsent += data
        self._flush()

    def close(self) -> None:
        """Let go of the port; never raises."""
        file, self._file = self._file, -1
        if file >= 0:
            self._loop.remove_reader(file)
            self._loop.remove_writer(file)
            with contextlib.suppress(OSError):
                os.close(file)

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
        if data:
            self._on_bytes(data)
        else:
            self.close()
            self._on_lost()


def _make_raw(file: int) -> None:
    """No echo, no translation, nobody else, DTR and RTS low."""
    import fcntl
    import termios

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        attributes = termios.tcgetattr(file)
        control = (attributes[2] | termios.CS8 | termios.CREAD | termios.CLOCAL) & ~termios.HUPCL
        speed = termios.B115200
        characters = list(attributes[6])
        characters[termios.VMIN], characters[termios.VTIME] = 1, 0
        raw = [0, 0, control, 0, speed, speed, characters]
        termios.tcsetattr(file, termios.TCSANOW, raw)
        termios.tcflush(file, termios.TCIFLUSH)  # what came before anybody listened is stale
    except termios.error as error:
        raise OSError(*error.args) from error
    low = (termios.TIOCM_DTR | termios.TIOCM_RTS).to_bytes(4, sys.byteorder)
    with contextlib.suppress(OSError):  # a pseudo-terminal has no such lines
        fcntl.ioctl(file, termios.TIOCMBIC, low)
