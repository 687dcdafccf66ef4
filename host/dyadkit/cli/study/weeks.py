"""weeks: the sessions of one dyad, followed."""

from pathlib import Path
from typing import Annotated

import typer

from dyadkit.cli.options import AsJson, Reports, Seed
from dyadkit.cli.output import emit, progress, whence_lines


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(weeks)


def weeks(
    sessions: Annotated[list[Path], typer.Argument(help="Sessions of one dyad, in any order.")],
    report: Reports = None,
    days: Annotated[
        str, typer.Option(help="Day of each session, as 0,7,14; by default when each began.")
    ] = "",
    primary: Annotated[
        str,
        typer.Option(help="Measure declared before, as coupling_heart_rate: it is not corrected."),
    ] = "",
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Follow one dyad over its sessions, and report.

    Does coupling change, does each come to settle alone? The report is weeks.html unless --report
    names others.
    """
    from dyadkit.dyad.provenance import provenance
    from dyadkit.dyad.saving import checked_name
    from dyadkit.study.visits import follow
    from dyadkit.study.weeks import over_weeks

    files = [checked_name(file) for file in report or [Path("weeks.html")]]
    visits = []
    with progress("analyzing", len(sessions)) as done:
        for visit in follow(sessions, _numbers(days), seed):
            visits.append(visit)
            done(len(visits))
    found = over_weeks(visits, seed, primary)
    for file in files:
        found.save(file)
    whence = provenance(found.simulated, found.replayed)
    lines = [*whence_lines(whence), *found.sentences(), *(f"report: {file}" for file in files)]
    emit(found.to_dict(), as_json, lines)


def _numbers(words: str) -> list[float]:
    try:
        return [float(word) for word in words.split(",") if words]
    except ValueError:
        raise typer.BadParameter(f"{words!r} are not numbers of days, as in 0,7,14") from None
