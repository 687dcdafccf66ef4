"""The dyadkit command: it parses strings, prints results, and knows nothing else.

One file a room, each with `register` for its commands; `options`, `output` and `live_recording` are
what they share. Heavy imports happen inside the command that needs them, so that `dyadkit --help`
is fast. Docstrings of commands are their help texts.

Exit codes: 0 fine, 1 error, 2 wrong usage, 3 recorded with gaps, 4 no wearable found,
5 no Bluetooth adapter or no permission.
"""

import sys

import typer

from dyadkit.cli import (
    analysis,
    calibration,
    capture,
    clock,
    demo,
    devices,
    field_mode,
    firmware_update,
    formats,
    sessions,
    study,
)
from dyadkit.cli.output import ExitCode, complain
from dyadkit.errors import DyadkitError
from dyadkit.version import __version__

app = typer.Typer(
    help="Record two people's autonomic physiology on one clock; measure how they move together.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for _family in (
    demo,
    devices,
    capture,
    field_mode,
    sessions,
    analysis,
    study,
    formats,
    calibration,
    firmware_update,
    clock,
):
    _family.register(app)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def front(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True),
    debug: bool = typer.Option(False, "--debug", help="Show a traceback where something fails."),
) -> None:
    """Options of every command."""


def main() -> None:
    """Run the command line; every failure ends with a sentence and an exit code."""
    debug = "--debug" in sys.argv
    try:
        app()
    except DyadkitError as error:
        if debug:
            raise
        sys.exit(complain(error))
    except KeyboardInterrupt:
        sys.exit(ExitCode.ERROR)
    except Exception as error:
        if debug:
            raise
        sys.exit(complain(error))
