"""flash: from a bare board to a wearable, and a newer application for one that is flashed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dyadkit.cli.options import AsJson
from dyadkit.cli.output import ExitCode, complain, emit

if TYPE_CHECKING:
    from dyadkit.devices.flashing.sequence import FlashedBoard, FlashPlan

REGISTER_NAME = "wearables.toml"


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(flash)


def flash(
    ports: Annotated[
        list[str] | None,
        typer.Argument(
            help="Serial ports, as /dev/ttyACM0, COM7 or socket://host:port; default: all boards."
        ),
    ] = None,
    board: Annotated[
        list[str] | None, typer.Option(help="feathers3, xiao_esp32s3, xiao_esp32c6 or esp32s3.")
    ] = None,
    name: Annotated[
        list[str] | None, typer.Option(help="Name of the wearable; one for each port.")
    ] = None,
    image: Annotated[Path | None, typer.Option(help="Image of MicroPython, as downloaded.")] = None,
    sha256: Annotated[
        str, typer.Option(help="Of an image that dyadkit does not know and you trust.")
    ] = "",
    erase: Annotated[
        bool, typer.Option("--erase", help="Lose what was recorded; asks for the name.")
    ] = False,
    update: Annotated[
        bool, typer.Option("--update", help="Only send wearables the newest application.")
    ] = False,
    lab: Annotated[Path, typer.Option(help="The lab's register of wearables.")] = Path(
        REGISTER_NAME
    ),
    kit: Annotated[
        Path | None, typer.Option(help="Give each a key that follows from this; see dyadkit keys.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a wearable of each board: firmware, name and key.

    Boards may be new or have been used before; BOOT need not be held. A board that holds recordings
    nobody fetched is refused. Needs pip install 'dyadkit[flash]'. Ends with 1 if any board is not
    ready; whatever happened, the same command again completes it.
    """
    if update:
        _update(ports or [], as_json)
        return
    plans = _plans(_ports(ports), board or [], name or [], image, sha256, erase, lab)
    if erase:
        _ask_to_erase([plan.name for _, plan in plans])
    done, failed = _flash_all(plans)
    if kit is not None:
        _give_keys(done, kit)
    emit({"boards": [one.to_dict() for one in done]}, as_json, [one.sentence() for one in done])
    if failed or any(one.complaint for one in done):
        raise typer.Exit(ExitCode.ERROR)


def _ports(given: list[str] | None) -> list[str]:
    """The ports given, else those of all boards that are plugged in."""
    from dyadkit.devices.usb_boards import BY_VENDOR
    from dyadkit.links.serialport import ports

    found = given or [one.name for one in ports() if one.vendor in BY_VENDOR]
    if not found:
        raise typer.BadParameter(
            "no board on USB: plug it in with a cable that carries data (dyadkit doctor)",
            param_hint="PORTS",
        )
    return found


def _plans(
    ports: list[str],
    boards: list[str],
    names: list[str],
    image: Path | None,
    sha256: str,
    erase: bool,
    lab: Path,
) -> "list[tuple[str, FlashPlan]]":
    from dyadkit.devices.flashing.boards import board_named
    from dyadkit.devices.flashing.filesystem import check_name
    from dyadkit.devices.flashing.sequence import FlashPlan, OldRecordings
    from dyadkit.sim.device.process import firmware_folder

    if len(names) != len(ports) or len(set(names)) < len(names):
        raise typer.BadParameter(
            f"{len(ports)} ports ({', '.join(ports)}) need as many different names",
            param_hint="--name",
        )
    if len(boards) not in (1, len(ports)):
        raise typer.BadParameter("give one for all, or one for each port", param_hint="--board")
    for one in names:
        check_name(one)
    kinds = [board_named(one) for one in boards] * (len(ports) if len(boards) == 1 else 1)
    old = OldRecordings.LOSE if erase else OldRecordings.KEEP
    firmware = firmware_folder()
    return [
        (port, FlashPlan(kind, called, image, lab, firmware, sha256, old))
        for port, kind, called in zip(ports, kinds, names, strict=True)
    ]


def _ask_to_erase(names: list[str]) -> None:
    """Have a person type the name of each wearable that is to lose what it holds."""
    import sys

    from dyadkit.devices.flashing.boards import FlashError

    for name in names:
        typer.echo(f"type {name} to erase all that is on that board: ", nl=False, err=True)
        if sys.stdin.readline().strip() != name:
            raise FlashError(f"nothing was erased: --erase wants the name {name} typed")


def _flash_all(
    plans: "list[tuple[str, FlashPlan]]",
) -> "tuple[list[FlashedBoard], int]":
    import asyncio

    from dyadkit.devices.flashing.sequence import FlashBench, flash_board
    from dyadkit.errors import DyadkitError

    bench: FlashBench = FlashBench()
    done: list[FlashedBoard] = []
    for port, plan in plans:

        def say(step: str, port: str = port) -> None:
            typer.echo(f"{port}: {step}", err=True)

        try:
            done.append(asyncio.run(flash_board(port, plan, bench, say)))
        except DyadkitError as error:  # the other boards are flashed all the same
            complain(error)
    return done, len(plans) - len(done)


def _give_keys(flashed: "list[FlashedBoard]", kit: Path) -> None:
    """Give each wearable that was flashed its key; why one has none is said and no failure."""
    import asyncio
    from functools import partial

    from dyadkit.cli.privacy.passphrase import existing_passphrase
    from dyadkit.devices.key_file import is_locked, read_keys, write_keys
    from dyadkit.devices.key_over_cable import give_key
    from dyadkit.errors import DyadkitError
    from dyadkit.links.usb import UsbLink

    words = existing_passphrase(str(kit)) if is_locked(kit) else ""
    keys = read_keys(kit, words)
    for board in flashed:
        try:
            keys, _ = asyncio.run(give_key(partial(UsbLink, board.port), keys))
            write_keys(kit, keys, words)
        except DyadkitError as error:
            complain(error)


def _update(wearables: list[str], as_json: bool) -> None:
    from dyadkit.cli.boards.firmware_update import update

    if not wearables:
        raise typer.BadParameter("name the wearables to update", param_hint="PORTS")
    for one in wearables:
        update(one, as_json=as_json)
