"""The names of the formats, apart from what writes them: the command line needs only these."""

from enum import StrEnum


class Format(StrEnum):
    """What a session can be written as."""

    CSV = "csv"
    NEUROKIT = "neurokit"
