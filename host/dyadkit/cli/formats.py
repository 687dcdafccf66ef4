"""import and export: recordings of other systems as a session, and a session for other tools."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dyadkit.cli.options import AboutA, AboutB, AsJson, Session, person_of
from dyadkit.cli.output import emit, progress, say
from dyadkit.cli.privacy.warnings import warn_about_codes
from dyadkit.formats.names import Format

if TYPE_CHECKING:
    from dyadkit.dyad.traces import Dyad


class ExportTarget(StrEnum):
    """Where a session is exported to: a format of files, or streams of a network."""

    CSV = Format.CSV.value
    NEUROKIT = Format.NEUROKIT.value
    XDF = Format.XDF.value
    BIDS = Format.BIDS.value
    BDF = Format.BDF.value
    EPOCHS = "epochs"
    LSL = "lsl"


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("import")(import_)
    app.command()(export)
    app.command()(play)
    app.command()(listen)


def export(
    session: Session,
    to: Annotated[
        ExportTarget,
        typer.Option(
            help="csv: as measured; neurokit: its columns; epochs: tidy tables of conditions and "
            "epochs; lsl: played, as by play."
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="New folder; by default SESSION-FORMAT beside the session.")
    ] = None,
    alias_a: Annotated[str, typer.Option(help="Code of person a in what is written.")] = "",
    alias_b: Annotated[str, typer.Option(help="Code of person b.")] = "",
    shift_dates: Annotated[
        str, typer.Option(help="Days to move every date by; auto: drawn once for each dyad.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Write a session for other tools.

    What was not measured stays empty, with a mask beside it.
    """
    if to is ExportTarget.LSL:
        play(session, as_json=as_json)
        return
    from dyadkit.formats import export as write
    from dyadkit.formats.writers.relabelling import Labels, relabelled
    from dyadkit.sessions.loading import load

    named = session if session.name not in ("", "..") else session.resolve()  # "." has no name
    folder = out or named.with_name(f"{named.stem}-{to.value}")
    dyad = load(session)
    labels = Labels(alias_a, alias_b, _shift_days(shift_dates, dyad))
    warn_about_codes(labels.a or dyad.a.participant, labels.b or dyad.b.participant)
    dyad = relabelled(dyad, labels)
    if to is ExportTarget.EPOCHS:
        from dyadkit.analysis.tables.files import write_tables

        made = write_tables(dyad, folder)
    else:
        made = write(dyad, Format(to.value), folder)
    names = [str(file) for file in made]
    emit({"folder": str(folder), "format": to.value, "files": names}, as_json, names)


def _shift_days(words: str, dyad: "Dyad") -> int:
    """Days by which dates of an export are moved."""
    from dyadkit.formats.date_shifts import FILE_NAME, shift_days_of

    if words == "auto":
        return shift_days_of(dyad, Path(FILE_NAME))
    try:
        return int(words or "0")
    except ValueError:
        raise typer.BadParameter(
            "a whole number of days, as -40, or auto", param_hint="--shift-dates"
        ) from None


