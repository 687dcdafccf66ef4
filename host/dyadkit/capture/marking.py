"""Marks of a recording: lines that other programs add, taken over while it goes on."""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

from dyadkit.capture.progress import Watch
from dyadkit.dyad.limits import MAX_KEPT_LINES
from dyadkit.links import HostClock, monotonic_ns
from dyadkit.storage import SessionWriter
from dyadkit.storage.mark_lines import MarkEntry, MarkReader, NoMark, Span


class MarkTaker:
    """Taker of marks: each new line becomes an entry of the session, as a mark or as it came.

    from_byte : where the lines of this recording begin
    """

    def __init__(
        self, writer: SessionWriter, watch: Watch, clock_ns: HostClock, from_byte: int
    ) -> None:
        self._writer = writer
        self._watch = watch
        self._clock_ns = clock_ns
        self._began_ns = clock_ns()
        self._from_byte = from_byte
        self._reader = MarkReader(writer.folder, from_byte)
        self._others: list[NoMark] = []
        self._count = 0

    def take(self) -> bool:
        """Take over what is new; whether there was anything."""
        self._reader.folder = self._writer.folder
        lines = self._reader.lines()
        for line in lines:
            placed = line if isinstance(line, NoMark) else self._placed(line)
            if isinstance(placed, NoMark):
                self._keep(placed)
            else:
                self._watch.marks.append(placed)
                self._log(placed["at_ns"], "mark", placed)
        return bool(lines)

    def notes(self) -> Iterator[str]:
        """Sentences on what was none of this recording."""
        if self._from_byte:
            yield (
                "marks.jsonl held lines from before this recording: they are no marks of it and "
                "stay as they are"
            )
        if self._others:
            yield (
                f"{self._count} line{'s' * (self._count > 1)} of marks.jsonl could not be marks "
                f"and are kept as they came; the first: {self._others[0].why}"
            )

    def _placed(self, mark: MarkEntry) -> MarkEntry | NoMark:
        """The mark where it stands; one set on another clock (a simulation's) where it is met."""
        now_ns = self._clock_ns()
        if self._clock_ns is not monotonic_ns:
            return {**mark, "at_ns": now_ns, "set_ns": mark["at_ns"]}
        placed = Span(self._began_ns, now_ns, time.time_ns() - now_ns).placed(mark)
        return placed if isinstance(placed, NoMark) else {"set_ns": mark["at_ns"], **placed}

    def _keep(self, other: NoMark) -> None:
        self._count += 1
        if len(self._others) < MAX_KEPT_LINES:
            self._others.append(other)
            self._log(self._clock_ns(), "no mark", other._asdict())

    def _log(self, at_ns: int, event: str, said: Mapping[str, Any]) -> None:
        """Add an entry; no name that a line uses can stand for anything else."""
        entry = {name: said[name] for name in said if name != "at_ns"} | {"event": event}
        self._writer.append("marks", at_ns, json.dumps(entry).encode())
