"""Provenance of a session: people who were recorded, simulated people, or a replay of other files.

Whatever shows a session or what was found in it says this beside it; the words stand here.
"""

from collections.abc import Sequence

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
