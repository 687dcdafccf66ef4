"""Boards that can be flashed: their chip, their MicroPython, their flash, how long they record."""

from dataclasses import dataclass

from dyadkit.errors import DyadkitError

FILE_SYSTEM_AT = 0x200000
"""Where the file system begins in every official image since MicroPython 1.21."""

CODE_KIB = 200
"""What the firmware and one update beside it take of the file system: 18 blocks of 4 KiB each,
start files and settings 7, folders two each."""

RESERVE_KIB = 128
"""`flash_reserve_kib` of the firmware's settings: never recorded to."""

KIB_PER_HOUR = (950, 1750)
"""Flash that an hour of pulse and skin conductance alone takes, simulated: differences between
samples of a calm pulse fit into one byte, those of one in movement need two."""


class FlashError(DyadkitError):
    """A board that was not flashed, or not yet; the next run begins anew."""


@dataclass(frozen=True, slots=True)
class FlashableBoard:
    """A board: its name in the firmware's table of pins, its chip, its image and its flash.

    processor : as `mpy-cross` calls it
    image : name of its image at micropython.org
    """

    name: str
    title: str
    chip: str
    processor: str
    image: str
    flash_mib: int

    @property
    def download(self) -> str:
        """Where its image is."""
        return f"https://micropython.org/download/{self.image}/"


BOARDS = {
    one.name: one
    for one in (
        FlashableBoard("feathers3", "Unexpected Maker FeatherS3", "ESP32-S3", "xtensawin",
                       "UM_FEATHERS3", 16),
        FlashableBoard("xiao_esp32s3", "Seeed XIAO ESP32-S3", "ESP32-S3", "xtensawin",
                       "SEEED_XIAO_ESP32S3", 8),
        FlashableBoard("xiao_esp32c6", "Seeed XIAO ESP32-C6", "ESP32-C6", "rv32imc",
                       "SEEED_XIAO_ESP32C6", 4),
        FlashableBoard("esp32s3", "any ESP32-S3", "ESP32-S3", "xtensawin",
                       "ESP32_GENERIC_S3", 4),
    )
}  # fmt: skip


def board_named(name: str) -> FlashableBoard:
    """A board by its name.

    Raises
    ------
    FlashError
        there is none of this name
    """
    if name not in BOARDS:
        known = ", ".join(f"{one.name} ({one.title})" for one in BOARDS.values())
        raise FlashError(f"no board is called {name!r}: give --board one of {known}")
    return BOARDS[name]


def recording_sentence(file_system_kib: int) -> str:
    """How long a board records alone, in words."""
    return f"{room_words(file_system_kib - CODE_KIB)} of recording alone"


def room_words(free_kib: int) -> str:
    """How much recording fits into so much free flash, the reserve left out, in words."""
    room_kib = max(0, free_kib - RESERVE_KIB)
    short, long = (room_kib / rate for rate in reversed(KIB_PER_HOUR))
    if long < 2:
        return f"{60 * short:.0f} to {60 * long:.0f} minutes"
    return f"{short:.1f} to {long:.1f} hours"
