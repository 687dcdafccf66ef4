"""The terminal of a running recording: keys that mark, signals that end it, on every system."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator

from dyadkit.cli.keys import MarkKeys

ENDING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Signals that end a recording, by the names that one system or another has."""

LOOK_EACH_S = 0.05
"""How often Windows is asked for keys; a mark is at the moment its key is read."""

_FIRST_OF_TWO = ("\x00", "\xe0")
"""What Windows gives before the second half of an arrow or function key."""


@contextlib.contextmanager
def stopped_by_signals(
    loop: asyncio.AbstractEventLoop, stop: Callable[[], object]
) -> Iterator[None]:
    """Let Ctrl-C and what else ends a program stop a recording within: it drains and closes."""
    ending = [getattr(signal, name) for name in ENDING if hasattr(signal, name)]
    before = {one: signal.getsignal(one) for one in ending}
    for one in ending:
        # Not of the loop, which Windows' knows no signals; it wakes the loop all the same.
        signal.signal(one, lambda *_: loop.call_soon_threadsafe(stop))
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


@contextlib.contextmanager
def pressed(keys: MarkKeys, loop: asyncio.AbstractEventLoop) -> Iterator[bool]:
    """Let keys mark while a terminal is there to press them; gives whether one is."""
    if not sys.stdin.isatty():
        yield False
        return
    with _on_windows(keys, loop) if sys.platform == "win32" else _on_posix(keys, loop):
        yield True


@contextlib.contextmanager
def _on_posix(keys: MarkKeys, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)

    def take() -> None:
        typed = os.read(terminal, 64)
        if not typed:
            loop.remove_reader(terminal)  # it was closed
        for key in typed.decode("ascii", "ignore"):
            keys.press(key)

    tty.setcbreak(terminal)
    loop.add_reader(terminal, take)
    try:
        yield
    finally:
        loop.remove_reader(terminal)
        with contextlib.suppress(termios.error):
            termios.tcsetattr(terminal, termios.TCSADRAIN, before)


@contextlib.contextmanager
def _on_windows(keys: MarkKeys, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Windows cannot wait for a key beside a loop: it is asked now and then."""
    import msvcrt

    async def look() -> None:
        while True:
            while msvcrt.kbhit():  # type: ignore[attr-defined, unused-ignore]
                key = msvcrt.getwch()  # type: ignore[attr-defined, unused-ignore]
                if key in _FIRST_OF_TWO:
                    msvcrt.getwch()  # type: ignore[attr-defined, unused-ignore]
                else:
                    keys.press(key)
            await asyncio.sleep(LOOK_EACH_S)

    looking = loop.create_task(look())
    try:
        yield
    finally:
        looking.cancel()
