"""Options that several commands share, and the names behind them."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dyadkit.dyad.people import Person

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
_ABOUT = "age_years=0.5 or age_band=infant, pulse_site=toe, pregnant=yes, arrhythmia=…"
AboutA = Annotated[str, typer.Option(help=f"Who person a is: {_ABOUT}.")]
AboutB = Annotated[str, typer.Option(help="Who person b is, likewise; never a date of birth.")]
DYADS_NAME = "dyads.toml"


class RadioChoice(StrEnum):
    """Radio that a recording uses."""

    BLUETOOTH = "bluetooth"
    SIMULATED = "simulated"


def person_of(text: str) -> "Person":
    """The person of an option's words; a usage error where they are none."""
    from dyadkit.dyad.people import Person

    try:
        return Person.of_text(text)
    except ValueError as error:
        raise typer.BadParameter(f"{error}") from None
