"""Copy of one wearable's flash: its frames as they lie there, one file for each segment.

A copy is checked against the wearable's checksum, forced to disk, and only then acknowledged;
nothing in flash is reused before. It may be interrupted anywhere and goes on from the last whole
frame on disk.
"""

import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dyadkit.capture.reconnect import ReconnectPause
from dyadkit.capture.tasks import together
from dyadkit.decoding.messages import message_of
from dyadkit.dyad.private_files import private_file, private_folder
from dyadkit.dyad.traces import PersonName
from dyadkit.errors import LinkError, SessionError, UnfitWearableError
from dyadkit.links import Link
from dyadkit.links.conversation import Conversation, Onlooker
from dyadkit.storage.disk import settle_names
from dyadwire import frames, messages
from dyadwire.states import RECORDING

ANSWER_TIMEOUT_S = 10.0
COPY_TRIES = 3
INTRODUCTION = (
    messages.Hello.KIND,
    messages.Hardware.KIND,
    messages.StreamInfo.KIND,
    messages.Calibration.KIND,
    messages.Status.KIND,
)
CONVERSATION = (
    *INTRODUCTION,
    messages.Sent.KIND,
    messages.Held.KIND,
    messages.Copied.KIND,
    messages.Refusal.KIND,
)
"""Never in flash; between a Copy and its Copied all other kinds are frames of the segment."""


@dataclass(slots=True)
class CopyProgress:
    """Progress of one wearable's copy; `segments` and `size_bytes` are of what is verified."""

    segments: int = 0
    size_bytes: int = 0
    later: int = 0
    connects: int = 0
    complaint: str = ""


class FlashSelection(Protocol):
    """Selection of a wearable's flash that is wanted; the rest stays there, not acknowledged."""

    def check(self, hello: messages.Hello) -> None:
        """Raise SessionError if this is not the wearable it is wanted from."""

    def wants_boot(self, boot: int) -> bool:
        """Whether anything of a boot is wanted."""

    def wants(self, block: messages.Block) -> bool:
        """Whether a block is wanted."""


class WholeFlash:
    """Selection of all of a flash."""

    def check(self, hello: messages.Hello) -> None:
        """Accept any wearable."""

    def wants_boot(self, boot: int) -> bool:
        """Every boot is wanted."""
        return True

    def wants(self, block: messages.Block) -> bool:
        """Every block is wanted."""
        return True


