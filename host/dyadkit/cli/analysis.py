"""analyze: one session, and its report."""

from pathlib import Path
from typing import Annotated

import typer

from dyadkit.cli.options import Seed, Session
from dyadkit.cli.output import progress


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(analyze)


def analyze(
    session: Session,
    report: Annotated[Path, typer.Option(help="HTML report to write.")] = Path("report.html"),
    json_file: Annotated[
        Path | None, typer.Option("--json", help="JSON twin of the report to write.")
    ] = None,
    seed: Seed = 0,
    others: Annotated[
        list[Path] | None,
        typer.Option(help="Another dyad's session under the same schedule; may be repeated."),
    ] = None,
) -> None:
    """Analyze a session: both people's physiology, their coupling, and a report."""
    from dyadkit.analysis.whole import analyze as run
    from dyadkit.sessions.loading import load

    with progress("analyzing", 1) as _:
        strangers = [load(other) for other in others or ()]
        result = run(load(session), seed, strangers)
        result.save(report)
        if json_file:
            result.save(json_file)
    for sentence in result.sentences():
        typer.echo(sentence)
    typer.echo(f"report: {report}")
