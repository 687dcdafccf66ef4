"""weeks and study: one dyad over its sessions, many dyads under one plan."""

import typer

from dyadkit.cli.study import plans, weeks


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    weeks.register(app)
    plans.register(app)
