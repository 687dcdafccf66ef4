"""The USB cable between a wearable and the host, in virtual time or as a pseudo-terminal."""

import contextlib
import errno
import os
import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from dyadkit.sim.device.lockstep import USB_IN, USB_LINE, LockstepDevice
from dyadkit.sim.loop import VirtualLoop

_SLOT_US = 2_000  # bytes reach the other end at the next of these
_MAX_BYTES = 64  # in one event
_LINE = struct.Struct("<?I")


@dataclass(frozen=True, slots=True)
class HostEnd:
    """How the host treats its end of a cable: opening raises DTR, and it reads as fast as it comes.

    holds_dtr : low, the board takes nobody to listen and overwrites what was not read
    bytes_per_s : at which it reads; full speed carries about a megabyte
    """

    holds_dtr: bool = True
    bytes_per_s: int = 1_000_000


class VirtualCable:
    """The cable of one wearable; it stays plugged while the wearable reboots.

    Also a `Port`: the host's end, once opened. `host_end` is how it will be opened.
    """

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self._device: LockstepDevice | None = None
        self.host_end = HostEnd()
        self._on_bytes: Callable[[bytes], None] | None = None
        self._on_lost: Callable[[], None] = lambda: None
        self._said: deque[tuple[Callable[[bytes], None], bytes]] = deque()
        self._written: deque[tuple[LockstepDevice, bytes]] = deque()

    # the wearable's end

    def power(self, device: LockstepDevice | None) -> None:
        """The wearable was switched on or off: an open port is lost with its power."""
        self._device = device
        if device is None and self._on_bytes is not None:
            self.close()
            self._on_lost()

    def say(self, data: bytes) -> None:
        """The wearable wrote to its port."""
        if self._on_bytes is not None:
            self._said.append((self._on_bytes, data))
            self._loop.call_at_us(self._next_slot_us(), self._arrive)

    def horizon_us(self) -> int | None:
        """True time before which nothing can come through the cable; None if nobody listens."""
        return None if self._on_bytes is None else self._next_slot_us()

    def _next_slot_us(self) -> int:
        return (self._loop.now_us // _SLOT_US + 1) * _SLOT_US

    def _arrive(self) -> None:
        receiver, data = self._said.popleft()
        if receiver is self._on_bytes:
            receiver(data)

    # the host's end

    def open_port(
        self, name: str, on_bytes: Callable[[bytes], None], on_lost: Callable[[], None]
    ) -> "VirtualCable":
        """Open the port; OSError while the wearable has no power or the port is in use."""
        if self._device is None:
            raise OSError(errno.ENOENT, f"no wearable at {name}")
        if self._on_bytes is not None:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        self._on_bytes, self._on_lost = on_bytes, on_lost
        end = self.host_end
        self._tell(_LINE.pack(end.holds_dtr, end.bytes_per_s))
        return self

    def write(self, data: bytes) -> None:
        """Send bytes to the wearable."""
        if self._device is None or self._on_bytes is None:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        self._written.append((self._device, data))
        self._loop.call_at_us(self._next_slot_us(), self._deliver)

    def close(self) -> None:
        """Let go of the port."""
        if self._on_bytes is not None:
            self._on_bytes = None
            self._tell(_LINE.pack(False, 0))  # noqa: FBT003 - a level on a wire

    def _tell(self, line: bytes) -> None:
        """The lines reach the wearable as bytes do."""
        if self._device is not None:
            self._loop.call_at_us(self._next_slot_us(), self._device.deliver, USB_LINE, line)

    def _deliver(self) -> None:
        device, data = self._written.popleft()
        for start in range(0, len(data), _MAX_BYTES):
            device.deliver(USB_IN, data[start : start + _MAX_BYTES])


class Terminal:
    """A pseudo-terminal joined to a virtual cable, for programs outside of the simulation."""

    def __init__(self, cable: VirtualCable, loop: VirtualLoop) -> None:
        import tty

        self._cable = cable
        self._loop = loop
        self._ours, theirs = os.openpty()
        os.set_blocking(self._ours, False)
        tty.setraw(theirs)
        self.path = os.ttyname(theirs)
        self._written: deque[bytes] = deque()
        self._theirs = theirs  # kept open: else reading fails until a program opens it
        self._open()
        loop.add_reader(self._ours, self._read)

    def _open(self) -> None:
        self._cable.open_port(self.path, self._write, self._reopen)

    def _reopen(self) -> None:
        """After a reboot; the terminal itself stays."""
        with contextlib.suppress(OSError):
            self._open()
            return
        self._loop.call_later(0.1, self._reopen)

    def _write(self, data: bytes) -> None:
        """Let a program hear the wearable; what nobody reads is lost once the terminal is full."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._ours, data)

    def _read(self) -> None:
        """Pass on what was written, not before the world comes to the time it was written at."""
        self._written.append(os.read(self._ours, 4096))
        self._loop.call_at_us(self._loop.outside_us(), self._pass_on)

    def _pass_on(self) -> None:
        data = self._written.popleft()
        with contextlib.suppress(OSError):  # no power: what is said to it is lost
            self._cable.write(data)

    def close(self) -> None:
        """End it."""
        self._loop.remove_reader(self._ours)
        self._cable.close()
        for file in (self._ours, self._theirs):
            os.close(file)
