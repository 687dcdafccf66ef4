"""The one error of the wire."""


class WireError(Exception):
    """The peer sent something that is not the protocol."""
