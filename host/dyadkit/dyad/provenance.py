"""Provenance of a session: people who were recorded, simulated people, or a replay of other files.

Whatever shows a session or what was found in it says this beside it; the words stand here.
"""

from collections.abc import Sequence
from pathlib import PurePath

VIRTUAL_WEARABLE = b"\xd7\xad"
"""How the identities of virtual wearables begin; no chip's own address does, for it has bits that
only addresses given by hand may have."""


def is_virtual(wearable: bytes) -> bool:
    """Whether an identity is a virtual wearable's.

    Examples
    --------
    >>> is_virtual(bytes.fromhex("d7ad00610001")), is_virtual(bytes.fromhex("7cdfa1000001"))
    (True, False)
    """
    return wearable.startswith(VIRTUAL_WEARABLE)


def provenance(simulated: bool, replayed: Sequence[str]) -> str:  # noqa: FBT001 - a session's own word
    """What a reader must know of where a session comes from; empty for people who were recorded.

    Examples
    --------
    >>> provenance(True, ())
    'simulated people, no one was recorded'
    >>> provenance(False, ("round_1_A", "round_1_B"))
    'replay of round_1_A and round_1_B through simulated wearables'
    """
    if replayed:
        return f"replay of {' and '.join(replayed)} through simulated wearables"
    return "simulated people, no one was recorded" if simulated else ""


def portable_source(source: str) -> str:
    """A session's place as a result names it: without the folders of the computer it lay on.

    Those name who works there, and sometimes who was recorded. A place below the folder that one
    works in stays as it was typed.

    Examples
    --------
    >>> portable_source("week-1/session-12"), portable_source("/home/ann/meyer/s12/session.mcap")
    ('week-1/session-12', 's12/session.mcap')
    >>> portable_source("../meyer/s12"), portable_source("")
    ('s12', '')
    """
    path = PurePath(source)
    is_below = not path.is_absolute() and ".." not in path.parts
    kept = 2 if path.name == "session.mcap" else 1
    return source if is_below else PurePath(*path.parts[-kept:]).as_posix()
