"""Commands about keys and about what people may ask of their recordings."""

import typer

from dyadkit.cli.privacy import kit_keys, sessions


def register(app: typer.Typer) -> None:
    """Add the commands of this folder to the application."""
    kit_keys.register(app)
    sessions.register(app)
