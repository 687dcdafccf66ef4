"""keys: the lab's kit key, and which wearables hold a key that follows from it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dyadkit.cli.options import AsJson
from dyadkit.cli.output import emit
from dyadkit.cli.privacy.passphrase import existing_passphrase, new_passphrase
from dyadkit.errors import SessionError

if TYPE_CHECKING:
    from dyadkit.devices.key_file import KeyFile

Kit = Annotated[Path, typer.Option(help="The lab's key file.")]
Lab = Annotated[Path, typer.Option(help="The lab's register of wearables.")]
WithPassphrase = Annotated[bool, typer.Option("--passphrase", help="Seal it under a passphrase.")]
KIT_NAME, LAB_NAME = Path("kit.key"), Path("wearables.toml")

keys = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.add_typer(keys, name="keys", help="The lab's kit key, and the wearables that hold one.")


@keys.command()
def new(
    kit: Kit = KIT_NAME,
    passphrase: WithPassphrase = False,
    from_: Annotated[
        Path | None, typer.Option("--from", help="Of another computer: what keys export wrote.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make the key of a kit, or take over one that was exported; a file that only you can read.

    It stays on this computer. Wearables get keys that follow from it over the cable only. Whoever
    has the file can hear and command all wearables of the lab: keep a copy, sealed by keys export.
    """
    from dyadkit.devices.key_file import new_keys, write_keys

    if kit.exists():
        raise SessionError(f"{kit} is there already: a new one would lock you out of its wearables")
    made = _opened(from_)[0] if from_ is not None else new_keys()
    write_keys(kit, made, new_passphrase(str(kit)) if passphrase else "")
    facts = {"kit": str(kit), "generation": made.generation, "sealed": passphrase}
    how = "sealed under a passphrase" if passphrase else "readable by you alone, not sealed"
    emit(
        facts,
        as_json,
        [f"{kit}: key of this kit, {how}; wearables get theirs by dyadkit keys give"],
    )


@keys.command("list")
def list_(kit: Kit = KIT_NAME, lab: Lab = LAB_NAME, as_json: AsJson = False) -> None:
    """List the lab's wearables, and which of them hold a key."""
    from dyadkit.devices.flashing.register import read_register

    found, _ = _opened(kit)
    names = {address: one.name for address, one in read_register(lab).items()}
    rows = [
        {
            "name": names.get(address, ""),
            "wearable": address,
            "state": found.state_of(address).name.lower(),
            "given": found.wearables[address].given if address in found.wearables else "",
        }
        for address in sorted({*names, *found.wearables})
    ]
    lines = [f"{kit}: key {found.generation} of this kit, made {found.made[-1]}"]
    lines += [
        f"{row['name'] or '(not in the register)'}  {row['wearable']}  "
        f"{found.state_of(row['wearable'])}"
        for row in rows
    ]
    lines += ["no wearables: the register is empty"] * (not rows)
    emit(
        {"generation": found.generation, "made": found.made[-1], "wearables": rows}, as_json, lines
    )


@keys.command()
def rotate(kit: Kit = KIT_NAME, as_json: AsJson = False) -> None:
    """Make a new kit key; each wearable needs its new one over the cable, and keeps the old so far.

    Do so when somebody who knew the key leaves, or a copy of it is lost.
    """
    from dyadkit.devices.key_file import KeyState, write_keys

    before, words = _opened(kit)
    after = before.rotated()
    write_keys(kit, after, words)
    waiting = [one for one in after.wearables if after.state_of(one) is KeyState.OLD]
    facts = {"kit": str(kit), "generation": after.generation, "waiting": waiting}
    held = f"{len(waiting)} wearables hold an older one, see keys list"
    emit(facts, as_json, [f"{kit}: key {after.generation}; {held}"])


@keys.command()
def give(
    port: Annotated[str, typer.Argument(help="Serial port that the wearable is plugged into.")],
    kit: Kit = KIT_NAME,
    as_json: AsJson = False,
) -> None:
    """Give a wearable its key over the cable: one flashed before there was a kit key, or rotated.

    dyadkit flash --kit does the same to what it flashes. From then on it answers nobody else: keep
    a copy of the kit's key by keys export. Without the key only keys reset helps, which erases.
    SECURITY.md says which commands of this version speak with a wearable that has a key.
    """
    import asyncio

    from dyadkit.devices.key_file import write_keys
    from dyadkit.devices.key_over_cable import give_key
    from dyadkit.links.usb import UsbLink

    found, words = _opened(kit)
    after, address = asyncio.run(give_key(lambda: UsbLink(port), found))
    write_keys(kit, after, words)
    emit({"wearable": address, "state": "current"}, as_json, [f"{address} at {port} is keyed"])


@keys.command()
def reset(
    port: Annotated[str, typer.Argument(help="Serial port that the wearable is plugged into.")],
    wearable: Annotated[str, typer.Argument(help="Its hardware address, as keys list shows it.")],
    as_json: AsJson = False,
) -> None:
    """Erase a wearable whose key is lost, over the cable: all it recorded, and its key.

    It needs no key: who holds a wearable and a cable could put another program on it as well.
    """
    import asyncio

    from dyadkit.devices.wearable_keys import erase
    from dyadkit.links.usb import UsbLink

    try:
        address = bytes.fromhex(wearable.replace(":", ""))
    except ValueError:
        raise typer.BadParameter("twelve hexadecimal digits", param_hint="WEARABLE") from None
    asyncio.run(erase(UsbLink(port), address))
    emit({"wearable": address.hex(), "state": "none"}, as_json, [f"{wearable} is erased"])


@keys.command()
def revoke(
    wearable: Annotated[str, typer.Argument(help="Name in the register, or address.")],
    kit: Kit = KIT_NAME,
    lab: Lab = LAB_NAME,
    as_json: AsJson = False,
) -> None:
    """Trust a wearable no more, as one that was lost: this lab's computers do not talk to it.

    It can open nothing but itself; what it still holds in flash can be read by whoever has it.
    """
    from dyadkit.devices.flashing.register import read_register
    from dyadkit.devices.key_file import write_keys

    found, words = _opened(kit)
    named = [address for address, one in read_register(lab).items() if one.name == wearable]
    address = named[0] if named else wearable
    write_keys(kit, found.revoked(address), words)
    emit({"wearable": address, "state": "revoked"}, as_json, [f"{wearable} is revoked"])


@keys.command()
def export(
    out: Annotated[Path, typer.Argument(help="File to make, for another computer or a safe.")],
    passphrase: Annotated[
        bool, typer.Option("--passphrase", help="Sealed under one: asked for, and not optional.")
    ] = True,
    kit: Kit = KIT_NAME,
    as_json: AsJson = False,
) -> None:
    """Write the kit key sealed under a passphrase; the other computer takes it by keys new --from.

    The passphrase is asked for, or taken from DYADKIT_PASSPHRASE.
    """
    from dyadkit.devices.key_file import write_keys

    if out.exists():
        raise SessionError(f"{out} is there already: nothing was written")
    found, _ = _opened(kit)
    write_keys(out, found, new_passphrase(str(out)))
    emit({"exported": str(out), "sealed": passphrase}, as_json, [f"{out}: sealed"])


def _opened(file: Path) -> "tuple[KeyFile, str]":
    """The keys of a file, and the passphrase that opened it, empty where it has none."""
    from dyadkit.devices.key_file import is_locked, read_keys

    words = existing_passphrase(str(file)) if is_locked(file) else ""
    return read_keys(file, words), words
