"""info and recover: what a stored session holds, and what is left of a damaged one."""

from pathlib import Path
from typing import Annotated

import typer

from dyadkit.cli.options import AsJson, Session
from dyadkit.cli.output import emit


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    for command in (info, recover):
        app.command()(command)


def info(
    session: Session,
    as_json: AsJson = False,
) -> None:
    """Say what a session holds, and how usable it is.

    Streams, losses, rates, wearables, marks, and how well both are aligned, minute by minute.
    """
    from dyadkit.sessions.imported import describe_imported
    from dyadkit.sessions.overview import describe
    from dyadkit.storage.imported import is_imported

    described = describe_imported(session) if is_imported(session) else describe(session)
    emit(described.to_dict(), as_json, described.sentences())


def recover(
    session: Annotated[Path, typer.Argument(help="Session folder or .mcap file, damaged or not.")],
    out: Annotated[Path, typer.Option(help="New folder for the recovered session.")],
    as_json: AsJson = False,
) -> None:
    """Save what is intact of a damaged session into a new one.

    The original is not touched.
    """
    from dyadkit.storage.repair import recover as save

    recovered = save(session, out)
    emit(recovered.to_dict(), as_json, recovered.sentences())
