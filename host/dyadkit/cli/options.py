"""Options that several commands share, and the names behind them."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Seed = Annotated[int, typer.Option(help="Of everything random; equal seeds, equal results.")]
Out = Annotated[Path | None, typer.Option(help="Folder to make; it must not hold a session yet.")]
Reports = Annotated[
    list[Path] | None,
    typer.Option(help="Report to write, .html or .json; may be repeated.", show_default=False),
]
Session = Annotated[Path, typer.Argument(help="Session folder or .mcap file.")]
Dyads = Annotated[Path, typer.Option(help="The lab's list of dyads.")]
Realtime = Annotated[bool, typer.Option(help="Let simulated time pass as slowly as real time.")]
Usb = Annotated[bool, typer.Option("--usb", help="By cable instead of Bluetooth.")]
DYADS_NAME = "dyads.toml"


class RadioChoice(StrEnum):
    """Radio that a recording uses."""

    BLUETOOTH = "bluetooth"
    SIMULATED = "simulated"
