"""Marks from other programs while a session records: a line of TCP, HTTP, or an LSL stream.

All of them write what `dyadkit mark` writes, a line of `marks.jsonl` forced to disk, with this
computer's clock at the moment the mark came in. They listen on this computer only.

A message is a label, or JSON: `{"label": "trial 3", "kind": "condition", "person": "a"}`, where
`kind` is event (as without one), condition, note, end or undo.
"""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

from dyadkit.dyad.traces import PersonName
from dyadkit.errors import DyadkitError, SessionError, extra
from dyadkit.storage.marks import end_condition, set_mark, undo_mark

HOST = "127.0.0.1"
MAX_LINE = 4096
MAX_CLIENTS = 32
SILENT_S = 600.0
KINDS: tuple[Literal["event", "condition", "note"], ...] = ("event", "condition", "note")

ClockNs = Callable[[], int]


def take_mark(folder: Path, at_ns: int, message: str) -> str:
    """Write a message as a mark of the session that records in `folder`; gives what was done.

    Raises
    ------
    SessionError
        no session records there
    ValueError
        the message is no mark
    """
    label, kind, person = _parsed(message)
    if kind == "undo":
        return f"undone: {undo_mark(folder, at_ns)}"
    if kind == "end":
        return f"ended: {end_condition(folder, at_ns, person)}"
    chosen = next((one for one in KINDS if one == kind), None)
    if chosen is None:
        raise ValueError(f"kind is {kind!r}: event, condition, note, end or undo")
    if not label:
        raise ValueError("the label is empty")
    set_mark(folder, at_ns, label, chosen, person)
    return f"marked: {label}"


def _parsed(message: str) -> tuple[str, str, PersonName | None]:
    """Label, kind and person of a message."""
    text = message.strip()
    if not text.startswith("{"):
        return text, "event", None
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("the message begins as JSON and is none") from None
    unknown = sorted(plain.keys() - {"label", "kind", "person"})
    if unknown:
        raise ValueError(f"{unknown[0][:40]!r} is not known: label, kind and person are")
    person = plain.get("person")
    if person not in (None, "a", "b"):
        raise ValueError(f"person is {str(person)[:40]!r}: a or b")
    return str(plain.get("label", "")), str(plain.get("kind", "event")), person


class MarkServer:
    """Server of marks on a port of this computer: lines of TCP and HTTP requests alike.

    A line gives `ok ...` or `no ...`; HTTP takes POST /mark with a message as its body, or
    /mark?label=..., and answers 200 or 400 with the same words.
    """

    def __init__(self, folder: Path, clock_ns: ClockNs) -> None:
        self._folder = folder
        self._clock_ns = clock_ns
        self._clients = 0

    async def listen(self, port: int) -> asyncio.Server:
        """Begin to listen; port 0 takes any that is free.

        Raises
        ------
        SessionError
            the port is taken
        """
        try:
            return await asyncio.start_server(self._serve, HOST, port, limit=MAX_LINE)
        except OSError as error:
            raise SessionError(f"cannot listen on port {port}: {error.strerror}") from None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients += 1
        try:
            if self._clients <= MAX_CLIENTS:
                await self._converse(reader, writer)
        except (OSError, ValueError, TimeoutError, asyncio.IncompleteReadError):
            pass  # too long a line, or gone: this client only
        finally:
            self._clients -= 1
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await asyncio.wait_for(reader.readline(), SILENT_S):
            at_ns = self._clock_ns()
            text = line.decode("utf-8", errors="replace").rstrip("\r\n")
            words = text.split(" ")
            if len(words) == 3 and words[2].startswith("HTTP/"):
                await self._http(words[0], words[1], at_ns, reader, writer)
                return
            if text.strip():
                said = self._take(text, at_ns)
                writer.write(f"{'ok' if said[0] else 'no'} {said[1]}\n".encode())
                await writer.drain()

    async def _http(
        self,
        method: str,
        target: str,
        at_ns: int,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        length, foreign = 0, False
        while (header := (await reader.readline()).decode("latin-1").strip()) != "":
            name, _, value = header.partition(":")
            if name.lower() == "content-length" and value.strip().isdigit():
                length = int(value)
            foreign |= name.lower() == "origin"  # a page of the web, not a program of the lab
        url = urlsplit(target)
        body = await reader.readexactly(length) if 0 < length <= MAX_LINE else b""
        query = dict(parse_qsl(url.query))
        message = json.dumps(query) if query else body.decode("utf-8", errors="replace")
        if method != "POST" or url.path != "/mark" or foreign or length > MAX_LINE:
            done, words = False, "POST /mark, with a label or JSON as its body, from a program here"
        else:
            done, words = self._take(message, at_ns)
        text = words.encode() + b"\n"
        status = b"200 OK" if done else b"400 Bad Request"
        writer.write(
            b"HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n"
            b"Connection: close\r\n\r\n%s" % (status, len(text), text)
        )
        await writer.drain()

    def _take(self, message: str, at_ns: int) -> tuple[bool, str]:
        try:
            return True, take_mark(self._folder, at_ns, message)
        except (DyadkitError, ValueError) as error:
            return False, str(error)


async def follow_lsl(
    folder: Path, name: str, clock_ns: ClockNs, seen: Callable[[str], None]
) -> None:
    """Take over every sample of an LSL stream of text as a mark, at its own time.

    Parameters
    ----------
    name : of the stream; it is waited for, and again when it goes
    seen : is called with what was done

    Raises
    ------
    MissingExtraError
        pylsl is not installed
    """
    with extra("lsl"):
        import pylsl
    loop = asyncio.get_running_loop()
    while True:
        found = await loop.run_in_executor(
            None, lambda: pylsl.resolve_byprop("name", name, timeout=1.0)
        )
        if found:
            await loop.run_in_executor(None, _drain, pylsl, found[0], folder, clock_ns, seen)


def _drain(
    pylsl: Any, info: Any, folder: Path, clock_ns: ClockNs, seen: Callable[[str], None]
) -> None:
    """Take marks of one LSL stream until it is lost."""
    inlet = pylsl.StreamInlet(info, recover=False, processing_flags=pylsl.proc_clocksync)
    try:
        while True:
            sample, stamp_s = inlet.pull_sample(timeout=0.5)
            if sample is None:
                continue
            ago_s = max(0.0, pylsl.local_clock() - stamp_s)
            at_ns = clock_ns() - int(ago_s * 1e9)
            try:
                seen(take_mark(folder, at_ns, " ".join(str(one) for one in sample)))
            except (DyadkitError, ValueError) as error:
                seen(f"no mark: {error}")
    except pylsl.LostError:
        return
