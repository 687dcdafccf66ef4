"""What can go wrong, named after who is to blame.

Bad arguments from our own caller are `ValueError`; nonsense on the wire is `dyadwire.WireError`.
"""

import contextlib
from collections.abc import Iterator


class DyadkitError(Exception):
    """Base of everything dyadkit raises on purpose; the message is meant for a person."""


class LinkError(DyadkitError):
    """The radio or the cable failed: no wearable, no adapter, no permission, lost for good."""


class NoWearableError(LinkError):
    """The wearable asked for is not in reach."""


class UnfitWearableError(LinkError):
    """The wearable cannot be used as it is, however often one tries."""


class NoAdapterError(LinkError):
    """No usable Bluetooth on this computer: no adapter, switched off, or not permitted."""


class NoPermissionError(LinkError):
    """A serial port is there, and may not be opened."""


class SessionError(DyadkitError):
    """A file or folder is not a recording, is damaged, or cannot be written."""


class SignalError(DyadkitError):
    """The data cannot answer the question: too short, constant, too few trusted samples."""


class MissingExtraError(DyadkitError):
    """A part of dyadkit that is installed apart is not here."""


@contextlib.contextmanager
def extra(name: str) -> Iterator[None]:
    """What is imported within comes with an extra of dyadkit; without it, what to install.

    Raises
    ------
    MissingExtraError
        a module of another project is not here

    Examples
    --------
    >>> try:
    ...     with extra("report"):
    ...         import a_module_that_nobody_has
    ... except MissingExtraError as error:
    ...     print(error)
    a_module_that_nobody_has is not installed: pip install 'dyadkit[report]'
    """
    try:
        yield
    except ModuleNotFoundError as missing:
        root = (missing.name or "").split(".")[0]
        if root in ("dyadkit", "dyadwire"):
            raise
        raise MissingExtraError(f"{root} is not installed: pip install 'dyadkit[{name}]'") from None