class FlashCopy(Onlooker):
    """Copy of one wearable's flash in a folder, segment by segment, across links that fall."""

    def __init__(
        self, person: PersonName, link: Link, folder: Path, selection: FlashSelection
    ) -> None:
        self.person = person
        self.link = link
        self.folder = folder
        self.selection = selection
        self.progress = CopyProgress()
        self._conversation = Conversation(link, person, self)
        self._part: _Part | None = None
        self._introduction: dict[tuple[int, int], bytes] = {}

    async def run(self) -> None:
        """Copy until everything is here, across as many links as it takes."""
        private_folder(self.folder)
        pause = ReconnectPause()
        while True:
            try:
                await self.link.open()
                self.progress.connects += 1
                pause.link_made()
                self._conversation = Conversation(self.link, self.person, self)
                async with together(self._conversation.listen()):
                    await self._greet()
                    await self._copy_all()
                return
            except UnfitWearableError:
                raise
            except LinkError as error:
                self.progress.complaint = str(error)
                pause.link_failed(error)
                await pause.wait()
            finally:
                await self.link.close()

    async def _greet(self) -> None:
        """Learn who this is, and let a recording that still goes on end."""
        talk = self._conversation
        hello = await talk.greet(ANSWER_TIMEOUT_S)
        self.selection.check(hello)
        status = await talk.answer(messages.Status, ANSWER_TIMEOUT_S)
        while status.state == RECORDING:
            await talk.say(messages.Stop(0))
            status = await talk.answer(messages.Status, ANSWER_TIMEOUT_S)
        _write(self.folder / "introduction.bin", b"".join(self._introduction.values()))

    # The wearable is asked for the first segment from `number` on, until it has no more.
    # 1. The answer is 0 or a number before `number`: there are no more.
    # 2. The segment was acknowledged before, or is of a boot that is not wanted: passed over.
    # 3. Its file is here and as large as the segment: an earlier link copied and checked it, but
    #    may have fallen before the acknowledgement arrived. Acknowledged again, not copied again.
    # 4. It is not here, or has grown since, as the last segment of a recording that went on:
    #    copied, going on with its part if there is one.
    # Each new link begins at 0 again and counts anew: 3 makes that cheap.
    async def _copy_all(self) -> None:
        number = 0
        self.progress.segments = self.progress.size_bytes = 0
        while True:
            held = await self._conversation.request(
                messages.Contents(number), messages.Held, ANSWER_TIMEOUT_S
            )
            if held.number < max(number, 1):
                return
            number = held.number + 1
            self.progress.later = held.later
            if held.fetched or not self.selection.wants_boot(held.boot):
                continue
            file = self.folder / f"{held.number:06d}-{held.boot:05d}.seg"
            if not file.is_file() or file.stat().st_size < held.size_bytes:
                await self._copy(held, file)
            await self._acknowledge(file)
            self.progress.segments += 1
            self.progress.size_bytes += file.stat().st_size

    async def _copy(self, held: messages.Held, file: Path) -> None:
        """Copy one segment until number and checksum of its frames hold; then give it its name.

        A link that falls leaves the part, which the next link goes on with. A checksum that does
        not hold takes it away: what arrived can no longer be told from what lies in flash.
        """
        for _ in range(COPY_TRIES):
            with _Part(file.with_suffix(".part")) as part:
                copied = await self._fill(part, held.number)
                part.flush()
                whole = (part.count, part.checksum) == (copied.stop, copied.checksum)
            if whole:
                part.path.replace(file)
                settle_names(self.folder)
                return
            part.path.unlink()
        raise SessionError(
            f"segment {held.number} of wearable {self.person} arrives differently each time: its "
            "flash or the link is damaged; nothing was erased"
        )

    async def _fill(self, part: "_Part", number: int) -> messages.Copied:
        """Let a part take the frames that arrive until its segment ends, or the link."""
        self._part = part
        try:
            await self._conversation.say(messages.Copy(number, part.count))
            return await self._conversation.answer_behind_stream(
                messages.Copied, ANSWER_TIMEOUT_S, lambda one: one.number == number
            )
        finally:
            self._part = None

    async def _acknowledge(self, file: Path) -> None:
        """Tell the wearable that all of a segment is on disk, read back from there."""
        spans: dict[tuple[int, int], tuple[int, int]] = {}
        for framed in frames.FrameReader().feed(file.read_bytes()):
            if frames.kind_of(framed) != messages.Block.KIND:
                continue
            block = message_of(framed)
            if isinstance(block, messages.Block) and self.selection.wants(block):
                key = block.boot, block.stream
                first, _ = spans.get(key, (block.sequence, 0))
                spans[key] = first, block.sequence + 1
        for (boot, stream), (first, stop) in spans.items():
            await self._conversation.say(messages.Ack(boot, stream, first, stop))

    def received(self, host_ns: int, framed: bytes) -> bool:
        """Keep frames of the segment and of the introduction; the conversation's are wanted."""
        kind = frames.kind_of(framed)
        if kind not in CONVERSATION:
            if self._part is not None:
                self._part.add(framed)
            return False
        if kind in INTRODUCTION:
            stream = framed[frames.HEADER_SIZE] if kind == messages.StreamInfo.KIND else 0
            self._introduction[kind, stream] = framed
        return True


class _Part:
    """A segment file that grows by whole frames; what a crash tore off its end is cut away."""

    # What is on disk from an earlier run is one of three things.
    # 1. Whole frames from the first byte on, perhaps with a torn one at the end: it is cut behind
    #    the last whole one, and copying goes on with frame number `count`.
    # 2. Anything else, as bytes before or between frames: the frames found are not the beginning
    #    of the file, so their number says nothing about the segment; it is begun again.
    # 3. Nothing.
    def __init__(self, path: Path) -> None:
        self.path = path
        known = path.read_bytes() if path.is_file() else b""
        whole = frames.FrameReader().feed(known)
        kept = b"".join(whole)
        self.count = len(whole) if known.startswith(kept) else 0
        kept = kept if self.count else b""
        self.checksum = zlib.crc32(kept)
        self._file = private_file(path).open("r+b")
        self._file.truncate(len(kept))
        self._file.seek(len(kept))

    def __enter__(self) -> "_Part":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, framed: bytes) -> None:
        """Append a frame."""
        self._file.write(framed)
        self.checksum = zlib.crc32(framed, self.checksum)
        self.count += 1

    def flush(self) -> None:
        """Force all to disk."""
        self._file.flush()
        os.fsync(self._file.fileno())


def _write(file: Path, data: bytes) -> None:
    partial = file.with_suffix(".partial")
    with private_file(partial).open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(file)
