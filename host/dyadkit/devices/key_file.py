"""Key file of a lab: the kit's secret, from which every wearable's own key follows.

A file of its owner alone beside the lab's register, sealed under a passphrase where one was given.
It never leaves this computer but by `export`, which always seals. A wearable holds only the key
that follows from the kit's and its own address: whoever takes one apart opens that one.

Rotating makes a new kit key; the one before is kept, since a wearable keeps its old key until it is
given the new one over the cable. Revoking takes a wearable out: no key of it is given out again.
"""

import datetime
import json
import os
import secrets
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from dyadkit.devices.kit_key import KEY_BYTES, derive_wearable_key
from dyadkit.dyad.private_files import private_file
from dyadkit.errors import SessionError
from dyadkit.storage.disk import settle_names
from dyadkit.storage.metadata import parsed
from dyadkit.storage.sealing import is_sealed, opened_bytes, sealed_bytes

FILE_NAME = "kit.key"
FORMAT = "dyadkit kit key 1"
MAX_FILE_BYTES = 4 << 20


class KeyState(StrEnum):
    """What is known of a wearable's key at the lab."""

    NONE = "no key: anybody in radio range can read it and command it"
    CURRENT = "keyed"
    OLD = "holds a key from before the kit's was rotated: give it the new one over the cable"
    REVOKED = "revoked: nobody of this lab talks to it"


@dataclass(frozen=True, slots=True)
class KeyedWearable:
    """A wearable that was given a key: of which generation of the kit's, and when.

    revoked : the day, empty while it is trusted
    """

    generation: int
    given: str
    revoked: str = ""


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The kit's keys by generation, oldest first, and the wearables that hold one, by address.

    made : the day of each generation
    """

    keys: tuple[bytes, ...] = field(repr=False)
    made: tuple[str, ...]
    wearables: dict[str, KeyedWearable] = field(default_factory=dict)

    @property
    def generation(self) -> int:
        """Number of the key that counts, from 1."""
        return len(self.keys)

    @property
    def kit_key(self) -> bytes:
        """The key that counts."""
        return self.keys[-1]

    def state_of(self, address: str) -> KeyState:
        """What is known of a wearable's key."""
        known = self.wearables.get(address)
        if known is None:
            return KeyState.NONE
        if known.revoked:
            return KeyState.REVOKED
        return KeyState.CURRENT if known.generation == self.generation else KeyState.OLD

    def kit_key_for(self, address: str) -> bytes:
        """The kit key from which a wearable's present key follows.

        Raises
        ------
        SessionError
            it was given none, or is revoked
        """
        if self.state_of(address) in (KeyState.NONE, KeyState.REVOKED):
            raise SessionError(f"wearable {address}: {self.state_of(address)}")
        return self.keys[self.wearables[address].generation - 1]

    def wearable_key(self, address: str) -> bytes:
        """The key that a wearable holds now. Raises as `kit_key_for`."""
        return derive_wearable_key(self.kit_key_for(address), bytes.fromhex(address))

    def rotated(self) -> "KeyFile":
        """The same with a new kit key; wearables keep the old one until they are given it."""
        return replace(
            self, keys=(*self.keys, secrets.token_bytes(KEY_BYTES)), made=(*self.made, _today())
        )

    def given(self, address: str) -> "KeyFile":
        """The same after a wearable was given its key of the present generation."""
        return self._with(address, KeyedWearable(self.generation, _today()))

    def revoked(self, address: str) -> "KeyFile":
        """The same without trust in a wearable; it may be given a key again over the cable.

        Raises
        ------
        SessionError
            it holds no key of this lab
        """
        if address not in self.wearables:
            raise SessionError(f"wearable {address} holds no key of this lab")
        return self._with(address, replace(self.wearables[address], revoked=_today()))

    def _with(self, address: str, wearable: KeyedWearable) -> "KeyFile":
        return replace(self, wearables={**self.wearables, address: wearable})


def new_keys() -> KeyFile:
    """The first key of a kit, from the system's source of randomness."""
    return KeyFile((secrets.token_bytes(KEY_BYTES),), (_today(),))


def is_locked(file: Path) -> bool:
    """Whether a key file needs a passphrase."""
    return is_sealed(_read(file))


def read_keys(file: Path, passphrase: str = "") -> KeyFile:
    """The keys in a file.

    Raises
    ------
    SessionError
        there is none, it is no key file or damaged, or the passphrase is wrong
    """
    content = _read(file)
    try:
        if is_sealed(content):
            content = opened_bytes(content, passphrase)
        found = parsed(content) or {}
        if found.pop("format", None) != FORMAT:
            raise ValueError("it says nothing of being one")
        return _keys_of(found)
    except SessionError as error:
        raise SessionError(f"{file}: {error}") from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise SessionError(f"{file} is no key file, or damaged: {error}") from None


def write_keys(file: Path, keys: KeyFile, passphrase: str = "") -> None:
    """Write a key file whole, or leave the one before; sealed where a passphrase is given.

    Raises
    ------
    SessionError
        it cannot be written
    """
    plain = {
        "format": FORMAT,
        "keys": [key.hex() for key in keys.keys],
        "made": list(keys.made),
        "wearables": {address: asdict(one) for address, one in keys.wearables.items()},
    }
    content = json.dumps(plain, indent=1).encode()
    content = sealed_bytes(content, passphrase) if passphrase else content
    partial = file.with_name(file.name + ".partial")
    try:
        with private_file(partial).open("wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        partial.replace(file)
        settle_names(file.parent)
    except OSError as error:
        raise SessionError(f"cannot write {file}: {error.strerror}") from None


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise SessionError(f"{file} is too large for a key file")
        return file.read_bytes()
    except FileNotFoundError:
        raise SessionError(f"there is no kit key {file}: make one with dyadkit keys new") from None
    except OSError as error:
        raise SessionError(f"cannot read {file}: {error.strerror}") from None


def _keys_of(found: dict[str, Any]) -> KeyFile:
    keys = tuple(bytes.fromhex(one) for one in found["keys"])
    wearables = {address: KeyedWearable(**one) for address, one in found["wearables"].items()}
    generations = [one.generation for one in wearables.values()]
    if not keys or any(len(one) != KEY_BYTES for one in keys) or len(found["made"]) != len(keys):
        raise ValueError(f"a key has {KEY_BYTES} bytes, and each has a day")
    if any(not 1 <= one <= len(keys) for one in generations):
        raise ValueError("a wearable holds a key that is not here")
    return KeyFile(keys, tuple(map(str, found["made"])), wearables)


def _today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()
