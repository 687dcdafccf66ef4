"""Commands about boards outside of a recording: found, flashed, updated, tested, calibrated."""

import typer

from dyadkit.cli.boards import bringup, calibration, devices, field_mode, firmware_update, flashing


def register(app: typer.Typer) -> None:
    """Add the commands of this folder to the application."""
    for family in (devices, field_mode, flashing, firmware_update, bringup, calibration):
        family.register(app)