def import_(
    a: Annotated[
        Path | None,
        typer.Argument(help="Person a: a file, folder or zip; FILE#WORD for one of several."),
    ] = None,
    b: Annotated[Path | None, typer.Argument(help="Person b, likewise.")] = None,
    out: Annotated[Path | None, typer.Option(help="New folder for the session.")] = None,
    offset: Annotated[
        float | None, typer.Option(help="Seconds to add to b's times; by default found.")
    ] = None,
    event: Annotated[
        str, typer.Option(help="Label of a mark that is in both and was one moment.")
    ] = "",
    bound: Annotated[
        float | None, typer.Option(help="How well both clocks agree, in seconds (95 %).")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="TOML that says what a table's columns are.")
    ] = None,
    codings: Annotated[
        list[Path] | None, typer.Option(help="BORIS, ELAN or event table; may be repeated.")
    ] = None,
    codings_start: Annotated[
        float, typer.Option(help="When their time 0 was, in seconds of a's recording.")
    ] = 0.0,
    assays: Annotated[
        Path | None, typer.Option(help="Table of time, person, analyte, value, unit.")
    ] = None,
    explain: Annotated[
        Path | None, typer.Option(help="Say how FILE would be read, and draft a mapping.")
    ] = None,
    about_a: AboutA = "",
    about_b: AboutB = "",
    as_json: AsJson = False,
) -> None:
    """Read two people's recordings of other systems, as a session.

    Empatica E4 and EmbracePlus, EmotiBit, XDF, EDF and BDF, BIDS, AcqKnowledge, OpenSignals, and
    tables of text (Shimmer, Polar, Movesense, MindWare and any logger).
    """
    if explain is not None:
        _explain(explain, as_json)
        return
    if a is None or b is None or out is None:
        raise typer.BadParameter("give two recordings and --out FOLDER, or --explain FILE")
    from dyadkit.formats.assays import read_assays
    from dyadkit.formats.codings import read_codings
    from dyadkit.formats.importing import Joining, import_pair
    from dyadkit.formats.mapping import read_mapping

    marks = tuple(mark for file in codings or () for mark in read_codings(file))
    how = Joining(
        offset,
        bound,
        read_mapping(mapping) if mapping else None,
        marks,
        codings_start,
        read_assays(assays) if assays else (),
        event,
        (person_of(about_a), person_of(about_b)),
    )
    found = import_pair(a, b, how)
    file = found.write(out)
    emit(
        {"session": str(out), "joined": found.joined.sentence, "sources": found.sources},
        as_json,
        [*found.sentences(), f"session: {file.parent}"],
    )


def _explain(file: Path, as_json: bool) -> None:
    from dyadkit.formats.readers.explain import explain

    found = explain(file)
    lines = [line for sentence in found.sentences() for line in sentence.split("\n")]
    emit(found.to_dict(), as_json, lines)


def play(
    session: Session,
    speed: Annotated[float, typer.Option(help="Times as fast as it was.", min=0.01)] = 1.0,
    start: Annotated[float, typer.Option(help="Second of the session to begin at.", min=0.0)] = 0.0,
    as_json: AsJson = False,
) -> None:
    """Play a session through LSL outlets.

    Every signal of both people, marks, and the coupling as it was known. Ctrl-C ends it.
    """
    import time

    from dyadkit.live.lsl import play as steps
    from dyadkit.sessions.loading import load

    dyad = load(session)
    began_s = time.monotonic()

    def wait_until(second: float) -> None:
        time.sleep(max(0.0, began_s + (second - start) / speed - time.monotonic()))

    with progress(f"playing {session}", dyad.duration_s) as show:
        for second in steps(dyad, wait_until, start):
            show(second)
    played = {"session": str(session), "from_s": start, "to_s": dyad.duration_s}
    emit(played, as_json, [f"played {dyad.duration_s - start:.0f} s of {session}"])


def listen(
    session: Annotated[Path, typer.Argument(help="Folder of the session that is recording.")],
    port: Annotated[
        int | None, typer.Option(help="For lines of TCP and HTTP, on this computer only.")
    ] = None,
    lsl: Annotated[
        list[str] | None, typer.Option(help="Name of an LSL stream of markers; may be repeated.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take marks of other programs into a session that is recording.

    A line sent to the port, the body of POST /mark, or a sample of the LSL stream is a label, or
    JSON with label, kind and person. Ctrl-C ends it, not the recording.
    """
    import asyncio

    from dyadkit.formats.inlets import MarkServer, follow_lsl
    from dyadkit.links import monotonic_ns

    if port is None and not lsl:
        raise typer.BadParameter("give --port, --lsl, or both")

    async def take() -> None:
        tasks = [follow_lsl(session, name, monotonic_ns, say) for name in lsl or ()]
        if port is not None:
            server = await MarkServer(session, monotonic_ns).listen(port)
            address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
            emit({"listening": address}, as_json, [f"listening on {address}"])
            tasks.append(server.serve_forever())
        await asyncio.gather(*tasks)

    asyncio.run(take())
