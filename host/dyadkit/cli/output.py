"""Output for a person or a script: sentences, tables, progress bars, JSON, exit codes."""

import contextlib
import json
from collections.abc import Callable, Iterator
from enum import IntEnum
from pathlib import Path
from typing import Any

import typer

from dyadkit.errors import (
    DyadkitError,
    NoAdapterError,
    NoPermissionError,
    NoWearableError,
    SessionError,
)


class ExitCode(IntEnum):
    """Exit code of a command, for scripts."""

    OK = 0
    ERROR = 1
    USAGE = 2
    GAPS = 3
    NO_WEARABLE = 4
    NO_ADAPTER = 5


_CODES: dict[type[Exception], ExitCode] = {
    NoWearableError: ExitCode.NO_WEARABLE,
    NoAdapterError: ExitCode.NO_ADAPTER,
    NoPermissionError: ExitCode.NO_ADAPTER,
}


def complain(error: Exception) -> ExitCode:
    """Say what went wrong on standard error; the exit code that fits."""
    known = isinstance(error, DyadkitError | ValueError)
    text = str(error) or type(error).__name__
    if not known:
        text = f"unexpected {type(error).__name__}: {text} (run again with --debug to see where)"
    typer.echo(f"dyadkit: {text}", err=True)
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), ExitCode.ERROR)


def emit(result: dict[str, Any], as_json: bool, sentences: list[str]) -> None:
    """Print a result: JSON for scripts, sentences for people."""
    if as_json:
        typer.echo(json.dumps(result, indent=2, allow_nan=False))
    else:
        for sentence in sentences:
            typer.echo(sentence)


def write_json(result: dict[str, Any], path: Path) -> None:
    """Keep a result as a file."""
    try:
        path.write_text(json.dumps(result, indent=1, allow_nan=False), encoding="utf-8")
    except OSError as error:
        raise SessionError(f"cannot write {path}: {error.strerror}") from error


@contextlib.contextmanager
def progress(title: str, total: float) -> Iterator[Callable[[float], None]]:
    """Show a progress bar on standard error; call what it gives with how far things are."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.update(task, completed=min(done, total))
        bar.update(task, completed=total)
