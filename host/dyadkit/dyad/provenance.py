"""Provenance of a session: where it comes from, when it began, and what was worn.

Whatever shows a session or what was found in it says this beside it; the words stand here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import sha256
from pathlib import PurePath

from dyadkit.dyad.result import Result

CALIBRATION_DAY_0 = date(2000, 1, 1)
"""From which wearables count the day of their calibration."""
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


_ALIAS = "wearable-"


def alias_of(wearable: str) -> str:
    """A wearable's name in results: the same in all of them, and not its hardware address.

    Two bytes of a SHA-256: some hundred addresses of each maker share an alias, so that the address
    cannot be found by trying all of them, while two wearables of a lab have two.

    wearable : its identity in hexadecimal digits; empty where nobody knows, as is the alias then

    Examples
    --------
    >>> alias_of("7cdfa1000001"), alias_of("")
    ('wearable-88e3', '')
    """
    if wearable.startswith(_ALIAS):
        return wearable
    return f"{_ALIAS}{sha256(wearable.lower().encode()).hexdigest()[:4]}" if wearable else ""


class Whence(StrEnum):
    """Where a session comes from; whatever shows a result of it names one of these four."""

    RECORDED = "recorded"
    IMPORTED = "imported"
    REPLAYED = "replayed"
    SIMULATED = "simulated"


@dataclass(frozen=True, slots=True, eq=False)
class Worn(Result):
    """Equipment of one person; empty where a session does not tell.

    wearable : its alias; firmware : the build it ran
    calibrated : ISO date of the skin sensor's calibration, or "never"
    rates_hz : effective rate of each stream, by name
    """

    wearable: str = ""
    firmware: str = ""
    calibrated: str = ""
    rates_hz: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class SessionOrigin(Result):
    """SessionOrigin of a session.

    began : when second 0 was, ISO 8601; empty where nothing is known
    sha256 : of the stored session; empty where it was not stored
    """

    whence: Whence
    began: str = ""
    sha256: str = ""
    a: Worn = field(default_factory=Worn)
    b: Worn = field(default_factory=Worn)
