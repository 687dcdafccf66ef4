"""export: a session for other people's tools."""

from pathlib import Path
from typing import Annotated

import typer

from dyadkit.cli.options import AsJson, Session
from dyadkit.cli.output import emit
from dyadkit.formats.names import Format


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(export)


def export(
    session: Session,
    to: Annotated[Format, typer.Option(help="csv: as measured; neurokit: its column names.")],
    out: Annotated[
        Path | None, typer.Option(help="New folder; by default SESSION-FORMAT beside the session.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a session for other tools.

    What was not measured stays empty, with a mask beside it.
    """
    from dyadkit.formats import export as write
    from dyadkit.sessions.loading import load

    named = session.resolve()  # "." has no name of its own
    folder = out or session.parent / f"{named.stem}-{to.value}"
    if out is None and session.resolve() == Path.cwd():
        folder = named.with_name(f"{named.stem}-{to.value}")
    made = write(load(session), to, folder)
    names = [str(file) for file in made]
    emit({"folder": str(folder), "format": to.value, "files": names}, as_json, names)
