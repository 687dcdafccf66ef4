"""The relay between a recorder and its pages: what it said is kept for whoever comes later.

Nothing waits for a page. Each has a queue of its own; one that is full belongs to a page that has
stopped reading, and that page is dropped.
"""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dyadkit.errors import LinkError
from dyadkit.live.bodies.drawn import Lanes
from dyadkit.live.door import Message, Reached, Visitor, door_of

MAX_WAITING = 300
"""Messages that may wait for a page: twenty seconds of them."""
LOOK_EACH_S = 0.25
BACKLOG_S = 600.0
"""A page that comes gets so much of the past, and asks for the rest when it is looked at."""
POINTS = 3000
SILENT_WORDS: Message = {
    "kind": "state", "phase": "gone", "people": None, "concerns": [], "coupling": {},
    "said": "the recorder is not there",
}  # fmt: skip


class Viewer:
    """One page that listens: what it is to be sent, as text, until it is dropped."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[str | None] = asyncio.Queue(MAX_WAITING)
        self.is_dropped = False

    def put(self, text: str) -> None:
        """Add a message; a page behind by more than `MAX_WAITING` is dropped."""
        if self.is_dropped:
            return
        try:
            self._waiting.put_nowait(text)
        except asyncio.QueueFull:
            self.is_dropped = True
            while not self._waiting.empty():
                self._waiting.get_nowait()
            self._waiting.put_nowait(None)

    async def next(self) -> str | None:
        """The next message; None where this page was dropped."""
        return await self._waiting.get()


class Relay:
    """Relay of one recorder, found by its folder, for as long as `run` runs.

    It reconnects when the recorder was away. `state` is the newest, `lanes` all that it ever said.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lanes = Lanes()
        self.state: Message = dict(SILENT_WORDS)
        self._labels: Message = {}
        self._marks: Message = {}
        self._viewers: set[Viewer] = set()
        self._visitor: Visitor | None = None

    @property
    def viewers(self) -> int:
        """How many pages listen."""
        return len(self._viewers)

    async def run(self) -> None:
        """Listen to the recorder, for ever."""
        while True:
            reached = Reached.read(door_of(self.folder))
            if reached is not None:
                await self._listen(reached)
            await asyncio.sleep(LOOK_EACH_S)

    async def ask(self, request: Message, timeout_s: float = 15.0) -> Message:
        """Ask the recorder.

        Raises
        ------
        LinkError
            it is not there, or did not answer
        """
        if self._visitor is None:
            raise LinkError("the recorder is not there (any more)")
        answer = await self._visitor.ask(request, timeout_s)
        return {name: answer[name] for name in answer if name not in ("kind", "id")}

    def join(self) -> Viewer:
        """A new page; the past it draws first is in its queue."""
        viewer = Viewer()
        for message in self._past():
            viewer.put(_text(message))
        self._viewers.add(viewer)
        return viewer

    def part(self, viewer: Viewer) -> None:
        """A page that went."""
        self._viewers.discard(viewer)

    def history(self, start_s: float, stop_s: float, points: int) -> Message:
        """What a page draws of a span."""
        return {"lanes": self.lanes.window(start_s, stop_s, points)}

    def _past(self) -> Iterator[Message]:
        if self._labels:
            yield self._labels
        now_s = self.state.get("now_s") or 0.0
        yield {"kind": "lanes", **self.history(max(0.0, now_s - BACKLOG_S), now_s + 60.0, POINTS)}
        if self._marks:
            yield self._marks
        yield self.state

    async def _listen(self, reached: Reached) -> None:
        try:
            self._visitor = visitor = await Visitor.enter(reached)
        except OSError:
            return
        self.lanes = Lanes()
        self._tell({"kind": "again"})
        async for message in visitor.messages():
            self._take(message)
        self._visitor = None
        self.state = {**SILENT_WORDS, **self._last_words()}
        self._tell(self.state)

    def _last_words(self) -> dict[str, Any]:
        """What stays true of a recorder that is gone."""
        kept = ("folder", "report", "ending", "members", "now_s", "begun_s", "simulated")
        return {name: self.state[name] for name in kept if name in self.state}

    def _take(self, message: Message) -> None:
        kind = message.get("kind")
        if kind == "lanes":
            self.lanes.take(message["lanes"])
        elif kind == "labels":
            self._labels = message
        elif kind == "marks":
            self._marks = message
        elif kind == "state":
            self.state = message
        self._tell(message)

    def _tell(self, message: Message) -> None:
        if not self._viewers:
            return
        text = _text(message)
        for viewer in list(self._viewers):
            viewer.put(text)


def _text(message: Message) -> str:
    return json.dumps(message, separators=(",", ":"), allow_nan=False)
