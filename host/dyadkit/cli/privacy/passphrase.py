"""Passphrase of a person: asked for without showing it, or given by another program."""

import os
import sys

import typer

from dyadkit.errors import SessionError

VARIABLE = "DYADKIT_PASSPHRASE"
"""For scripts; an argument would stand in the list of processes and the shell's history."""
MIN_LETTERS = 12
"""Of a shorter one is said that it may be guessed: scrypt makes a guess cost half a second."""


def existing_passphrase(of: str) -> str:
    """The passphrase of something that is sealed."""
    return _given() or _asked(f"passphrase of {of}")


def new_passphrase(of: str) -> str:
    """A passphrase that is to be set: asked for twice, and judged by its length.

    Raises
    ------
    SessionError
        it is empty, or was typed in two ways
    """
    words = _given()
    if not words:
        words = _asked(f"new passphrase of {of}")
        if words != _asked("the same again"):
            raise SessionError("these are two different passphrases: nothing was done")
    if not words:
        raise SessionError("an empty passphrase protects nothing: give one")
    if len(words) < MIN_LETTERS:
        typer.echo(
            f"dyadkit: warning: a passphrase of {len(words)} characters may be guessed; "
            f"{MIN_LETTERS} or more are better, as of five words",
            err=True,
        )
    return words


def _given() -> str:
    return os.environ.get(VARIABLE, "")


def _asked(what: str) -> str:
    if sys.stdin.isatty():
        words: str = typer.prompt(what, hide_input=True, default="", show_default=False, err=True)
        return words
    typer.echo(f"{what}: ", nl=False, err=True)
    return sys.stdin.readline().rstrip("\r\n")
