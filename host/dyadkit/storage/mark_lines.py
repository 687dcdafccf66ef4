"""Lines of `marks.jsonl`: whoever writes them, each is a mark of this recording or kept as it came.

The file is open to every program that can append a line. A line that cannot be a mark ends nothing:
it stays where it is, the recorder notes what it was and why, and `info` says how many there were.
"""

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from dyadkit.dyad.limits import MAX_KEPT_LETTERS, MAX_MARK_BYTES
from dyadkit.storage.metadata import parsed
from dyadkit.storage.shapes import (
    MARK_KINDS,
    is_count,
    is_person_or_both,
    is_seconds,
    is_text,
)

MARKS_NAME = "marks.jsonl"
MAX_AHEAD_NS = 1_000_000_000
"""By which a mark may be ahead of the recorder's clock: it was set, read and placed within."""
READ_NS = 100_000_000
"""Between the readings of two clocks of a busy computer at most."""
_READ_BYTES = 1 << 20

MarkEntry: TypeAlias = dict[str, Any]
"""A line of `marks.jsonl`, or the entry the recorder made of it; `set_ns` is the line's `at_ns`."""

_SHAPES = {
    "at_ns": (is_count, "at_ns is no time: whole nanoseconds of this computer's monotonic clock"),
    "label": (is_text, "label is no text, or too long for one"),
    "kind": (MARK_KINDS, "kind is none of event, condition, note, end, undo"),
    "person": (is_person_or_both, "person is neither a nor b"),
    "seconds": (is_seconds, "seconds are no length of time"),
    "undoes_ns": (is_count, "undoes_ns is no time of a mark"),
}


Identity: TypeAlias = tuple[int, str, str, str | None]


class NoMark(NamedTuple):
    """A line that cannot be a mark of this recording: its beginning, and why."""

    line: str
    why: str


@dataclass(frozen=True, slots=True)
class Span:
    """When a recording was, to tell its own marks from others; ns of the clock they are set on.

    unix_ahead_ns : how far Unix time is ahead of that clock; None where nobody knows
    """

    began_ns: int
    until_ns: int
    unix_ahead_ns: int | None = None

    def placed(self, mark: MarkEntry) -> MarkEntry | NoMark:
        """The mark with the time at which it stands; Unix time is taken for what it is.

        Examples
        --------
        >>> span = Span(0, 60 * 10**9, unix_ahead_ns=1_800_000_000 * 10**9)
        >>> span.placed({"at_ns": 1_800_000_005 * 10**9, "label": "tea"})
        {'at_ns': 5000000000, 'label': 'tea', 'set_ns': 1800000005000000000}
        >>> span.placed({"at_ns": 102 * 10**9, "label": "tea"}).why
        'its time is 42.0 s after this recording'
        """
        at_ns = mark["at_ns"]
        if self._holds(at_ns):
            return mark
        if self.unix_ahead_ns is not None and self._holds(at_ns - self.unix_ahead_ns + READ_NS):
            moved_ns = max(at_ns - self.unix_ahead_ns, self.began_ns)
            return {**mark, "at_ns": moved_ns, "set_ns": at_ns}
        off_s, where = (at_ns - self.until_ns) * 1e-9, "after"
        if at_ns < self.began_ns:
            off_s, where = (self.began_ns - at_ns) * 1e-9, "before"
        return NoMark(str(mark), f"its time is {off_s:.1f} s {where} this recording")

    def _holds(self, at_ns: int) -> bool:
        return self.began_ns <= at_ns <= self.until_ns + MAX_AHEAD_NS


def mark_of(line: bytes) -> MarkEntry | NoMark:
    """A line as a mark; what it says beside is kept under `more` and read by nobody.

    Examples
    --------
    >>> mark_of(b'{"at_ns": 5, "label": "tea", "topic": "a/heard"}')
    {'at_ns': 5, 'label': 'tea', 'more': {'topic': 'a/heard'}}
    >>> mark_of(b'{"at_ns": -1, "label": "tea"}').why
    "at_ns is no time: whole nanoseconds of this computer's monotonic clock"
    """
    said = None if len(line) > MAX_MARK_BYTES else parsed(line)
    if said is None:
        return NoMark(_shown(line), "it is no JSON object of a line's length")
    if "at_ns" not in said or "label" not in said:
        return NoMark(_shown(line), "it has no at_ns or no label")
    for name, (shape, why) in _SHAPES.items():
        if name in said and not shape(said[name]):
            return NoMark(_shown(line), why)
    more = {name: said[name] for name in said if name not in _SHAPES}
    mark = {name: said[name] for name in _SHAPES if name in said}
    return {**mark, "more": more} if more else mark


class MarkReader:
    """Reader of `marks.jsonl` while it grows: each whole line once, whoever wrote it.

    folder : of the session; may be set anew where it was moved
    from_byte : where this recording's lines begin; what stands before is of another

    A file that became shorter was written anew: it is read again, and what is known stays known.
    """

    def __init__(self, folder: Path, from_byte: int = 0) -> None:
        self.folder = folder
        self._at = from_byte
        self._seen: set[Identity] = set()
        self._is_in_long_line = False

    def new(self) -> list[MarkEntry]:
        """Marks set since the last call."""
        return [line for line in self.lines() if not isinstance(line, NoMark)]

    def lines(self) -> list[MarkEntry | NoMark]:
        """What came since the last call; a folder or file that cannot be read gives nothing."""
        data = self._read(self.folder / MARKS_NAME)
        *lines, rest = data.split(b"\n")
        self._at += len(data) - len(rest)
        found = [one for line in lines if (one := self._taken(line)) is not None]
        if len(rest) > MAX_MARK_BYTES:  # no line ends here: pass over it, and say so once
            self._at += len(rest)
            found += [NoMark(_shown(rest), "it is too long")] * (not self._is_in_long_line)
            self._is_in_long_line = True
        return found

    def all(self) -> list[MarkEntry | NoMark]:
        """Everything that is there."""
        found: list[MarkEntry | NoMark] = []
        before = -1
        while before != self._at:
            before = self._at
            found += self.lines()
        return found

    def _taken(self, line: bytes) -> MarkEntry | NoMark | None:
        if self._is_in_long_line or not line.strip():
            self._is_in_long_line = False
            return None
        mark = mark_of(line)
        if isinstance(mark, NoMark):
            return mark
        known = identity_of(mark)
        if known in self._seen:
            return None
        self._seen.add(known)
        return mark

    def _read(self, file: Path) -> bytes:
        """The next bytes of a plain file; opening a pipe would never end."""
        try:
            about = file.stat()
            if not stat.S_ISREG(about.st_mode) or about.st_size == self._at:
                return b""
            if about.st_size < self._at:
                self._at = 0
            with file.open("rb") as lines:
                lines.seek(self._at)
                return lines.read(_READ_BYTES)
        except OSError:
            return b""


def set_ns(entry: MarkEntry) -> int:
    """When the line was written, on the clock of who wrote it."""
    return int(entry["set_ns"] if "set_ns" in entry else entry["at_ns"])


def identity_of(entry: MarkEntry) -> Identity:
    """What a line is known by, on its own and as the entry that was made of it."""
    return set_ns(entry), entry["label"], entry.get("kind", "event"), entry.get("person")


def size_of_marks(folder: Path) -> int:
    """Bytes of `marks.jsonl` that are there already."""
    try:
        return (folder / MARKS_NAME).stat().st_size
    except OSError:
        return 0


def _shown(line: bytes) -> str:
    return line[:MAX_KEPT_LETTERS].decode("utf-8", "backslashreplace")
