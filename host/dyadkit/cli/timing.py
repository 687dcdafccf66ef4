"""sync-log: what a session says about time, for other tools."""

from pathlib import Path
from typing import Annotated

import typer

from dyadkit.cli.options import AsJson, Session
from dyadkit.cli.output import emit


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("sync-log")(sync_log)


def sync_log(
    session: Session,
    out: Annotated[Path, typer.Option(help="File to write: .json, or .json.gz for less space.")],
    as_json: AsJson = False,
) -> None:
    """Export every time reading of a session; dyadkit.clock.read_sync_log reads it back."""
    from dyadkit.clock import write_sync_log
    from dyadkit.timing import read_log

    log = read_log(session)
    write_sync_log(log, out)
    links = [
        {
            "central": link.central.value,
            "peripheral": link.peripheral,
            "exchanges": len(link.exchanges),
            "one_way": len(link.sends),
        }
        for link in log.links
    ]
    lines = [
        f"{one['central']} asked {one['peripheral']}: {one['exchanges']} exchanges, "
        f"{one['one_way']} frames timed one way"
        for one in links
    ]
    told = {"mode": log.mode.value, "file": str(out), "links": links}
    emit(told, as_json, [f"mode {log.mode.value}", *lines, f"written: {out}"])
