"""Every command with its options; what it does lives elsewhere and is imported when it runs."""

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dyadkit.cli.output import ExitCode, emit, progress

if TYPE_CHECKING:
    from dyadkit.demo import Performance
    from dyadkit.session import Outcome
    from dyadkit.sim.loop import Pace

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Seed = Annotated[int, typer.Option(help="Of everything random; equal seeds, equal results.")]
Out = Annotated[Path | None, typer.Option(help="Folder to make; it must not hold a session yet.")]
Dyads = Annotated[Path, typer.Option(help="The lab's list of dyads.")]
DYADS_NAME = "dyads.toml"
Realtime = Annotated[bool, typer.Option(help="Let simulated time pass as slowly as real time.")]


class RadioChoice(StrEnum):
    """Which radio a recording uses."""

    BLUETOOTH = "bluetooth"
    SIMULATED = "simulated"


def register(app: typer.Typer) -> None:
    """Add all commands to the application."""
    for command in (demo, replay, devices, pair, record, mark, info, analyze, recover, doctor):
        app.command()(command)


def demo(
    minutes: Annotated[float, typer.Option(min=1.5, help="Recorded minutes.")] = 5.0,
    out: Out = None,
    coupling: Annotated[
        float, typer.Option(min=-0.95, max=0.95, help="How strongly b follows a; 0: not at all.")
    ] = 0.6,
    lag_s: Annotated[float, typer.Option("--lag", help="Seconds by which b follows a.")] = 1.5,
    seed: Seed = 1,
    realtime: Realtime = False,
    as_json: AsJson = False,
) -> None:
    """Record two simulated people with two virtual wearables, and write the report."""
    from dyadkit import demo as stage
    from dyadkit.sim import bodies

    folder = out or _free_folder(f"demo-{seed}")
    cast = bodies.Cast(bodies.Follows(coupling, lag_s))
    with progress("recording (simulated)", minutes * 60) as advance:
        recorded = stage.record_pair(
            bodies.meet(cast, minutes * 60 + stage.SETTLE_S, seed),
            stage.Stage(seed=seed, pace=_pace(realtime)),
            folder,
            lambda now: advance(now.elapsed_s),
        )
    _finish_simulated(folder, recorded, as_json)


def replay(
    a_source: Annotated[Path, typer.Argument(help="E4 recording of person a.")],
    b_source: Annotated[Path, typer.Argument(help="E4 recording of person b.")],
    out: Out = None,
    seed: Seed = 1,
    realtime: Realtime = False,
    as_json: AsJson = False,
) -> None:
    """Play two people's E4 recordings through the virtual wearables' sensors; same path, report.

    A source is a folder or zip with EDA.csv and BVP.csv, or the common beginning of the names of
    such files (DIR/round_1_phase2_A for DIR/round_1_phase2_A_EDA.csv.gz and ..._BVP.csv.gz).
    """
    from dyadkit import demo as stage
    from dyadkit.replay import read_pair

    pair = read_pair(a_source, b_source)
    folder = out or _free_folder("replay")
    with progress("replaying", pair.seconds) as advance:
        recorded = stage.record_feeds(
            pair.feeds,
            pair.plan(folder, seed),
            stage.Stage.replaying(pair.ppg_rate_hz, seed, _pace(realtime)),
            lambda now: advance(now.elapsed_s),
        )
    _finish_simulated(folder, recorded, as_json)


def pair(
    dyad: Annotated[str, typer.Argument(help="Name of the dyad, for example family-07.")],
    a: Annotated[str, typer.Option(help="Name or address of person a's wearable.")],
    b: Annotated[str, typer.Option(help="Name or address of person b's wearable.")],
    participants: Annotated[
        tuple[str, str], typer.Option(help="Participant codes of a and b (no names).")
    ] = ("", ""),
    dyads: Dyads = Path(DYADS_NAME),
) -> None:
    """Note which wearable belongs to whom, for record."""
    from dyadkit.dyads import Members, Wearer, write_dyad

    members: Members = {"a": Wearer(a, participants[0]), "b": Wearer(b, participants[1])}
    write_dyad(dyads, dyad, members)
    typer.echo(f"{dyad}: a wears {a}, b wears {b} ({dyads})")


def record(
    dyad: Annotated[str, typer.Argument(help="Name given with pair.")],
    out: Annotated[Path, typer.Option(help="Folder to make; it must not hold a session yet.")],
    minutes: Annotated[float | None, typer.Option(help="Stop after this long.")] = None,
    dyads: Dyads = Path(DYADS_NAME),
    radio: Annotated[
        RadioChoice, typer.Option(help="simulated: two virtual wearables, no list of dyads.")
    ] = RadioChoice.BLUETOOTH,
    as_json: AsJson = False,
) -> None:
    """Record a dyad over Bluetooth until the time is up or Ctrl-C is pressed."""
    if radio is RadioChoice.SIMULATED:
        outcome = _record_simulated(out, minutes or 5.0)
    else:
        from dyadkit.cli.live_recording import record_here
        from dyadkit.dyads import read_dyad

        outcome = record_here(read_dyad(dyads, dyad), out, minutes)
    sentences = [f"recorded {outcome.duration_s:.0f} s to {outcome.folder}"]
    if outcome.missing_blocks:
        sentences.append(f"{outcome.missing_blocks} blocks could not be recovered: see info")
    emit(
        {"folder": str(outcome.folder), "missing_blocks": outcome.missing_blocks},
        as_json,
        sentences,
    )
    raise typer.Exit(ExitCode.GAPS if outcome.missing_blocks else ExitCode.OK)


