"""Recording at this computer: radio or cable, a status line, keys for marks, Ctrl-C to stop."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import typer

from dyadkit.dyads import Members
from dyadkit.errors import LinkError, RecordingError
from dyadkit.links import Link, monotonic_ns
from dyadkit.links.ble import BleLink, Found, Radio, scan
from dyadkit.links.serialport import is_port
from dyadkit.links.usb import UsbLink
from dyadkit.marks import set_mark
from dyadkit.outcome import Outcome
from dyadkit.preflight import Preflight
from dyadkit.session import Plan, Progress, beside, record
from dyadkit.trace import PersonName
from dyadwire.messages import NO_BATTERY

WIDTH = 118


class NoWearableError(LinkError):
    """The wearable asked for does not advertise."""

    exit_code = 4


def record_here(
    members: Members, folder: Path, dyad: str, minutes: float | None, needs: Preflight
) -> Outcome:
    """Record the two wearables of a dyad; both must be in reach at the start."""
    plan = Plan(
        folder,
        duration_s=None if minutes is None else minutes * 60,
        participants={person: one.participant for person, one in members.items()},
        about={"dyad": dyad},
        preflight=needs,
        aside=beside,
    )
    return asyncio.run(_record(plan, members))


async def found_links(members: Members, radio: Radio) -> dict[PersonName, Link]:
    """A link to each wearable of a dyad: over the cable where it is given as a serial port.

    Raises
    ------
    NoWearableError
        one is not in reach, or several have its name
    """
    on_cable = {person for person, one in members.items() if is_port(one.wearable)}
    found = await scan(radio) if len(on_cable) < len(members) else []
    return {
        person: UsbLink(one.wearable)
        if person in on_cable
        else BleLink(address_of(one.wearable, found), radio)
        for person, one in members.items()
    }


def address_of(name: str, found: list[Found]) -> str:
    """Address of the one wearable with this name or address."""
    matching = [one.address for one in found if name.lower() in (one.name, one.address.lower())]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise NoWearableError(
            f"{len(matching)} wearables are called {name} ({', '.join(matching)}): pair again "
            "with their addresses"
        )
    seen = ", ".join(one.name or one.address for one in found) or "none"
    raise NoWearableError(f"wearable {name} is not in reach (seen: {seen}); is it charged and on?")


async def _record(plan: Plan, members: Members) -> Outcome:
    links = await found_links(members, Radio())
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    if sys.platform != "win32":
        loop.add_signal_handler(signal.SIGINT, stop.set)
    with _keys(plan.folder, loop):
        typer.echo("keys 1-9 set marks, Ctrl-C stops and fetches what is missing", err=True)
        return await record(plan, links, StatusLine(), stop)


class StatusLine:
    """One line on the terminal, redrawn; the bell rings when something new is wrong."""

    def __init__(self, echo: Callable[[str], None] | None = None) -> None:
        self._echo = echo or (lambda line: typer.echo(line, err=True, nl=False))
        self._alarmed: set[str] = set()

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
        self._echo(f"\r{line.ljust(WIDTH)}{bell}")

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
        if key.isdigit():
            with contextlib.suppress(RecordingError):
                set_mark(folder, monotonic_ns(), f"key {key}")

    tty.setcbreak(terminal)
    loop.add_reader(terminal, pressed)
    try:
        yield
    finally:
        loop.remove_reader(terminal)
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
