"""The dyadkit command: it parses strings, prints results, and knows nothing else.

One file a room (a folder for `devices`: `boards`), each with `register` for its commands;
`options`, `output`, `live_recording` and `terminal` are what they share. Heavy imports happen
inside the command that needs them, so that `dyadkit --help` is fast. Docstrings of commands are
their help texts.

Results go to standard output, as JSON where `--json` asks for it; whatever goes on meanwhile to
standard error. What a command writes is named by `--out`, and reports by `--report`, whose ending
says what they are.
"""

import os
import signal
import sys

import typer

from dyadkit.cli import (
    analysis,
    boards,
    capture,
    clock,
    demo,
    formats,
    live,
    privacy,
    review,
    sessions,
    study,
)
from dyadkit.cli.output import EXIT_CODES, ExitCode, complain
from dyadkit.dyad.private_files import UMASK
from dyadkit.errors import DyadkitError
from dyadkit.version import __version__

app = typer.Typer(
    help="Record two people's autonomic physiology on one clock; measure how they move together.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for _family in (
    demo,
    boards,
    capture,
    live,
    sessions,
    review,
    privacy,
    analysis,
    study,
    formats,
    clock,
):
    _family.register(app)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


def _adapter(name: str) -> None:
    """Have every radio of this program be this one, unless another was asked for."""
    if name:
        os.environ["DYADKIT_ADAPTER"] = name


@app.callback()
def front(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True),
    debug: bool = typer.Option(False, "--debug", help="Show a traceback where something fails."),
    adapter: str = typer.Option(
        "", callback=_adapter, help="Bluetooth adapter of several, as hci1 (Linux)."
    ),
) -> None:
    """Options of every command."""


def main() -> None:
    """Run the command line; every failure ends with a sentence and an exit code."""
    debug = "--debug" in sys.argv
    os.umask(UMASK)
    try:
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        app()
    except DyadkitError as error:
        if debug:
            raise
        sys.exit(complain(error))
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)
    except Exception as error:
        if _was_interrupted(error):
            sys.exit(ExitCode.INTERRUPTED)
        if debug:
            raise
        sys.exit(complain(error))


def _was_interrupted(error: BaseException | None) -> bool:
    """Whether Ctrl-C is behind an error: pressed while a compiled module loads, it becomes one."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None
