"""One board flashed, step by step: look, check, build, write, verify, greet, register."""

import asyncio
import contextlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from pathlib import Path

from dyadkit.decoding.messages import Message, firmware_of
from dyadkit.devices.flashing.boards import FlashableBoard, FlashError, recording_sentence
from dyadkit.devices.flashing.chip import Esptool, FoundChip
from dyadkit.devices.flashing.filesystem import (
    WearableSettings,
    check_name,
    littlefs_image,
    wearable_files,
    written_part,
)
from dyadkit.devices.flashing.images import MicroPythonImage, checked_image, file_system_place
from dyadkit.devices.flashing.prompt import port_of_boot_loader
from dyadkit.devices.flashing.recordings import unfetched_by_chip, unfetched_by_link
from dyadkit.devices.flashing.register import (
    RegisteredWearable,
    read_register,
    refuse_taken,
    register,
)
from dyadkit.devices.health import failed_checks, self_test
from dyadkit.dyad.result import Result
from dyadkit.errors import LinkError
from dyadkit.links.conversation import Conversation, Onlooker
from dyadkit.links.serialport import SOCKET
from dyadkit.links.usb import Cable, UsbLink
from dyadwire import messages

GREETS_WITHIN_S = 30.0
"""A first boot makes the file system's tables and tests the sensors; three seconds are usual."""

Say = Callable[[str], None]


class OldRecordings(Enum):
    """What becomes of recordings that lie on a board."""

    KEEP = "refuse a board that holds any"
    LOSE = "erase them, all of the flash"


@dataclass(frozen=True, slots=True)
class FlashPlan:
    """What a board shall become.

    sha256 : of an image that is not among the official ones, given by whoever vouches for it
    lab : the lab's register of wearables
    """

    board: FlashableBoard
    name: str
    image: Path | None
    lab: Path
    firmware: Path
    sha256: str = ""
    old: OldRecordings = OldRecordings.KEEP


@dataclass(frozen=True, slots=True, eq=False)
class FlashedBoard(Result):
    """A board that was flashed and verified; `complaint` is why it did not greet, if it did not.

    failed_checks : of its first self-test; None where it did not greet
    """

    port: str
    wearable: str
    name: str
    board: str
    micropython: str
    firmware: str
    records: str
    failed_checks: tuple[str, ...] | None
    complaint: str = ""

    def sentence(self) -> str:
        """A line for a person."""
        greeted = self.complaint or "restart it by hand: nothing can through a socket"
        if self.failed_checks is not None:
            greeted = self_test(self.failed_checks)
        return (
            f"{self.name} ({self.wearable}, {self.board}) at {self.port}: written and verified, "
            f"{greeted}; {self.records}"
        )


@dataclass(frozen=True, slots=True)
class FlashBench:
    """What boards are reached through: serial ports, and esptool at one of them."""

    cable: Cable = Cable()
    tool: Callable[[str], Esptool] = Esptool
    greets_within_s: float = GREETS_WITHIN_S


