"""The write-behind task of the recorder, which also minds what becomes of flash."""

import asyncio
import time

from micropython import const

from dyadwire import messages
from wearable import recorder

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from wearable.boot_state import BootState
    from wearable.recorder import Recorder
    from wearable.supervisor import Heart, Report

_LOOK_EACH_MS = const(500)
_NOTE_WEAR_EACH = const(1 << 20)  # bytes


class Writer:
    """The schedule of writing: a page when one is full, everything each ten seconds."""

    def __init__(self, recorder: "Recorder", boot_state: "BootState", report: "Report") -> None:
        self._recorder = recorder
        self._boot_state = boot_state
        self._report = report
        self._was_full = False

    async def run(self, heart: "Heart") -> None:
        """Write for ever."""
        flushed_ms = time.ticks_ms()
        while True:
            heart.beat()
            await asyncio.sleep_ms(_LOOK_EACH_MS)
            late_ms = time.ticks_diff(time.ticks_ms(), flushed_ms)
            if self._recorder.is_due() or late_ms >= recorder.FLUSH_EACH_MS:
                flushed_ms = time.ticks_ms()
                self._write()
            self._say_when_failed()
            self._say_when_full()
            self._note_wear()

    def _write(self) -> None:
        if self._recorder.is_due():
            self._recorder.write_page()
        else:
            self._recorder.flush()

    def _say_when_failed(self) -> None:
        failure = self._recorder.failure
        if failure is not None:
            self._recorder.failure = None
            self._report(messages.FLASH_FAULT, "flash cannot be written: %r" % failure)

    def _say_when_full(self) -> None:
        is_full = self._recorder.is_full
        if is_full and not self._was_full:
            self._report(
                messages.FLASH_FAULT,
                "flash is full of data that no host has: recording goes on live",
            )
        self._was_full = is_full

    def _note_wear(self) -> None:
        """Remember, now and then, how much was written to flash."""
        written = self._recorder.written
        if written >= _NOTE_WEAR_EACH:
            self._boot_state.written_kib += written >> 10
            self._recorder.written = 0
            self._recorder.before_hold()
            self._boot_state.save()
