"""lock, unlock, purge and withdraw: what people may ask of their recordings."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dyadkit.cli.options import AsJson
from dyadkit.cli.output import emit, say
from dyadkit.cli.privacy.passphrase import existing_passphrase, new_passphrase
from dyadkit.errors import SessionError

if TYPE_CHECKING:
    from dyadkit.dyad.traces import PersonName

Folder = Annotated[Path, typer.Argument(help="Session folder.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    for command in (lock, unlock, purge, withdraw):
        app.command()(command)


def lock(session: Folder, as_json: AsJson = False) -> None:
    """Lock a session under a passphrase.

    All files of the folder become one, session.locked; what was extracted is removed. There is no
    way back without the passphrase. It is asked for twice, or taken from DYADKIT_PASSPHRASE. Needs
    pip install 'dyadkit[keys]'.
    """
    from dyadkit.privacy.locking import lock as seal

    done = seal(session, new_passphrase(str(session)))
    emit(done.to_dict(), as_json, done.sentences("locked"))


def unlock(session: Folder, as_json: AsJson = False) -> None:
    """Open a locked session again, whole or not at all."""
    from dyadkit.privacy.locking import unlock as unseal

    done = unseal(session, existing_passphrase(str(session)))
    emit(done.to_dict(), as_json, done.sentences("unlocked"))


def purge(
    session: Folder,
    person: Annotated[
        str, typer.Option(help="a or b: delete their half only.", metavar="a|b")
    ] = "",
    reason: Annotated[str, typer.Option(help="Why; kept in the record.")] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask for the session's name first.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Delete a session, or one person's half of it.

    A record of what was deleted stays: names, sizes and SHA-256, in purged.json or, of a half, in
    the session itself. Copies, exports and reports that lie elsewhere are not looked for.
    """
    from dyadkit.privacy.purging import purge as delete
    from dyadkit.privacy.purging import purge_person

    who = _person(person)
    if not yes:
        _ask_to_delete(session, person)
    done = purge_person(session, who, reason) if who else delete(session, reason)
    emit(done.to_dict(), as_json, done.sentences())


def withdraw(
    session: Folder,
    person: Annotated[str, typer.Option(help="Who withdrew.", metavar="a|b")],
    words: Annotated[str, typer.Option(help="In a few words, kept in the session.")] = "",
    as_json: AsJson = False,
) -> None:
    """Note that a person withdrew from a session.

    It is neither analysed nor exported any more. What was recorded stays until it is deleted with
    purge.
    """
    from dyadkit.privacy.consent import withdraw as note

    who = _person(person)
    if who is None:
        raise typer.BadParameter("a or b", param_hint="--person")
    sentence = note(session, who, words)
    emit({"session": str(session), "person": who, "words": words}, as_json, [sentence])


def _person(word: str) -> "PersonName | None":
    if word not in ("", "a", "b"):
        raise typer.BadParameter("a or b", param_hint="--person")
    return "a" if word == "a" else "b" if word == "b" else None


def _ask_to_delete(session: Path, person: str) -> None:
    """Have a person type the session's name before anything of it is deleted."""
    what = f"all of {person} in" if person else "all of"
    say(f"type {session.resolve().name} to delete {what} {session}:", err=True)
    if sys.stdin.readline().strip() != session.resolve().name:
        raise SessionError(f"nothing was deleted: purge wants the name {session.resolve().name}")
