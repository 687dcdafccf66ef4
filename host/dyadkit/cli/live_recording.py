"""Recording at this computer: radio or cable, a status line, keys for marks, Ctrl-C to stop."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TextIO

import typer

from dyadkit.capture.flash_copy import CopyProgress
from dyadkit.capture.outcome import Outcome
from dyadkit.capture.progress import Progress
from dyadkit.capture.pull import Pulled, PullPlan, pull
from dyadkit.capture.session import RecordingPlan, record
from dyadkit.devices.discovery import cable_links, radio_links
from dyadkit.devices.pairing import Members
from dyadkit.dyad.traces import PersonName
from dyadkit.errors import SessionError
from dyadkit.links import Link, monotonic_ns
from dyadkit.links.ble import BleRadio
from dyadkit.links.usb import Cable
from dyadkit.storage.marks import set_mark
from dyadwire.messages import NO_BATTERY

FindLinks = Callable[[Members], Awaitable[dict[PersonName, Link]]]
WIDTH = 118


async def by_radio(members: Members) -> dict[PersonName, Link]:
    """Links over this computer's Bluetooth."""
    return await radio_links(members, BleRadio())


async def by_cable(members: Members) -> dict[PersonName, Link]:
    """Links over this computer's serial ports."""
    return await cable_links(members, Cable())


def record_here(
    links: FindLinks, members: Members, plan: RecordingPlan, report: Callable[[Progress], None]
) -> Outcome:
    """Record the two wearables of a dyad; both must be in reach at the start."""
    return asyncio.run(_record(links, members, plan, report))


def pull_here(links: FindLinks, members: Members, plan: PullPlan) -> Pulled:
    """Fetch both wearables' flash; Ctrl-C leaves it to be gone on with."""
    is_seen = sys.stderr.isatty()

    async def run() -> Pulled:
        return await pull(plan, await links(members), show_pulling if is_seen else lambda _: None)

    try:
        return asyncio.run(run())
    finally:
        if is_seen:
            typer.echo(err=True)


def show_pulling(progress: dict[PersonName, CopyProgress]) -> None:
    """Show how far a pull is."""
    words = [
        f"{person} {one.segments} segments, {one.size_bytes >> 10} KiB, {one.later} to go"
        + (f" ({one.complaint})" if one.complaint and not one.segments else "")
        for person, one in progress.items()
    ]
    typer.echo("\r" + "  ".join(words).ljust(WIDTH), err=True, nl=False)


async def _record(
    find: FindLinks, members: Members, plan: RecordingPlan, report: Callable[[Progress], None]
) -> Outcome:
    links = await find(members)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    if sys.platform != "win32":
        for ended in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(ended, stop.set)
    with _keys(plan.folder, loop):
        typer.echo("keys 1-9 set marks, Ctrl-C stops and fetches what is missing", err=True)
        try:
            return await record(plan, links, report, stop)
        finally:
            with contextlib.suppress(OSError):
                typer.echo(err=True)


class StatusLine:
    """One line on the terminal, redrawn; the bell rings when something new is wrong.

    In a file or a pipe it is a line whenever something changes.
    """

    def __init__(self, to: TextIO | None = None) -> None:
        self._to = to or sys.stderr
        self._redraws = self._to.isatty()
        self._alarmed: set[str] = set()
        self._reported: tuple[str, ...] = ()

    def __call__(self, now: Progress) -> None:
        """Show how the recording goes."""
        words = [f"{person} {self._person(now, person)}" for person in now.states]
        line = f"{now.phase.value} {now.elapsed_s:6.0f} s  {now.samples} samples  "
        line += "  ".join(words)
        new = {_kind(alarm) for alarm in now.alarms}
        bell = "\a" if new - self._alarmed else ""
        self._alarmed = new
        for alarm in now.alarms[:1]:
            line += f"  ! {alarm}"
        reported = (now.phase.value, *words, *sorted(new))
        with contextlib.suppress(OSError):  # a terminal that was closed ends no recording
            if self._redraws:
                self._to.write(f"\r{line.ljust(WIDTH)}{bell}")
            elif reported != self._reported:
                self._to.write(f"{line}\n")
            self._to.flush()
        self._reported = reported

    @staticmethod
    def _person(now: Progress, person: PersonName) -> str:
        percent = now.battery_percent.get(person, NO_BATTERY)
        charge = "" if percent == NO_BATTERY else f" {percent} %"
        return now.states[person].value + charge


def _kind(alarm: str) -> str:
    """An alarm without its numbers: the same alarm a second later is not a new one."""
    return "".join(letter for letter in alarm if not letter.isdigit())


@contextlib.contextmanager
def _keys(folder: Path, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Keys 1 to 9 set marks while a terminal is there to press them."""
    if sys.platform == "win32" or not sys.stdin.isatty():
        yield
        return
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)

    def pressed() -> None:
        key = sys.stdin.read(1)
        if not key:
            loop.remove_reader(terminal)  # it was closed
        if key.isdigit():
            with contextlib.suppress(SessionError):
                set_mark(folder, monotonic_ns(), f"key {key}")

    tty.setcbreak(terminal)
    loop.add_reader(terminal, pressed)
    try:
        yield
    finally:
        loop.remove_reader(terminal)
        with contextlib.suppress(termios.error):
            termios.tcsetattr(terminal, termios.TCSADRAIN, before)
