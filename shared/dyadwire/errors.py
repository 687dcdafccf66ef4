"""The one error of the protocol."""


class WireError(Exception):
    """The peer sent something that is not the protocol."""
