"""A chip in its boot loader, through esptool, which is called as a command."""

import contextlib
import importlib.util
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dyadkit.devices.flashing.boards import FlashError
from dyadkit.errors import MissingExtraError

TIMEOUT_S = 900.0
"""Of one call: sixteen MiB at the slowest of 115200 baud take twenty minutes, by USB one."""

MAX_READ_BY_ITSELF = 4096
"""Bytes; the boot loader in the chip gives 64 at a time."""

_ADDRESS = re.compile(r"^(?:BASE )?MAC:\s+((?:[0-9a-f]{2}:){5}[0-9a-f]{2})\s*$", re.MULTILINE)
_CHIP = re.compile(r"Connected to (ESP32[-\w]*)")
_FLASH = re.compile(r"Detected flash size: (\d+)(MB|KB)")
_VERIFIED = "Hash of data verified"
_MESSAGE = re.compile(r"(?:ERROR: )?A fatal error occurred: (.+)|ERROR: (.+)")

_WHAT_TO_DO = (
    ("busy or doesn't exist", "is it plugged in, and no other program using it?"),
    ("Permission denied", "dyadkit doctor says which group to join"),
    ("Failed to connect", "hold BOOT while you plug it in, then try again"),
    ("No serial data received", "hold BOOT while you plug it in, then try again"),
)


@dataclass(frozen=True, slots=True)
class FoundChip:
    """A chip as it tells: its kind, its hardware address, the size of its flash."""

    chip: str
    address: str
    flash_bytes: int


class Esptool:
    """esptool at one port; each call connects anew."""

    def __init__(self, port: str) -> None:
        self.port = port

    def look(self) -> FoundChip:
        """Which chip is there.

        Raises
        ------
        FlashError
            none answers, or not in words that are known
        """
        said = self._run("look at the chip", ["flash-id"])
        chip, flash = _CHIP.search(said), _FLASH.search(said)
        addresses = _ADDRESS.findall(said)
        if chip is None or flash is None or not addresses:
            raise FlashError(f"{self.port}: esptool did not tell chip, address and flash size")
        size = int(flash[1]) << (20 if flash[2] == "MB" else 10)
        return FoundChip(chip[1], addresses[-1].replace(":", ""), size)

    def write(self, parts: Sequence[tuple[int, Path]], *, whole: bool) -> None:
        """Write files at their offsets and have the chip verify each; `whole` erases all before.

        Raises
        ------
        FlashError
            something was not written as it should be; says to try again
        """
        places = [word for at, path in parts for word in (hex(at), str(path))]
        erase = ["--erase-all"] if whole else []
        said = self._run("write", ["write-flash", *erase, *places], after="hard-reset")
        if said.count(_VERIFIED) < len(parts):
            raise FlashError(f"{self.port}: what was written was not verified: flash it again")

    def read(self, offset: int, size: int, into: Path) -> bytes:
        """Bytes of flash; errors as `look`."""
        reading = ["read-flash", hex(offset), hex(size), str(into)]
        # A little is read by the chip itself; more, by a program that is loaded into it first, or
        # by the chip itself again, slowly, where that program fails.
        if size > MAX_READ_BY_ITSELF:
            with contextlib.suppress(FlashError):
                self._run("read the flash", reading)
                return into.read_bytes()
        self._run("read the flash", reading, before=["--no-stub"])
        return into.read_bytes()

    def _run(
        self, step: str, words: list[str], before: Sequence[str] = (), after: str = "no-reset"
    ) -> str:
        if importlib.util.find_spec("esptool") is None:
            raise MissingExtraError("esptool is not installed: pip install 'dyadkit[flash]'")
        command = [sys.executable, "-m", "esptool", "--port", self.port, "--after", after]
        try:
            ran = subprocess.run(
                [*command, *before, *words],
                capture_output=True, text=True, timeout=TIMEOUT_S, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise FlashError(
                f"{self.port}: no end of the attempt to {step}: unplug the board, plug it in "
                "and flash it again"
            ) from None
        if ran.returncode:
            raise FlashError(self._sentence(step, ran.stdout + ran.stderr))
        return ran.stdout

    def _sentence(self, step: str, said: str) -> str:
        found = _MESSAGE.findall(said)
        why = "".join(found[-1]).split(" This can have many causes")[0].rstrip(".") if found else ""
        why = why or (said.strip().splitlines() or ["esptool said nothing"])[-1]
        advice = next((what for sign, what in _WHAT_TO_DO if sign in said), "")
        advice = advice or "plug the board in again and repeat the command"
        return f"{self.port}: could not {step} ({why}): {advice}"
