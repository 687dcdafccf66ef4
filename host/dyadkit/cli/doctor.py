"""doctor: whether this computer is ready."""

from pathlib import Path
from typing import Annotated

import typer

from dyadkit.cli.options import AsJson
from dyadkit.cli.output import ExitCode, emit


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(doctor)


def doctor(
    folder: Annotated[Path, typer.Option(help="Where sessions will be written.")] = Path(),
    as_json: AsJson = False,
) -> None:
    """Check Bluetooth, cable, clock, time of day, disk and simulator, and say what to do.

    Ends with 5 if neither Bluetooth nor a plugged cable may be used, with 1 if no session can be
    written.
    """
    from dyadkit.devices.doctor import Health, examine

    found = examine(folder)
    emit({"checks": [one.to_dict() for one in found]}, as_json, [one.sentence() for one in found])
    broken = {one.check for one in found if one.health is Health.BROKEN}
    if broken & {"bluetooth", "usb serial"}:
        raise typer.Exit(ExitCode.NO_ADAPTER)
    if broken:
        raise typer.Exit(ExitCode.ERROR)
