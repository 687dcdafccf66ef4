"""Write the tables of PROTOCOL.md from the code: `python shared/tables.py`.

Everything between `<!-- table: NAME -->` and `<!-- end -->` is generated; the rest is prose.
"""

import re
import struct
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from dyadwire import MAJOR, MINOR, frames, key_messages, meanings, messages, states

DOCUMENT = Path(__file__).with_name("PROTOCOL.md")
MARK = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def rows(heads: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    table = [heads, ["---"] * len(heads), *lines]
    return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in table)


def first_line(text: str | None) -> str:
    """The first sentence of a docstring, on one line."""
    return " ".join((text or "").split("\n\n")[0].split())


def fields(message: "messages.Message") -> str:
    """Names and types of a message's fields, in their order on the wire."""
    types = re.findall(r"\d*[a-zA-Z]", message.LAYOUT)
    if messages.has_tail(message):
        types.append("…")
    return ", ".join(f"{name} `{kind}`" for name, kind in zip(message._fields, types, strict=True))


def message_table() -> str:
    """Every message with its layout."""
    return rows(
        ("kind", "message", "bytes", "fields", "meaning"),
        (
            (
                f"0x{message.KIND:02X}",
                message.__name__,
                f"{messages.size(message)}{' +' if messages.has_tail(message) else ''}",
                fields(message),
                first_line(message.__doc__),
            )
            for message in (*messages.MESSAGES, *key_messages.KEY_MESSAGES)
        ),
    )


def frame_table() -> str:
    """The envelope."""
    return rows(
        ("offset", "bytes", "field"),
        (
            (0, 1, f"magic 0x{frames.MAGIC:02X}"),
            (1, 1, "kind of message"),
            (2, 1, f"length n of the payload, at most {frames.MAX_PAYLOAD}"),
            (frames.HEADER_SIZE, "n", "payload"),
            (f"{frames.HEADER_SIZE} + n", struct.calcsize("<I"), "CRC32 of kind, length, payload"),
        ),
    )


def version_table() -> str:
    """The version these tables are of."""
    return rows(("major", "minor"), ((MAJOR, MINOR),))


def stream_table() -> str:
    """Every stream."""
    return rows(("number", "stream", "unit", "meaning"), meanings.STREAMS)


def status_table() -> str:
    """Status bits of a block."""
    return rows(
        ("bit", "name", "meaning"),
        ((f"0x{bit:02X}", name, meaning) for bit, name, meaning in meanings.STATUS_BITS),
    )


def named(table: Sequence[Sequence[object]]) -> Callable[[], str]:
    """Writer of a table of (number, name, meaning) or (number, meaning)."""
    heads = ("number", "name", "meaning") if len(table[0]) == 3 else ("number", "meaning")
    return lambda: rows(heads, table)


TABLES: dict[str, Callable[[], str]] = {
    "version": version_table,
    "frame": frame_table,
    "messages": message_table,
    "streams": stream_table,
    "status": status_table,
    "states": named(states.STATES),
    "events": named(meanings.EVENTS),
    "faults": named(meanings.FAULTS),
    "checks": lambda: rows(
        ("bit", "check", "passes when"),
        ((f"0x{bit:03X}", name, meaning) for bit, name, meaning in meanings.CHECKS),
    ),
    "reasons": named(meanings.REASONS),
    "outcomes": named(meanings.OUTCOMES),
    "processors": named(meanings.PROCESSORS),
    "uuids": lambda: rows(("UUID", "name", "meaning"), meanings.UUIDS),
}


def with_tables(text: str) -> str:
    """The document with fresh tables."""
    return MARK.sub(lambda found: found[1] + TABLES[found[2]]() + found[3], text)


if __name__ == "__main__":
    DOCUMENT.write_text(with_tables(DOCUMENT.read_text()))
    sys.exit()
