"""sync-log and bench-sync: what a session says about time, and how true that is."""

from pathlib import Path
from typing import Annotated

import typer

from dyadkit.cli.options import AsJson, Session
from dyadkit.cli.output import emit, progress, write_json


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("sync-log")(sync_log)
    app.command("bench-sync")(bench_sync)


def sync_log(
    session: Session,
    out: Annotated[Path, typer.Option(help="File to write: .json, or .json.gz for less space.")],
    as_json: AsJson = False,
) -> None:
    """Export every time reading of a session.

    dyadkit.clock.read_sync_log reads it back.
    """
    from dyadkit.clock import write_sync_log
    from dyadkit.sessions.sync_log import read_log

    if not out.name.endswith((".json", ".json.gz")):
        raise typer.BadParameter("end the name in .json or .json.gz", param_hint="--out")
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
    reported = {"mode": log.mode.value, "file": str(out), "links": links}
    emit(reported, as_json, [f"mode {log.mode.value}", *lines, f"written: {out}"])


def bench_sync(
    session: Annotated[Path, typer.Argument(help="Session of two boards that a wire joined.")],
    simulated: Annotated[
        bool, typer.Option("--simulated", help="Record it first: virtual boards, virtual wire.")
    ] = False,
    minutes: Annotated[float, typer.Option(min=1, help="How long to record, if simulated.")] = 5.0,
    out: Annotated[Path | None, typer.Option(help="JSON file for every fall and figure.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure alignment by a wire between two boards.

    Map minus wire: docs/clock-bench.md.
    """
    from dyadkit.devices.bench.clock_bench import measure
    from dyadkit.sessions.loading import open_session

    if simulated:
        _record_simulated_bench(session, minutes)
    found = measure(open_session(session))
    if out is not None:
        write_json(found.to_dict(), out)
    emit(found.to_dict(), as_json, found.sentences())


def _record_simulated_bench(folder: Path, minutes: float) -> None:
    from dyadkit.demo import simulated
    from dyadkit.sim.people import bodies

    pair = bodies.meet(bodies.Encounter(), minutes * 60 + simulated.SETTLE_S, 1)
    circumstances = simulated.Circumstances(settings={"sync_wire": "listen"}, wire_each_s=1.0)
    with progress("recording (simulated)", minutes * 60) as advance:
        simulated.record_pair(pair, circumstances, folder, lambda now: advance(now.elapsed_s))
