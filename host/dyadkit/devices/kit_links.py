"""Links of a lab that has a kit key: sealed to every wearable that was given a key.

The key file is looked for where the lab's dyads are, in the present folder. Without one, links are
as they were.
"""

import os
from pathlib import Path

from dyadkit.devices.key_file import FILE_NAME, KeyFile, KeyState, read_keys
from dyadkit.devices.wearable_keys import keys_of
from dyadkit.links import Link
from dyadkit.links.keyed import GuardedLink

PASSPHRASE_VARIABLE = "DYADKIT_PASSPHRASE"


def with_keys(link: Link, file: Path | None = None) -> Link:
    """The same link, sealed where the wearable at its end has a key of this lab.

    Raises
    ------
    SessionError
        the key file is damaged, or sealed and the passphrase in DYADKIT_PASSPHRASE does not open it
    """
    file = file or Path(FILE_NAME)
    if not file.exists():
        return link
    return guarded(link, read_keys(file, os.environ.get(PASSPHRASE_VARIABLE, "")))


def guarded(link: Link, keys: KeyFile) -> Link:
    """The same link, sealed where the wearable at its end has one of these keys."""
    held = {
        bytes.fromhex(address): keys_of(keys.kit_key_for(address), bytes.fromhex(address))
        for address in keys.wearables
        if keys.state_of(address) is not KeyState.REVOKED
    }
    return GuardedLink(link, held) if held else link
