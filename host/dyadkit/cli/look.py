"""info, analyze, weeks, recover and doctor: what is there, and what it tells."""

from pathlib import Path
from typing import Annotated

import typer

from dyadkit.cli.options import AsJson, Seed, Session
from dyadkit.cli.output import ExitCode, emit, progress


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    for command in (info, analyze, weeks, recover, doctor):
        app.command()(command)


def info(
    session: Session,
    as_json: AsJson = False,
) -> None:
    """Say what a session holds: streams, losses, rates, and how well both are aligned."""
    from dyadkit.sessions.overview import describe

    described = describe(session)
    emit(described.to_dict(), as_json, described.sentences())


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


def weeks(
    sessions: Annotated[list[Path], typer.Argument(help="Sessions of one dyad, in any order.")],
    report: Annotated[Path, typer.Option(help="HTML page to write.")] = Path("weeks.html"),
    json_file: Annotated[
        Path | None, typer.Option("--json", help="JSON twin of the page to write.")
    ] = None,
    days: Annotated[
        str, typer.Option(help="Day of each session, as 0,7,14; by default when each began.")
    ] = "",
    seed: Seed = 0,
) -> None:
    """Follow one dyad over its sessions: does coupling change, does each come to settle alone."""
    from dyadkit.dyad.saving import checked_name
    from dyadkit.study.visits import follow
    from dyadkit.study.weeks import over_weeks

    files = [checked_name(file) for file in (report, json_file) if file]
    visits = []
    with progress("analyzing", len(sessions)) as done:
        for visit in follow(sessions, _numbers(days), seed):
            visits.append(visit)
            done(len(visits))
    found = over_weeks(visits, seed)
    for file in files:
        found.save(file)
    for sentence in found.sentences():
        typer.echo(sentence)
    typer.echo(f"report: {report}")


def _numbers(words: str) -> list[float]:
    try:
        return [float(word) for word in words.split(",") if words]
    except ValueError:
        raise typer.BadParameter(f"{words!r} are not numbers of days, as in 0,7,14") from None


def recover(
    session: Annotated[Path, typer.Argument(help="Session folder or .mcap file, damaged or not.")],
    out: Annotated[Path, typer.Option(help="New folder for the recovered session.")],
    as_json: AsJson = False,
) -> None:
    """Save all that is intact of a damaged session into a new one; the original is not touched."""
    from dyadkit.storage.repair import recover as save

    recovered = save(session, out)
    emit(recovered.to_dict(), as_json, recovered.sentences())


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
