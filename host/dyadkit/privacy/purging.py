"""Purging: what was recorded is deleted, of both or of one, and what was deleted is recorded.

Deleted from the file system: a flash disk may keep the bytes where no file is until it needs them.
Who must exclude that keeps sessions on an encrypted disk. Copies, exports and reports that lie
elsewhere are not looked for.
"""

import datetime
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from dyadkit.decoding.messages import message_of
from dyadkit.dyad.private_files import private_file
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.errors import SessionError
from dyadkit.privacy.locking import LOCKING_NAME, OPENING
from dyadkit.privacy.rewriting import Facts, closed_session, rewrite, rewrite_imported
from dyadkit.sessions.corrections import corrections_file
from dyadkit.sessions.extraction import forget_extraction
from dyadkit.storage import ABOUT_NAME, FILE_NAME, JSON_TOPICS, SessionStream, sha256_of
from dyadkit.storage.disk import settle_names
from dyadkit.storage.imported import ImportedSession, is_imported, read_imported
from dyadkit.storage.layout import LOCKED_NAME, PARTS_NAME
from dyadkit.storage.mark_lines import MARKS_NAME
from dyadkit.storage.metadata import parsed
from dyadkit.storage.scanning import FoundMessage
from dyadkit.version import __version__
from dyadwire import messages

RECORD_NAME = "purged.json"
DRAFT_NAME = f"{RECORD_NAME}.partial"
OWN_NAMES = (FILE_NAME, LOCKED_NAME, ABOUT_NAME, MARKS_NAME, LOCKING_NAME)
"""In the order of removal: without the first two nothing is a session any more."""
RIGHTS = ("purged", "withdrawn")
"""Facts of what became of a person's data, which stay when the data are gone."""
SENTENCES = ("notes", "unfinished", "faults", "recovered")
"""Facts whose sentences may be about one person."""


@dataclass(frozen=True, slots=True, eq=False)
class Purged(Result):
    """What was deleted of a session, and when.

    person : whose half it was; empty for all of it
    files : each with its name, bytes and SHA-256 as it was; of a half, the session file before
    left : what lies in the folder and was not written by dyadkit
    """

    session: str
    person: str
    on: str
    reason: str
    files: list[dict[str, Any]]
    messages: int = 0
    removed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    by: str = field(default=f"dyadkit {__version__}")

    def sentences(self) -> list[str]:
        """Lines for a person."""
        if self.person:
            lines = [
                f"{self.session}: what was recorded of {self.person} is deleted, {self.messages} "
                "messages; the other half stays, and says so"
            ]
        else:
            sizes = sum(one["size"] for one in self.files)
            lines = [f"{self.session}: deleted, {len(self.files)} files, {sizes} bytes"]
            lines.append(f"what was deleted, with its SHA-256: {self.session}/{RECORD_NAME}")
        lines += [f"not written by dyadkit and left: {name}" for name in self.left]
        return [*lines, "copies, exports and reports that lie elsewhere are not deleted"]


def purge(folder: Path, reason: str = "") -> Purged:
    """Delete a session, open or locked, closed or not; a record of it stays in its folder.

    Raises
    ------
    SessionError
        the folder holds no session, or something in it cannot be deleted: the same again goes on
    """
    if not any((folder / name).is_file() for name in (FILE_NAME, LOCKED_NAME, DRAFT_NAME)):
        raise SessionError(f"{folder} holds no session that could be deleted")
    try:
        files = _draft(folder)
        removed = tuple(one.name for one in forget_extraction(folder))
        for one in _own(folder):
            one.unlink()
        shutil.rmtree(folder / PARTS_NAME, ignore_errors=True)
        settle_names(folder)
        left = tuple(
            sorted(
                one.name for one in folder.iterdir() if one.name not in (DRAFT_NAME, RECORD_NAME)
            )
        )
        done = Purged(folder.name, "", _now(), reason, files, removed=removed, left=left)
        _write(folder / DRAFT_NAME, asdict(done))
        (folder / DRAFT_NAME).replace(folder / RECORD_NAME)
    except OSError as error:
        raise SessionError(
            f"cannot delete all of {folder}: {error.strerror}; the same command goes on"
        ) from None
    return done


def purge_person(folder: Path, person: PersonName, reason: str = "") -> Purged:
    """Delete one person's half of a closed session; the file is written anew without it.

    Their frames, what was written to their wearable, their entries of the log, their marks, code,
    role and wearable go; marks that name nobody stay, with their labels. When, why, how many
    messages and the SHA-256 of the file before stand in the new one.

    Raises
    ------
    SessionError
        not a closed session, it is locked, or there is nothing of them; it is then as it was
    """
    if is_imported(folder):
        done = _purge_imported(folder, person, reason)
    else:
        done = _purge_recorded(closed_session(folder), person, reason)
    (folder / MARKS_NAME).unlink(missing_ok=True)  # those of the other are in the file
    corrections_file(folder, person).unlink(missing_ok=True)
    return done


