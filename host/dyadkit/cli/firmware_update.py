"""update: a new application for a wearable, over radio or cable."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dyadkit.cli.options import AsJson
from dyadkit.cli.output import emit, progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from dyadkit.devices.firmware_update import Application


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(update)


def update(
    wearable: Annotated[str, typer.Argument(help="Name (as dyad-3f2a), address, or serial port.")],
    processor: Annotated[
        str, typer.Option(help="xtensawin: ESP32-S3; rv32imc: ESP32-C6.")
    ] = "xtensawin",
    firmware: Annotated[
        Path | None, typer.Option(help="Folder with the package wearable; default: this dyadkit's.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Send a wearable the application of this dyadkit.

    The old one stays as reserve.
    """
    import asyncio

    import dyadwire
    from dyadkit.devices.firmware_update import compile_application, shipped_application
    from dyadkit.sim.device.process import firmware_folder

    folder = firmware or firmware_folder()
    application = shipped_application(folder, processor) or compile_application(
        [folder, Path(dyadwire.__file__).parents[1]], processor
    )
    with progress("updating", 1.0) as advance:
        asyncio.run(_send(wearable, application, advance))
    emit(
        {"wearable": wearable, "build": application.build.decode(), "bytes": len(application.data)},
        as_json,
        [
            f"{wearable} has build {application.build.decode()} ({len(application.data)} bytes) "
            "and starts over; it keeps the new application once it has run well for a minute"
        ],
    )


async def _send(
    wearable: str, application: "Application", advance: "Callable[[float], None]"
) -> None:
    from dyadkit.devices.discovery import link_to
    from dyadkit.devices.firmware_update import send
    from dyadkit.links.ble import BleRadio

    await send(await link_to(wearable, BleRadio()), application, advance)
