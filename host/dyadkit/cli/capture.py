"""record, pull and mark: from wearables to a session."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dyadkit.cli.options import DYADS_NAME, AsJson, Dyads, RadioChoice, Realtime, Usb
from dyadkit.cli.output import ExitCode, emit

if TYPE_CHECKING:
    from dyadkit.capture.outcome import Outcome
    from dyadkit.capture.preflight import Preflight
    from dyadkit.capture.session import RecordingPlan
    from dyadkit.demo.simulated import Circumstances


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    for command in (record, pull, mark):
        app.command()(command)


def record(
    dyad: Annotated[str, typer.Argument(help="Name given with pair.")],
    out: Annotated[Path, typer.Option(help="Folder to make; it must not hold a session yet.")],
    minutes: Annotated[
        float | None, typer.Option(min=0.1, help="Stop after this long; else at Ctrl-C.")
    ] = None,
    dyads: Dyads = Path(DYADS_NAME),
    usb: Usb = False,
    force: Annotated[
        bool, typer.Option("--force", help="Begin whatever the checks before it say.")
    ] = False,
    radio: Annotated[
        RadioChoice, typer.Option(help="simulated: two virtual wearables, no list of dyads.")
    ] = RadioChoice.BLUETOOTH,
    realtime: Realtime = False,
    as_json: AsJson = False,
) -> None:
    """Record a dyad, by Bluetooth or cable, until the time is up or Ctrl-C is pressed.

    Contact, signal quality, battery (20 % at least), clocks and disk are checked before. Links
    that fall are made again for ever, and what was missed is fetched. Ends with 3 if anything
    is missing in the end.
    """
    from dyadkit.capture.preflight import OnRefusal, Preflight

    needs = Preflight(OnRefusal.NOTE if force else OnRefusal.STOP, hours=(minutes or 60.0) / 60)
    if radio is RadioChoice.SIMULATED:
        outcome = _record_simulated(out, minutes or 5.0, needs, _circumstances(usb, realtime))
    else:
        outcome = _record_dyad(dyad, dyads, usb, _plan(dyad, out, minutes, needs))
    emit({**asdict(outcome), "folder": str(outcome.folder)}, as_json, outcome.sentences())
    raise typer.Exit(ExitCode.GAPS if outcome.has_gaps else ExitCode.OK)


def pull(
    dyad: Annotated[str, typer.Argument(help="Name given with pair.")],
    out: Annotated[Path, typer.Option(help="Folder to make, or of a pull to go on with.")],
    completes: Annotated[
        Path | None,
        typer.Option(help="Session to make whole: a wearable was away or this computer died."),
    ] = None,
    answer_turn_us: Annotated[
        float | None,
        typer.Option(min=0, max=1000, help="What bench-sync measured of such boards in the field."),
    ] = None,
    dyads: Dyads = Path(DYADS_NAME),
    usb: Usb = False,
    as_json: AsJson = False,
) -> None:
    """Fetch what both wearables recorded on their own; may be interrupted and gone on with.

    Everything is verified on disk before the wearables may use its flash again. A wearable that
    still records is stopped. With --completes, what a session lacks is fetched into a whole copy
    of it, from those wearables only that did not give all; the session itself is not touched.
    """
    from dyadkit.capture.completion import unfinished_members
    from dyadkit.capture.pull import PullPlan
    from dyadkit.cli.live_recording import by_cable, by_radio, pull_here
    from dyadkit.devices.pairing import read_dyad

    if completes is not None and answer_turn_us is not None:
        raise typer.BadParameter(
            "is for field recordings only, not with --completes", param_hint="--answer-turn-us"
        )
    members = read_dyad(dyads, dyad)
    participants = {person: one.participant for person, one in members.items()}
    about: dict[str, object] = {"dyad": dyad}
    if answer_turn_us is not None:
        about["answer_turn_us"] = answer_turn_us
    plan = PullPlan(out, participants, about=about, completes=completes)
    if completes is not None:
        members = unfinished_members(completes, members)
    done = pull_here(by_cable if usb else by_radio, members, plan)
    emit({**asdict(done), "folder": str(done.folder)}, as_json, done.sentences())
    raise typer.Exit(ExitCode.GAPS if done.missing_samples else ExitCode.OK)


def mark(
    session: Annotated[Path, typer.Argument(help="Folder of the session that is recording.")],
    label: Annotated[str, typer.Argument(help="What happens now.")],
) -> None:
    """Mark this moment in a session that records in another terminal."""
    from dyadkit.links import monotonic_ns
    from dyadkit.storage.marks import set_mark

    set_mark(session, monotonic_ns(), label)
    typer.echo(f"marked: {label}")


def _plan(dyad: str, out: Path, minutes: float | None, needs: "Preflight") -> "RecordingPlan":
    from dyadkit.capture.session import RecordingPlan, beside

    return RecordingPlan(
        out,
        duration_s=None if minutes is None else minutes * 60,
        about={"dyad": dyad},
        preflight=needs,
        aside=beside,
    )


def _record_dyad(dyad: str, dyads: Path, usb: bool, plan: "RecordingPlan") -> "Outcome":
    from dyadkit.cli.live_recording import StatusLine, by_cable, by_radio, record_here
    from dyadkit.devices.pairing import read_dyad

    members = read_dyad(dyads, dyad)
    participants = {person: one.participant for person, one in members.items()}
    plan = replace(plan, participants=participants)
    return record_here(by_cable if usb else by_radio, members, plan, StatusLine())


def _circumstances(usb: bool, realtime: bool) -> "Circumstances":
    from dyadkit.demo.simulated import Circumstances, Way
    from dyadkit.sim.loop import Pace

    pace = Pace.REAL if realtime else Pace.VIRTUAL
    return Circumstances(pace=pace, way=Way.CABLE if usb else Way.RADIO)


def _record_simulated(
    folder: Path, minutes: float, needs: "Preflight", circumstances: "Circumstances"
) -> "Outcome":
    from dyadkit.cli.live_recording import StatusLine
    from dyadkit.demo import simulated
    from dyadkit.sim.people import bodies

    pair = bodies.meet(bodies.Encounter(), minutes * 60 + simulated.SETTLE_S, 1)
    return simulated.record_pair(pair, circumstances, folder, StatusLine(), needs).outcome
