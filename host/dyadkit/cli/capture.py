"""record, pull and mark: from wearables to a session."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from dyadkit.cli.options import DYADS_NAME, AsJson, Dyads, RadioChoice, Realtime, Usb
from dyadkit.cli.output import ExitCode, emit, stopping

if TYPE_CHECKING:
    from dyadkit.capture.outcome import Outcome
    from dyadkit.capture.preflight import Preflight
    from dyadkit.capture.session import RecordingPlan
    from dyadkit.cli.keys import MarkKeys
    from dyadkit.demo.simulated import Circumstances
    from dyadkit.devices.pairing import Members
    from dyadkit.dyad.traces import PersonName


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
    conditions: Annotated[
        str, typer.Option(help="Labels as rest,talk,play: a key of this terminal begins each.")
    ] = "",
    roles: Annotated[
        str, typer.Option(help="What a and b are to each other, as parent,child.")
    ] = "",
    consent: Annotated[
        str, typer.Option(help="What both agreed to, in a few words; kept in the session.")
    ] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Begin whatever the checks before it say.")
    ] = False,
    radio: Annotated[
        RadioChoice, typer.Option(help="simulated: two virtual wearables, no list of dyads.")
    ] = RadioChoice.BLUETOOTH,
    realtime: Realtime = False,
    live: Annotated[
        bool, typer.Option("--live", help="Show it in the browser, from a process of its own.")
    ] = False,
    port: Annotated[int, typer.Option(help="Of the page of --live; 0: any that is free.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Record a dyad until the time is up or Ctrl-C is pressed.

    While it records, keys mark: 1-9 events, a letter for each of --conditions, e the end of a
    condition, u undoes the last mark; dyadkit mark does it from another terminal.

    Contact, signal quality, battery (20 % at least), clocks and disk are checked before. Links
    that fall are made again for ever, and what was missed is fetched. The last line says how
    usable the session is. Ends with 3 if anything is missing in the end, with 6 if the session
    is not usable.
    """
    from dyadkit.capture.preflight import OnRefusal, Preflight
    from dyadkit.devices.pairing import read_dyad
    from dyadkit.sessions.usability import NOT_USABLE, usability_sentence

    needs = Preflight(OnRefusal.NOTE if force else OnRefusal.STOP, hours=(minutes or 60.0) / 60)
    keys = _keys(out, conditions)
    facts = {"dyad": dyad, **_people(roles, consent)}
    if radio is RadioChoice.SIMULATED:
        if live:
            raise typer.BadParameter("simulated people are shown by: dyadkit live --sim")
        if keys.conditions:
            raise typer.BadParameter("keys mark real wearables only", param_hint="--conditions")
        if len(facts) > 1:
            raise typer.BadParameter("simulated people are nothing to each other and agree to all")
        outcome = _record_simulated(out, minutes or 5.0, needs, _circumstances(usb, realtime))
    else:
        if keys.conditions:
            facts["conditions"] = list(keys.conditions.values())
        plan = _plan(out, minutes, needs, facts)
        shown = port if live else None
        outcome = _record_dyad(read_dyad(dyads, dyad), usb, plan, keys, shown)
    usability, reasons = _usability(outcome.folder)
    said = {*outcome.unfinished, *outcome.notes}
    unsaid = [why for why in reasons if why not in said]
    emit(
        {
            **asdict(outcome),
            "folder": str(outcome.folder),
            "usability": usability,
            "reasons": list(reasons),
        },
        as_json,
        [*outcome.sentences(), usability_sentence(usability, unsaid)],
    )
    if usability == NOT_USABLE:
        raise typer.Exit(ExitCode.UNUSABLE)
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
    """Fetch what both wearables recorded on their own.

    It may be interrupted and gone on with. Everything is verified on disk before the wearables may
    use its flash again. A wearable that still records is stopped. With --completes, what a session
    lacks is fetched into a whole copy of it, from those wearables only that did not give all; the
    session itself is not touched.
    """
    from dyadkit.capture.completion import unfinished_members
    from dyadkit.capture.pull import PullPlan
    from dyadkit.cli.live_recording import by_cable, by_radio, pull_here
    from dyadkit.devices.pairing import people_of, read_dyad

    if completes is not None and answer_turn_us is not None:
        raise typer.BadParameter(
            "is for field recordings only, not with --completes", param_hint="--answer-turn-us"
        )
    members = read_dyad(dyads, dyad)
    participants = {person: one.participant for person, one in members.items()}
    about: dict[str, object] = {"dyad": dyad, **people_of(members)}
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
    label: Annotated[str, typer.Argument(help="What happens now.")] = "",
    condition: Annotated[
        bool, typer.Option("--condition", help="It lasts: until the next condition, or --end.")
    ] = False,
    event: Annotated[
        bool, typer.Option("--event", help="It happens at this moment (the default).")
    ] = False,
    note: Annotated[
        bool, typer.Option("--note", help="It is worth knowing, and not analyzed.")
    ] = False,
    person: Annotated[
        str, typer.Option(help="a or b, if it concerns one of them only.", metavar="a|b")
    ] = "",
    end: Annotated[bool, typer.Option("--end", help="The present condition ends now.")] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Take the last mark back; may be repeated.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Mark this moment in a session that is recording.

    It records in another terminal; where it does, keys do the same. Contrasts and a person's own
    rest are told from conditions: dyadkit mark SESSION rest --condition. What is undone stays in
    the file and is left out when the session is read.
    """
    from dyadkit.links import monotonic_ns
    from dyadkit.storage import marks

    flags = {"--condition": condition, "--event": event, "--note": note, "--end": end,
             "--undo": undo}  # fmt: skip
    _check_mark(label, [flag for flag, given in flags.items() if given], person)
    who: PersonName | None = "a" if person == "a" else "b" if person == "b" else None
    at_ns = monotonic_ns()
    if undo:
        label, kind = marks.undo_mark(session, at_ns), "undo"
    elif end:
        label, kind = marks.end_condition(session, at_ns, who), "end"
    else:
        kind = _kind_of(condition, note)
        marks.set_mark(session, at_ns, label, kind, who)
    of = f" for {who}" if who else ""
    said = {
        "event": f"marked{of}: {label}",
        "condition": f"condition{of} begins: {label}",
        "note": f"noted{of}: {label}",
        "end": f"condition{of} ended: {label}",
        "undo": f"undone: {label}",
    }
    emit({"label": label, "kind": kind, "person": who, "at_ns": at_ns}, as_json, [said[kind]])


def _kind_of(condition: bool, note: bool) -> Literal["event", "condition", "note"]:
    return "condition" if condition else "note" if note else "event"


def _check_mark(label: str, flags: list[str], person: str) -> None:
    """Refuse what contradicts itself."""
    if len(flags) > 1:
        raise typer.BadParameter(f"{' and '.join(flags)} contradict each other: give one")
    needs_label = not {"--end", "--undo"} & set(flags)
    if needs_label and not label.strip():
        raise typer.BadParameter("give a label: what happens now", param_hint="LABEL")
    if not needs_label and label:
        raise typer.BadParameter(f"{flags[0]} takes no label", param_hint="LABEL")
    if person not in ("", "a", "b") or (person and "--undo" in flags):
        raise typer.BadParameter("a or b; not with --undo", param_hint="--person")


def _keys(folder: Path, conditions: str) -> "MarkKeys":
    from dyadkit.cli.keys import MarkKeys

    try:
        return MarkKeys(folder, [label.strip() for label in conditions.split(",") if conditions])
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--conditions") from None


def _people(roles: str, consent: str) -> dict[str, object]:
    """Facts of the people that no frame can give, where they were told."""
    words = [word.strip() for word in roles.split(",")] if roles else []
    if words and (len(words) != 2 or not all(words)):
        raise typer.BadParameter("give two words, as parent,child", param_hint="--roles")
    facts: dict[str, object] = {"roles": dict(zip("ab", words, strict=True))} if words else {}
    return {**facts, "consent": consent} if consent else facts


def _plan(
    out: Path, minutes: float | None, needs: "Preflight", facts: dict[str, object]
) -> "RecordingPlan":
    from dyadkit.capture.session import RecordingPlan, beside

    return RecordingPlan(
        out,
        duration_s=None if minutes is None else minutes * 60,
        about=facts,
        preflight=needs,
        aside=beside,
    )


def _record_dyad(
    members: "Members", usb: bool, plan: "RecordingPlan", keys: "MarkKeys", page: int | None
) -> "Outcome":
    from dyadkit.cli.live_recording import by_cable, by_radio, record_here
    from dyadkit.devices.pairing import people_of

    participants = {person: one.participant for person, one in members.items()}
    about = {**plan.about, **people_of(members)}
    plan = replace(plan, participants=participants, about=about)
    return record_here(by_cable if usb else by_radio, members, plan, keys, page)


def _usability(folder: Path) -> tuple[str, tuple[str, ...]]:
    """How usable what was recorded is, as `info` says it, and every reason against good."""
    from dyadkit.errors import SessionError
    from dyadkit.sessions.overview import describe
    from dyadkit.sessions.usability import NOT_USABLE

    try:
        found = describe(folder)
    except SessionError as error:
        return NOT_USABLE, (str(error),)
    return found.usability, found.reasons


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
    with stopping() as stop:
        return simulated.record_pair(pair, circumstances, folder, StatusLine(), needs, stop).outcome