def devices(
    seconds: Annotated[float, typer.Option(help="How long to listen.")] = 4.0,
    as_json: AsJson = False,
) -> None:
    """List wearables in reach."""
    import asyncio

    from dyadkit.links.ble import Radio, scan

    found = asyncio.run(scan(Radio(), seconds))
    rows = [{"name": one.name, "address": one.address, "rssi_dbm": one.rssi_dbm} for one in found]
    emit({"wearables": rows}, as_json,
         [f"{one.name}  {one.address}  {one.rssi_dbm} dBm" for one in found])  # fmt: skip
    if not found:
        typer.echo(
            "no wearable in reach: is it charged, on, and not connected elsewhere?", err=True
        )
        raise typer.Exit(ExitCode.NO_WEARABLE)


def info(
    session: Annotated[Path, typer.Argument(help="Session folder or .mcap file.")],
    as_json: AsJson = False,
) -> None:
    """Say what a session holds: streams, losses, rates, and how well both are aligned."""
    from dyadkit.summary import describe

    described = describe(session)
    emit(described.to_dict(), as_json, described.sentences())


def analyze(
    session: Annotated[Path, typer.Argument(help="Session folder or .mcap file.")],
    report: Annotated[Path, typer.Option(help="HTML report to write.")] = Path("report.html"),
    json_file: Annotated[
        Path | None, typer.Option("--json", help="JSON twin of the report to write.")
    ] = None,
    seed: Seed = 0,
) -> None:
    """Analyze a session: both people's physiology, their coupling, and a report."""
    import dyadkit

    with progress("analyzing", 1) as _:
        result = dyadkit.analyze(dyadkit.load(session), seed=seed)
        result.save(report)
        if json_file:
            result.save(json_file)
    for sentence in result.sentences():
        typer.echo(sentence)
    typer.echo(f"report: {report}")


def mark(
    session: Annotated[Path, typer.Argument(help="Folder of the session that is recording.")],
    label: Annotated[str, typer.Argument(help="What happens now.")],
) -> None:
    """Mark this moment in a session that records in another terminal."""
    from dyadkit.links import monotonic_ns
    from dyadkit.marks import set_mark

    set_mark(session, monotonic_ns(), label)
    typer.echo(f"marked: {label}")


def recover(
    session: Annotated[Path, typer.Argument(help="Session folder or .mcap file, damaged or not.")],
    out: Annotated[Path, typer.Option(help="New folder for the recovered session.")],
    as_json: AsJson = False,
) -> None:
    """Save all that is intact of a damaged session into a new one; the original is not touched."""
    from dyadkit.recovery import recover as save

    recovered = save(session, out)
    emit(recovered.to_dict(), as_json, recovered.sentences())


def doctor(
    folder: Annotated[Path, typer.Option(help="Where sessions will be written.")] = Path(),
    as_json: AsJson = False,
) -> None:
    """Check Bluetooth, cable, clock, disk and simulator, and say what to do."""
    from dyadkit.doctor import Health, examine

    found = examine(folder)
    emit({"checks": [one.to_dict() for one in found]}, as_json, [one.sentence() for one in found])
    if any(one.check == "bluetooth" and one.health is Health.BROKEN for one in found):
        raise typer.Exit(ExitCode.NO_ADAPTER)
    if any(one.health is Health.BROKEN for one in found):
        raise typer.Exit(ExitCode.ERROR)


def _finish_simulated(folder: Path, recorded: "Performance", as_json: bool) -> None:
    import dyadkit

    with progress("analyzing", 1) as _:
        result = dyadkit.analyze(dyadkit.load(folder), seed=0)
        result.save(folder / "report.html")
        result.save(folder / "report.json")
    summary = {
        "folder": str(folder),
        "report": str(folder / "report.html"),
        "frames_hash": recorded.frames_hash,
        "missing_blocks": recorded.outcome.missing_blocks,
        "fidelity": {person: asdict(kept) for person, kept in recorded.fidelity.items()},
    }
    lines = [
        f"person {person}: {kept.given} pulse samples given by the sensor, {kept.missing} missing, "
        f"{kept.altered} altered"
        for person, kept in recorded.fidelity.items()
    ]
    frames = f"hash of all simulated frames: {recorded.frames_hash}"
    emit(summary, as_json, [*result.sentences(), *lines, frames, f"report: {summary['report']}"])


def _record_simulated(folder: Path, minutes: float) -> "Outcome":
    from dyadkit import demo as stage
    from dyadkit.sim import bodies

    pair = bodies.meet(bodies.Cast(), minutes * 60 + stage.SETTLE_S, 1)
    with progress("recording (simulated)", minutes * 60) as advance:
        done = stage.record_pair(pair, stage.Stage(), folder, lambda now: advance(now.elapsed_s))
    return done.outcome


def _pace(realtime: bool) -> "Pace":
    from dyadkit.sim.loop import Pace

    return Pace.REAL if realtime else Pace.VIRTUAL


def _free_folder(stem: str) -> Path:
    folder, count = Path(stem), 1
    while folder.exists():
        count += 1
        folder = Path(f"{stem}-{count}")
    return folder