# Nothing is written before all of it is known to fit, so whatever fails until then leaves the board
# as it was. What fails after that leaves a board whose boot loader, which is in the chip and cannot
# be overwritten, waits for the next run: it begins anew and writes all again.
async def flash_board(port: str, plan: FlashPlan, bench: FlashBench, say: Say) -> FlashedBoard:
    """Flash one board.

    Parameters
    ----------
    port : where it is plugged in
    say : called with each step, in words

    Raises
    ------
    FlashError
        the board, its image or its recordings forbid it, or it was unplugged; says what to do
    LinkError, SessionError
        no compiler; the lab's register cannot be used
    """
    ready = await _looked_at(port, plan, bench, say)
    say("compiling")
    settings = WearableSettings(plan.name, plan.board.name)
    files = await asyncio.to_thread(wearable_files, plan.firmware, plan.board.processor, settings)
    disk = written_part(littlefs_image(files, ready.size))
    address, micropython = ready.chip.address, ready.image.name
    entry = RegisteredWearable(plan.name, plan.board.name, micropython)
    register(plan.lab, address, entry)
    say(f"writing and verifying {(len(ready.image.data) + len(disk)) >> 10} KiB")
    parts = [(0, ready.image.data), (ready.at, disk)]
    await asyncio.to_thread(_write, ready.tool, parts, plan.old)
    say("greeting")
    greeting = _FirstGreeting()
    complaint = await _complaint(greeting, port, bench)
    entry = replace(entry, firmware=greeting.firmware, flashed=str(date.today()))
    register(plan.lab, address, entry)
    return FlashedBoard(
        port, address, plan.name, plan.board.name, micropython, greeting.firmware,
        recording_sentence(ready.size >> 10), greeting.failed, complaint,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _ReadyBoard:
    """A board that may be written to: its chip, the image for it, the place of its files."""

    tool: Esptool
    chip: FoundChip
    image: MicroPythonImage
    at: int
    size: int


async def _looked_at(port: str, plan: FlashPlan, bench: FlashBench, say: Say) -> _ReadyBoard:
    check_name(plan.name)
    image = checked_image(plan.image, plan.board, plan.sha256)
    say("looking for recordings")
    held = await unfetched_by_link(UsbLink(port, bench.cable))
    _refuse_to_lose(held or "", plan, port)
    tool = bench.tool(await port_of_boot_loader(port, bench.cable))
    say("looking at the chip")
    chip = await asyncio.to_thread(tool.look)
    _check_chip(chip, plan, port)
    at, size = file_system_place(image, chip.flash_bytes)
    known = read_register(plan.lab).get(chip.address)
    is_torn = known is not None and not known.flashed  # looked at before that run began to write
    if held is None and plan.old is OldRecordings.KEEP and not is_torn:
        say("looking for recordings in its flash")
        in_flash = await asyncio.to_thread(unfetched_by_chip, tool, chip.flash_bytes)
        _refuse_to_lose(in_flash, plan, port)
    return _ReadyBoard(tool, chip, image, at, size)


def _refuse_to_lose(held: str, plan: FlashPlan, port: str) -> None:
    if held and plan.old is OldRecordings.KEEP:
        raise FlashError(
            f"the wearable at {port}: {held}; fetch it with dyadkit pull --usb first, or lose it "
            "with --erase"
        )


def _check_chip(found: FoundChip, plan: FlashPlan, port: str) -> None:
    if found.chip != plan.board.chip:
        raise FlashError(
            f"the board at {port} has an {found.chip}, {plan.board.title} an {plan.board.chip}: "
            "give its own --board"
        )
    refuse_taken(plan.lab, found.address, plan.name)


def _write(tool: Esptool, parts: list[tuple[int, bytes]], old: OldRecordings) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for at, data in parts:
            files.append((at, Path(folder) / f"{at:x}.bin"))
            files[-1][1].write_bytes(data)
        tool.write(files, whole=old is OldRecordings.LOSE)


async def _complaint(greeting: "_FirstGreeting", port: str, bench: FlashBench) -> str:
    """Why a board did not greet, and what to do; empty where it did, or could not be restarted."""
    if port.startswith(SOCKET):
        return ""
    try:
        await greeting.wait(port, bench)
    except LinkError as error:
        return (
            f"but no greeting yet ({error}): unplug it, plug it in again, then "
            f"dyadkit devices --usb {port}"
        )
    return ""


class _FirstGreeting(Onlooker):
    """What a wearable says of itself when it has started for the first time."""

    def __init__(self) -> None:
        self.firmware = ""
        self.failed: tuple[str, ...] | None = None

    def take(self, message: Message | None) -> None:
        """Note the self-test."""
        if isinstance(message, messages.SelfTest):
            self.failed = failed_checks(message)

    async def wait(self, port: str, bench: FlashBench) -> None:
        """Greet until it answers; LinkError with the last complaint once the time is up."""
        last = LinkError("it said nothing")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(bench.greets_within_s):
                while True:
                    try:
                        await self._greet(port, bench)
                        return
                    except LinkError as error:
                        last = error
                    await asyncio.sleep(1.0)
        raise last

    async def _greet(self, port: str, bench: FlashBench) -> None:
        async with Conversation(UsbLink(port, bench.cable), observer=self) as talk:
            self.firmware = firmware_of(await talk.greet())
            await talk.answer(messages.SelfTest)
