"""field: send a dyad out to record without a host, and call it back."""

from pathlib import Path
from typing import Annotated

import typer

from dyadkit.cli.options import DYADS_NAME, AsJson, Dyads
from dyadkit.cli.output import emit


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(field)


def field(
    dyad: Annotated[str, typer.Argument(help="Name given with pair.")],
    stop: Annotated[bool, typer.Option("--stop", help="Stop both; then pull.")] = False,
    dyads: Dyads = Path(DYADS_NAME),
    as_json: AsJson = False,
) -> None:
    """Let both wearables record without a computer.

    --stop calls them back. They ask each other for the time. Their buttons do the same.
    """
    import asyncio

    from dyadkit.devices.discovery import radio_links
    from dyadkit.devices.field_mode import SentOut, call_back, send_out
    from dyadkit.devices.flashing.boards import room_words
    from dyadkit.devices.pairing import read_dyad
    from dyadkit.dyad.traces import PersonName
    from dyadkit.links.ble import BleRadio

    members = read_dyad(dyads, dyad)

    async def run() -> dict[PersonName, SentOut]:
        links = await radio_links(members, BleRadio())
        if not stop:
            return await send_out(links)
        await call_back(links)
        return {}

    sent = asyncio.run(run())
    said = [f"{dyad} has stopped; fetch with: dyadkit pull"]
    if not stop:
        said = [f"{dyad} records: each wearable in its own flash, and asks the other for the time"]
        said += [
            f"{person} has room for {room_words(one.free_kib)}: stop and pull before that"
            for person, one in sent.items()
        ]
    addresses = {str(person): one.wearable for person, one in sent.items()}
    room = {str(person): one.free_kib for person, one in sent.items()}
    emit(
        {"dyad": dyad, "recording": not stop, "wearables": addresses, "free_kib": room},
        as_json,
        said,
    )
