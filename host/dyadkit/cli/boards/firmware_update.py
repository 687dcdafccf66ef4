"""update: a new application for a wearable, over radio or cable."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dyadkit.cli.options import AsJson
from dyadkit.cli.output import emit, progress

if TYPE_CHECKING:
    from dyadkit.devices.firmware_update import Application

Firmware = Annotated[
    Path | None, typer.Option(help="Folder with the package wearable; default: this dyadkit's.")
]
Processor = Annotated[
    str, typer.Option(help="xtensawin: ESP32-S3; rv32imc: ESP32-C6; default: it is asked.")
]


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(update)


def update(
    wearable: Annotated[str, typer.Argument(help="Name (as dyad-3f2a), address, or serial port.")],
    processor: Processor = "",
    firmware: Firmware = None,
    as_json: AsJson = False,
) -> None:
    """Send a wearable the application of this dyadkit.

    It is compiled for the wearable's processor. The old one stays as reserve.
    """
    import asyncio

    with progress("updating", 1.0) as advance:
        application = asyncio.run(_send(wearable, processor, firmware, advance))
    emit(
        {"wearable": wearable, "build": application.build.decode(), "bytes": len(application.data)},
        as_json,
        [
            f"{wearable} has build {application.build.decode()} ({len(application.data)} bytes) "
            "and starts over; it keeps the new application once it has run well for a minute"
        ],
    )


async def _send(
    wearable: str, processor: str, firmware: Path | None, advance: Callable[[float], None]
) -> "Application":
    from dyadkit.devices.discovery import link_to
    from dyadkit.devices.firmware_update import application_of, processor_of, send
    from dyadkit.links.ble import BleRadio
    from dyadkit.sim.device.process import firmware_folder

    link = await link_to(wearable, BleRadio())
    chosen = processor or await processor_of(link)
    application = application_of(firmware or firmware_folder(), chosen)
    await send(link, application, advance)
    return application
