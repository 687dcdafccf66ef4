"""Warnings that a person who types a command should see before others see the result."""

from dyadkit.cli.output import say


def warn_about_codes(*codes: str) -> None:
    """Say on standard error which codes look like a name, an address or a date of birth."""
    from dyadkit.privacy.codes import warnings_about

    for code in dict.fromkeys(codes):
        for sentence in warnings_about(code):
            say(f"dyadkit: warning: {sentence}", err=True)
