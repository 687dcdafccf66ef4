"""Recording at this computer: Bluetooth or cable, a status line, Ctrl-C as the stop button."""

import asyncio
import signal
import sys
from pathlib import Path

import typer

from dyadkit.dyads import Members
from dyadkit.errors import LinkError
from dyadkit.links import Link
from dyadkit.links.ble import BleLink, Found, Radio, scan
from dyadkit.links.serialport import is_port
from dyadkit.links.usb import UsbLink
from dyadkit.session import Outcome, Plan, Progress, record
from dyadkit.trace import PersonName

SILENCE_ALARM_S = 3.0


class NoWearableError(LinkError):
    """The wearable asked for does not advertise."""

    exit_code = 4


def record_here(members: Members, folder: Path, minutes: float | None) -> Outcome:
    """Record the two wearables of a dyad; both must be in reach at the start."""
    plan = Plan(
        folder,
        duration_s=None if minutes is None else minutes * 60,
        participants={person: one.participant for person, one in members.items()},
    )
    return asyncio.run(_record(plan, members))


async def _record(plan: Plan, members: Members) -> Outcome:
    links = await _links(members)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    if sys.platform != "win32":
        loop.add_signal_handler(signal.SIGINT, stop.set)
    return await record(plan, links, _show, stop)


async def _links(members: Members) -> dict[PersonName, Link]:
    """A link to each wearable: over the cable where it is given as a serial port."""
    radio = Radio()
    on_cable = {person for person, one in members.items() if is_port(one.wearable)}
    found = await scan(radio) if len(on_cable) < len(members) else []
    return {
        person: UsbLink(one.wearable)
        if person in on_cable
        else BleLink(_address(one.wearable, found), radio)
        for person, one in members.items()
    }


def _address(name: str, found: list[Found]) -> str:
    matching = [one.address for one in found if name in (one.name, one.address)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise NoWearableError(f"{len(matching)} wearables are called {name}: give the address")
    seen = ", ".join(one.name or one.address for one in found) or "none"
    raise NoWearableError(f"wearable {name} is not in reach (seen: {seen}); is it charged and on?")


def _show(now: Progress) -> None:
    words = [f"{person} {state.value}" for person, state in now.states.items()]
    line = f"\r{now.elapsed_s:6.0f} s  {now.samples} samples  " + "  ".join(words)
    silent = [person for person, seconds in now.silent_s.items() if seconds > SILENCE_ALARM_S]
    if silent:
        line += f"  \a{' and '.join(silent)} silent: bring closer; its flash goes on recording"
    typer.echo(line.ljust(100), err=True, nl=False)
