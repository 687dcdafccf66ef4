"""Output for a person or a script: sentences, tables, progress bars, JSON, exit codes."""

import contextlib
import json
import signal
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import typer

from dyadkit.dyad.private_files import private_file
from dyadkit.errors import (
    DyadkitError,
    NoAdapterError,
    NoPermissionError,
    NoWearableError,
    SessionError,
)

if TYPE_CHECKING:
    import asyncio

MIN_LINE_EACH_S, LINE_EACH_S = 1.0, 10.0
"""Where no terminal is, progress is said so often."""


class ExitCode(IntEnum):
    """Exit code of a command, for scripts."""

    OK = 0
    ERROR = 1
    USAGE = 2
    GAPS = 3
    NO_WEARABLE = 4
    NO_ADAPTER = 5
    UNUSABLE = 6
    INTERRUPTED = 130


EXIT_CODES = (
    "Exit codes: 0 fine, 1 error, 2 wrong usage, 3 recorded with gaps, 4 no wearable found, "
    "5 no Bluetooth adapter or no permission, 6 recorded but not usable, 130 interrupted."
)

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
    say(f"dyadkit: {text}", err=True)
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), ExitCode.ERROR)


def emit(result: dict[str, Any], as_json: bool, sentences: list[str]) -> None:
    """Print a result: JSON for scripts, sentences for people."""
    if as_json:
        typer.echo(json.dumps(result, indent=2, allow_nan=False))
    else:
        for sentence in sentences:
            say(sentence)


def say(text: str, err: bool = False) -> None:
    """Print a line: all that this program prints goes through here, see `printable`."""
    typer.echo(printable(text), err=err)


@contextlib.contextmanager
def stopping() -> Iterator["asyncio.Event"]:
    """Let the first Ctrl-C ask for an end, which takes a moment; the second interrupts."""
    import asyncio

    stop = asyncio.Event()

    def ask(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop.set()

    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def whence_lines(whence: str) -> list[str]:
    """A first line that says where a session comes from; none for people who were recorded."""
    return [f"{whence[:1].upper()}{whence[1:]}."] * bool(whence)


def printable(text: str) -> str:
    r"""A text without what a terminal obeys: names, notes and labels come from outside.

    Control characters, and letters that turn the direction of writing, are shown as what they are.

    Examples
    --------
    >>> printable("dyad-1\x1b[2J\u202e")
    'dyad-1\\x1b[2J\\u202e'
    >>> printable("Émile 🙂")
    'Émile 🙂'
    """
    return "".join(_shown(letter) if unicodedata.category(letter) in _OBEYED else letter
                   for letter in text)  # fmt: skip


_OBEYED = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode's categories: controls, formats, half letters, separators of lines and paragraphs."""
_JOINERS = "\u200c\u200d\ufe0f"
"""Formats within words of some scripts and within emoji: they move nothing."""


def _shown(letter: str) -> str:
    if letter == "\t" or letter in _JOINERS:
        return letter
    return letter.encode("unicode_escape").decode("ascii")


def write_json(result: dict[str, Any], path: Path) -> None:
    """Keep a result as a file."""
    try:
        private_file(path).write_text(
            json.dumps(result, indent=1, allow_nan=False), encoding="utf-8"
        )
    except OSError as error:
        raise SessionError(f"cannot write {path}: {error.strerror}") from error


@contextlib.contextmanager
def progress(title: str, total: float) -> Iterator[Callable[[float], None]]:
    """Show a progress bar on standard error; call what it gives with how far things are.

    Where no terminal is, lines say the same now and then.
    """
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        with _Lines(title, total) as lines:
            yield lines
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.update(task, completed=min(done, total))
        bar.update(task, completed=total)


class _Lines:
    """Progress as lines for a log: one at the beginning, then one each tenth or each ten seconds.

    What is asked more often than once a second is not said more often than that; what does not
    call is said to go on.
    """

    def __init__(self, title: str, total: float) -> None:
        self._title = title
        self._total = total
        self._began_s = self._said_s = time.monotonic()
        self._share = 0.0
        self._tenths = 0
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        say(self._title, err=True)
        threading.Thread(target=self._go_on, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()

    def __call__(self, done: float) -> None:
        """Take how far things are, and say it if it is time."""
        self._share = min(done / self._total, 1.0)
        is_next = int(10 * self._share) > self._tenths
        if is_next and time.monotonic() - self._said_s >= MIN_LINE_EACH_S:
            self._say()

    def _go_on(self) -> None:
        while not self._ended.wait(1.0):
            if time.monotonic() - self._said_s >= LINE_EACH_S:
                self._say()

    def _say(self) -> None:
        self._said_s = time.monotonic()
        self._tenths = int(10 * self._share)
        share = f"{self._share:.0%} " if self._share else ""
        say(f"{self._title}: {share}after {self._said_s - self._began_s:.0f} s", err=True)
