"""Pull: what wearables keep in flash becomes a session on this computer.

A field recording becomes a session of its own; with `completes`, what a wearable still holds of a
session it was away from at the end is put into a copy of that. A pull may be interrupted anywhere:
it goes on from the last whole frame on disk, and the session it ends with holds the same frames in
the same order.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from dyadkit.capture.completion import Missing
from dyadkit.capture.flash_copy import CopyProgress, FlashCopy, FlashSelection, WholeFlash
from dyadkit.capture.tasks import together
from dyadkit.decoding.messages import message_of
from dyadkit.dyad.private_files import private_folder
from dyadkit.dyad.traces import PersonName
from dyadkit.errors import SessionError
from dyadkit.links import HostClock, Link, monotonic_ns
from dyadkit.storage import FILE_NAME, SessionStream, SessionWriter, sha256_of
from dyadkit.storage.layout import PARTS_NAME
from dyadkit.storage.reading import for_copy
from dyadkit.storage.repair import NOT_CLOSED, copy_into, doubts_of, write_all
from dyadkit.storage.scanning import FoundMessage
from dyadkit.version import __version__
from dyadwire import frames, messages


@dataclass(frozen=True, slots=True)
class PullPlan:
    """Plan of a pull: into which folder, and for whom.

    completes : session to make a whole copy of; None for a session of its own
    """

    folder: Path
    participants: dict[PersonName, str] = field(default_factory=dict)
    clock_ns: HostClock = monotonic_ns
    about: dict[str, Any] = field(default_factory=dict)
    completes: Path | None = None


@dataclass(frozen=True, slots=True)
class Pulled:
    """Result of a pull: verified segments and bytes of each person's flash.

    missing_samples : of a session that was completed, those no flash holds either
    """

    folder: Path
    segments: dict[PersonName, int]
    size_bytes: dict[PersonName, int]
    missing_samples: int = 0

    def sentences(self) -> list[str]:
        """Lines for a person."""
        lines = [
            f"person {person}: {self.segments[person]} segments, {self.size_bytes[person]} bytes, "
            "verified and acknowledged"
            for person in self.segments
        ]
        if self.missing_samples:
            lines.append(
                f"{self.missing_samples} samples are missing in the flash, too: dyadkit info "
                f"{self.folder} says where"
            )
        return [*lines, f"session: {self.folder}"]


async def pull(
    plan: PullPlan,
    links: Mapping[PersonName, Link],
    report: Callable[[dict[PersonName, CopyProgress]], None] = lambda _: None,
) -> Pulled:
    """Fetch the flash of each linked wearable into a folder that holds no finished session.

    Links that fall are made again for ever. A wearable that still records is stopped first.

    Raises
    ------
    SessionError
        the folder holds a session already or cannot be written, flash holds nothing, or a
        wearable's firmware does not fit; with `completes`, that is not a wearable's session
    """
    stored = None if plan.completes is None else SessionStream(plan.completes)
    missing = {} if stored is None else {person: Missing(stored, person) for person in links}
    selections: Mapping[PersonName, FlashSelection] = missing or {
        person: WholeFlash() for person in links
    }
    parts = _parts(plan.folder)
    copies = {
        person: FlashCopy(person, link, parts / person, selections[person])
        for person, link in links.items()
    }
    progress = {person: one.progress for person, one in copies.items()}
    async with together(*(one.run() for one in copies.values())) as tasks:
        while not all(task.done() for task in tasks):
            await asyncio.wait(tasks, timeout=0.5)
            report(progress)
    if stored is None:
        return _session_of(plan, parts, list(copies))
    return _completed(plan, parts, stored, missing)


def _parts(folder: Path) -> Path:
    """Folder of the copies, made if need be."""
    if (folder / FILE_NAME).is_file() and not (folder / PARTS_NAME).is_dir():
        raise SessionError(
            f"{folder} already holds a session; choose another folder, nothing was overwritten"
        )
    try:
        private_folder(folder / PARTS_NAME)
    except OSError as error:
        raise SessionError(
            f"cannot write to {folder}: {error.strerror}; choose a folder you may write to"
        ) from None
    return folder / PARTS_NAME


def _session_of(plan: PullPlan, parts: Path, persons: list[PersonName]) -> Pulled:
    """Make the session of verified copies, then remove those."""
    for person in persons:
        if not _segments(parts, person):
            raise SessionError(
                f"the flash of wearable {person} holds nothing that was not fetched before"
            )
    writer = _writer(plan.folder)
    at_ns = plan.clock_ns()
    about = {"mode": "field", "participants": dict(plan.participants), **plan.about}
    writer.log(at_ns, "session", version=__version__, about=about)
    for person in persons:
        introduction = (parts / person / "introduction.bin").read_bytes()
        received = chain(frames.FrameReader().feed(introduction), _copied(parts, person))
        write_all(writer, (FoundMessage(f"{person}/heard", at_ns, framed) for framed in received))
    writer.close({"format": 1, "dyadkit": __version__, **about})
    return _clear(plan.folder, parts, persons)


def _completed(
    plan: PullPlan, parts: Path, stored: SessionStream, missing: Mapping[PersonName, Missing]
) -> Pulled:
    """Make a whole copy of a session, then remove the copies of flash."""
    writer = _writer(plan.folder)
    copy_into(writer, (one for one in stored.messages() if one.topic != "gaps"), stored)
    at_ns = stored.last_ns
    added = {p: _add(writer, at_ns, one, _copied(parts, p)) for p, one in missing.items()}
    for person, one in missing.items():
        writer.log(at_ns, "completed", person=person, blocks=added[person])
        writer.log(at_ns, "closed", topic="links", person=person)
        for gap in one.gaps():
            writer.log(at_ns, "gap", topic="gaps", person=person, **gap._asdict())
    missing_samples = sum(gap.samples for one in missing.values() for gap in one.gaps())
    facts, aside = for_copy(stored.about)
    earlier = [doubt for doubt in stored.about.get("recovered", []) if doubt != NOT_CLOSED]
    writer.close(
        {
            **facts,
            "missing_blocks": sum(one.missing_blocks() for one in missing.values()),
            "missing_samples": missing_samples,
            "unfinished": [],
            "completed_from_sha256": sha256_of(stored.path),
            "recovered": [*earlier, *(doubt for doubt in doubts_of(stored) if doubt != NOT_CLOSED)],
        },
        aside,
    )
    return _clear(plan.folder, parts, list(missing), missing_samples)


def _add(writer: SessionWriter, at_ns: int, one: Missing, copied: Iterator[bytes]) -> int:
    """Add the blocks that a session lacks; gives how many there were."""
    lacking = _lacking(one, copied)
    return write_all(
        writer, (FoundMessage(f"{one.person}/heard", at_ns, framed) for framed in lacking)
    )


def _lacking(one: Missing, copied: Iterator[bytes]) -> Iterator[bytes]:
    for framed in copied:
        if frames.kind_of(framed) != messages.Block.KIND:
            continue
        block = message_of(framed)
        if isinstance(block, messages.Block) and one.wants(block):
            one.add(block)
            yield framed


def _writer(folder: Path) -> SessionWriter:
    (folder / FILE_NAME).unlink(missing_ok=True)  # of a pull that died while making it
    return SessionWriter(folder)


def _segments(parts: Path, person: PersonName) -> list[Path]:
    return sorted((parts / person).glob("*.seg"))


def _copied(parts: Path, person: PersonName) -> Iterator[bytes]:
    for file in _segments(parts, person):
        yield from frames.FrameReader().feed(file.read_bytes())


def _clear(
    folder: Path, parts: Path, persons: list[PersonName], missing_samples: int = 0
) -> Pulled:
    """Remove the copies, which are in the session now; gives what was pulled."""
    done = Pulled(
        folder,
        {person: len(_segments(parts, person)) for person in persons},
        {
            person: sum(file.stat().st_size for file in _segments(parts, person))
            for person in persons
        },
        missing_samples,
    )
    for file in (*parts.glob("*/*"), *parts.glob("*"), parts):
        with contextlib.suppress(OSError):
            file.rmdir() if file.is_dir() else file.unlink()
    return done
