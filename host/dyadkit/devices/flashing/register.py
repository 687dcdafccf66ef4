"""The lab's register of wearables: a small TOML file beside its list of dyads, one table each."""

import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path

import tomli_w

from dyadkit.dyad.private_files import private_file
from dyadkit.errors import SessionError

FILE_NAME = "wearables.toml"


@dataclass(frozen=True, slots=True)
class RegisteredWearable:
    """One wearable of a lab: what was put on which board, and when.

    flashed : the day; empty from when writing begins until all is written and verified
    """

    name: str
    board: str
    micropython: str
    firmware: str = ""
    flashed: str = ""


def read_register(file: Path) -> dict[str, RegisteredWearable]:
    """All wearables by hardware address; none when there is no file.

    Raises
    ------
    SessionError
        the file is not such a TOML file
    """
    if not file.is_file():
        return {}
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
        return {address: RegisteredWearable(**table) for address, table in tables.items()}
    except (ValueError, TypeError) as error:
        raise SessionError(f"{file} is not a register of wearables: {error}") from error


def register(file: Path, address: str, wearable: RegisteredWearable) -> None:
    """Add or replace one wearable; the others stay.

    Raises
    ------
    SessionError
        another wearable of the lab has the same name, or the file cannot be written
    """
    known = read_register(file)
    refuse_taken(file, address, wearable.name)
    tables = {one: asdict(other) for one, other in {**known, address: wearable}.items()}
    partial = file.with_suffix(".partial")
    try:
        private_file(partial).write_text(tomli_w.dumps(tables), encoding="utf-8")
        partial.replace(file)
    except OSError as error:
        raise SessionError(f"cannot write {file}: {error.strerror}") from error


def refuse_taken(file: Path, address: str, name: str) -> None:
    """Raise where another wearable of the lab has this name already."""
    for other, one in read_register(file).items():
        if one.name == name and other != address:
            raise SessionError(
                f"wearable {other} of this lab is called {name} already ({file}): give another "
                "--name, or take it out of that file"
            )
