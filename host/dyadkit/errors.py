"""What can go wrong, named after who is to blame.

Bad arguments from our own caller are `ValueError`; nonsense on the wire is `dyadwire.WireError`.
"""


class DyadkitError(Exception):
    """Base of everything dyadkit raises on purpose; the message is meant for a person."""


class LinkError(DyadkitError):
    """The radio or the cable failed: no wearable, no adapter, no permission, lost for good."""


class NoWearableError(LinkError):
    """The wearable asked for is not in reach."""


class NoAdapterError(LinkError):
    """No usable Bluetooth on this computer: no adapter, switched off, or not permitted."""


class NoPermissionError(LinkError):
    """A serial port is there, and may not be opened."""


class SessionError(DyadkitError):
    """A file or folder is not a recording, is damaged, or cannot be written."""


class SignalError(DyadkitError):
    """The data cannot answer the question: too short, constant, too few trusted samples."""
