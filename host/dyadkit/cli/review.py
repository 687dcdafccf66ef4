"""correct: what a reviewer changes by hand in one person's beats and artefacts."""

from typing import TYPE_CHECKING, Annotated

import typer

from dyadkit.cli.options import AsJson, Session
from dyadkit.cli.output import emit

if TYPE_CHECKING:
    from dyadkit.dyad.traces import Correction, PersonName

Span = tuple[float, float]


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(correct)


def correct(
    session: Session,
    person: Annotated[str, typer.Option(help="Whose signals were looked at.", metavar="a|b")],
    beat: Annotated[
        float | None, typer.Option(help="A beat that was missed, in session seconds.")
    ] = None,
    no_beat: Annotated[float | None, typer.Option(help="The beat found there is none.")] = None,
    pulse_artefact: Annotated[
        Span | None, typer.Option(help="From and to: no pulse can be trusted.", show_default=False)
    ] = None,
    skin_artefact: Annotated[
        Span | None, typer.Option(help="From and to: no skin conductance.", show_default=False)
    ] = None,
    undo: Annotated[int | None, typer.Option(help="Take back a correction, by number.")] = None,
    by: Annotated[str, typer.Option(help="Name or initials of the reviewer.")] = "",
    why: Annotated[str, typer.Option(help="What was seen.")] = "",
    saw_partner: Annotated[
        bool, typer.Option("--saw-partner", help="The partner's signals were in sight.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Correct one person's beats and artefacts by hand.

    Review one person at a time, without the partner's signals in sight: what is corrected to fit
    the partner looks like synchrony. Corrections stand in a log beside the session, apply whenever
    it is analyzed, and are said in its report.
    """
    from dyadkit.dyad.traces import Correction
    from dyadkit.sessions import corrections

    who = _person(person)
    instants = {"beat": beat, "no beat": no_beat}
    spans = {"pulse artefact": pulse_artefact, "skin artefact": skin_artefact}
    asked = {kind: (at_s, at_s) for kind, at_s in instants.items() if at_s is not None}
    asked |= {kind: span for kind, span in spans.items() if span is not None}
    if len(asked) + (undo is not None) > 1:
        raise ValueError("one correction at a time: each has a line and a reason of its own")
    corrections.check_session(session)
    if undo is not None:
        corrections.take_back(session, who, undo, by)
    for kind, (start_s, stop_s) in asked.items():
        one = Correction(kind, start_s, stop_s, by, saw_partner)  # type: ignore[arg-type]
        corrections.correct(session, who, one, why)
    entries = corrections.review_of(session, who)
    lines = [
        f"{one.n}. {_words(one.correction)}, by {one.correction.reviewer}"
        + (f": {one.why}" if one.why else "")
        + (" (taken back)" if one.undone else "")
        for one in entries
    ]
    nothing = [f"Nothing of {who} was corrected."]
    emit({"person": who, "entries": [one.to_dict() for one in entries]}, as_json, lines or nothing)


def _person(given: str) -> "PersonName":
    if given == "a":
        return "a"
    if given == "b":
        return "b"
    raise ValueError(f"--person must be a or b, not {given}")


def _words(one: "Correction") -> str:
    where = f"at {one.start_s:g} s" if one.start_s == one.stop_s else (
        f"{one.start_s:g} to {one.stop_s:g} s"
    )  # fmt: skip
    return f"{one.kind} {where}{' (partner in sight)' if one.saw_partner else ''}"
