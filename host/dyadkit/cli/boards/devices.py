"""devices, pair and doctor: wearables in reach, who wears them, whether this computer is ready."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dyadkit.cli.options import DYADS_NAME, AboutA, AboutB, AsJson, Dyads, Usb, person_of
from dyadkit.cli.output import ExitCode, emit, say
from dyadkit.cli.privacy.warnings import warn_about_codes

if TYPE_CHECKING:
    from dyadkit.links.serialport import PortInfo


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    for command in (devices, pair, doctor):
        app.command()(command)


def devices(
    ports: Annotated[
        list[str] | None,
        typer.Argument(help="With --usb: ports to ask beside those this computer lists."),
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.5, help="How long to listen.")] = 4.0,
    usb: Usb = False,
    as_json: AsJson = False,
) -> None:
    """List wearables in reach: signal, battery, firmware, flash.

    With --usb also the serial ports at which none answers, by vendor, product and number.
    """
    import asyncio

    from dyadkit.devices import discovery
    from dyadkit.links.ble import BleRadio
    from dyadkit.links.serialport import port_names
    from dyadkit.links.usb import Cable

    cable = Cable(port_names=lambda: [*port_names(), *(ports or ())])
    asking = discovery.plugged(cable) if usb else discovery.reachable(BleRadio(), seconds)
    found = asyncio.run(asking)
    silent = _silent({one.address for one in found}) if usb else []
    emit(
        {
            "wearables": [one.to_dict() for one in found],
            "other_ports": [asdict(one) for one in silent],
        },
        as_json,
        [
            *(one.sentence() for one in found),
            *(f"{one.sentence()}  (no wearable answers)" for one in silent),
        ],
    )
    if not found:
        said = (
            "no wearable on a cable: is it plugged in, on, and not used by another program?"
            if usb
            else "no wearable in reach: is it charged, on, and not connected elsewhere?"
        )
        say(said, err=True)
        raise typer.Exit(ExitCode.NO_WEARABLE)


def _silent(answering: set[str]) -> "list[PortInfo]":
    """Serial ports on USB at which no wearable answered."""
    from dyadkit.links.serialport import ports

    return [one for one in ports() if one.name not in answering]


def pair(
    dyad: Annotated[str, typer.Argument(help="Name of the dyad, for example family-07.")],
    a: Annotated[
        str, typer.Option(help="Person a's wearable: name (as dyad-3f2a), address or port.")
    ],
    b: Annotated[
        str, typer.Option(help="Person b's wearable: name (as dyad-91c0), address or port.")
    ],
    participants: Annotated[
        tuple[str, str], typer.Option(help="Participant codes of a and b (no names).")
    ] = ("", ""),
    about_a: AboutA = "",
    about_b: AboutB = "",
    dyads: Dyads = Path(DYADS_NAME),
    as_json: AsJson = False,
) -> None:
    """Note which wearable belongs to whom, for record."""
    from dyadkit.devices.pairing import Members, Wearer, read_dyads, write_dyad

    before = read_dyads(dyads).get(dyad, {})
    members: Members = {
        "a": Wearer(a, participants[0], person_of(about_a)),
        "b": Wearer(b, participants[1], person_of(about_b)),
    }
    write_dyad(dyads, dyad, members)
    warn_about_codes(dyad, *participants)
    noted = {str(person): one.table() for person, one in members.items()}
    emit({"dyad": dyad, **noted}, as_json, [f"{dyad}: a wears {a}, b wears {b} ({dyads})"])
    for person, one in before.items():
        if one.wearable != members[person].wearable:
            say(f"note: until now {person} wore {one.wearable}", err=True)


def doctor(
    folder: Annotated[Path, typer.Option(help="Where sessions will be written.")] = Path(),
    as_json: AsJson = False,
) -> None:
    """Check whether this computer is ready, and say what to do.

    Bluetooth, cable, clock, time of day, disk and simulator are looked at. Ends with 5 if neither
    Bluetooth nor a plugged cable may be used, with 1 if no session can be written.
    """
    from dyadkit.devices.doctor import Health, examine

    found = examine(folder)
    emit({"checks": [one.to_dict() for one in found]}, as_json, [one.sentence() for one in found])
    broken = {one.check for one in found if one.health is Health.BROKEN}
    if broken & {"bluetooth", "usb serial"}:
        raise typer.Exit(ExitCode.NO_ADAPTER)
    if broken:
        raise typer.Exit(ExitCode.ERROR)
