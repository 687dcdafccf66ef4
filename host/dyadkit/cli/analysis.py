"""analyze: one session, and its report."""

from pathlib import Path
from typing import Annotated

import typer

from dyadkit.cli.options import AsJson, Reports, Seed, Session
from dyadkit.cli.output import emit, progress


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(analyze)


def analyze(
    session: Session,
    report: Reports = None,
    seed: Seed = 0,
    others: Annotated[
        list[Path] | None,
        typer.Option(help="Another dyad's session under the same schedule; may be repeated."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Analyze a session: two bodies, their coupling, and a report.

    The report is report.html unless --report names others.
    """
    from dyadkit.analysis.whole import analyze as run
    from dyadkit.dyad.saving import checked_name
    from dyadkit.sessions.loading import load

    files = [checked_name(file) for file in report or [Path("report.html")]]
    dyads = [load(one) for one in (session, *(others or ()))]
    with progress("analyzing", 1):
        result = run(dyads[0], seed, dyads[1:])
    for file in files:
        result.save(file)
    lines = [*result.notes, *result.sentences(), *(f"report: {file}" for file in files)]
    emit(result.to_dict(), as_json, lines)
