"""live: a page in the browser, and the recorder behind it."""

from dyadkit.cli.live.page import register

__all__ = ["register"]
