"""Names of the formats, apart from what writes them: the command line needs only these."""

from enum import StrEnum


class Format(StrEnum):
    """Format a session can be written in; its value is its name on the command line.

    Examples
    --------
    >>> [form.value for form in Format], Format("neurokit") is Format.NEUROKIT
    (['csv', 'neurokit', 'xdf', 'bids', 'bdf'], True)
    """

    CSV = "csv"
    NEUROKIT = "neurokit"
    XDF = "xdf"
    BIDS = "bids"
    BDF = "bdf"