def _purge_recorded(stored: SessionStream, person: PersonName, reason: str) -> Purged:
    folder = stored.path.parent
    half = _Half(person, str(stored.about.get("participants", {}).get(person, "")))
    before = {
        "name": FILE_NAME,
        "size": stored.path.stat().st_size,
        "sha256": sha256_of(stored.path),
    }
    again = person in stored.about.get("purged", {})
    count = sum(1 for _ in stored.messages(f"{person}/heard", f"{person}/said"))
    if not count and not again:
        raise SessionError(f"{folder} holds nothing of person {person}")
    done = Purged(folder.name, person, _now(), reason, [before], messages=count)
    facts = half.facts_without(stored.about)
    if not again:
        facts["purged"] = {**facts.get("purged", {}), person: _kept(done)}
    rewrite(stored, half.messages_without(stored.messages()), facts)
    return done


def _purge_imported(folder: Path, person: PersonName, reason: str) -> Purged:
    stored = read_imported(folder)
    before = _described(folder / FILE_NAME, folder)
    done = Purged(
        folder.name, person, _now(), reason, [before], messages=len(stored.traces[person])
    )
    code = str(stored.about.get("participants", {}).get(person, ""))
    facts = _Half(person, code).facts_without(stored.about)
    facts["purged"] = {**facts.get("purged", {}), person: _kept(done)}
    facts["participants"] = {**facts.get("participants", {}), person: ""}
    rewrite_imported(folder, ImportedSession({**stored.traces, person: {}}, facts))
    return done


def _kept(done: Purged) -> dict[str, Any]:
    """What the rewritten session keeps of what was deleted."""
    return {
        "on": done.on,
        "reason": done.reason,
        "messages": done.messages,
        "sha256_before": done.files[0]["sha256"],
        "by": done.by,
    }


@dataclass(frozen=True, slots=True)
class _Half:
    """What belongs to one person in a session of two."""

    person: PersonName
    code: str

    def messages_without(self, all_of_them: Iterator[FoundMessage]) -> Iterator[FoundMessage]:
        """Yield the messages that are not theirs; entries of the log without what is theirs."""
        for one in all_of_them:
            if one.topic in JSON_TOPICS:
                entry = parsed(one.data)
                if entry is not None and entry.get("person") != self.person:
                    cleaned = json.dumps(self._without(entry)).encode()
                    yield FoundMessage(one.topic, one.host_ns, cleaned)
            elif not one.topic.startswith(f"{self.person}/") and not _names_partner(one):
                yield one

    def facts_without(self, about: Facts) -> Facts:
        """Facts of the session without those of this person; of both clocks' truth nothing."""
        facts: Facts = self._without({k: v for k, v in about.items() if k != "clock_truth"})
        return facts

    def _without(self, said: Any) -> Any:
        if isinstance(said, dict):
            return {
                name: self._fact(name, value) for name, value in said.items() if name != self.person
            }
        if isinstance(said, list):
            theirs = [isinstance(one, dict) and one.get("person") == self.person for one in said]
            return [self._without(one) for one, is_theirs in zip(said, theirs, strict=True)
                    if not is_theirs]  # fmt: skip
        return said

    def _fact(self, name: str, said: Any) -> Any:
        if name in RIGHTS:
            return said
        return self._sentences(said) if name in SENTENCES else self._without(said)

    def _sentences(self, said: Any) -> Any:
        """Sentences that name neither this person nor their code."""
        if not isinstance(said, list):
            return said
        words = "|".join(re.escape(word) for word in (self.person, self.code) if word)
        return [one for one in said if not re.search(rf"\b({words})\b", str(one))]


def _names_partner(one: FoundMessage) -> bool:
    """Whether this told a wearable who its partner is: the other's hardware address."""
    return one.topic.endswith("/said") and isinstance(message_of(one.data), messages.Partner)


def _own(folder: Path) -> list[Path]:
    """Files of a session's folder that dyadkit writes, in the order of their removal."""
    named = [folder / name for name in OWN_NAMES if (folder / name).is_file()]
    named += [one for one in map(partial(corrections_file, folder), PERSONS) if one.is_file()]
    parts = [one for one in (folder / PARTS_NAME).rglob("*") if one.is_file()]
    return [*named, *parts, *folder.rglob(f"*{OPENING}")]


def _draft(folder: Path) -> list[dict[str, Any]]:
    """List of what is to be deleted, on disk before anything is; kept if it was begun before."""
    draft = folder / DRAFT_NAME
    known = parsed(draft.read_bytes()) if draft.is_file() else None
    files: list[dict[str, Any]] = list(known.get("files", [])) if known else []
    listed = {one["name"] for one in files}
    found = [_described(one, folder) for one in _own(folder)]
    files += [one for one in found if one["name"] not in listed]
    _write(draft, {"files": files})
    return files


def _described(file: Path, folder: Path) -> dict[str, Any]:
    """A file as a record names it."""
    name = file.relative_to(folder).as_posix()
    return {"name": name, "size": file.stat().st_size, "sha256": sha256_of(file)}


def _write(file: Path, record: dict[str, Any]) -> None:
    private_file(file).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
