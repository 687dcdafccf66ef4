"""Pages, socket and HTTP interface of a live session."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from dyadkit.errors import DyadkitError
from dyadkit.live.door import Message
from dyadkit.live.server.openapi import document
from dyadkit.live.server.relay import Relay, Viewer
from dyadkit.live.server.requests import MAX_POINTS, checked, read_request

PAGE = Path(str(files("dyadkit.live") / "page"))
MAX_WRONG = 20
"""A page that says so much nonsense is none of ours."""
STALLED, NONSENSE = 4408, 4400
SEND_TIMEOUT_S = 10.0
ASK_TIMEOUTS_S = {"find": 60.0, "blink": 40.0}


def application(relay: Relay) -> Starlette:
    """The application in front of a relay; a `Guard` belongs around it."""

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        running = asyncio.create_task(relay.run())
        yield
        running.cancel()

    interface = Interface(relay)
    routes: list[BaseRoute] = [
        Route("/", _file("index.html")),
        Route("/api", _file("api.html")),
        Route("/api/openapi.json", interface.describe),
        Route("/api/state", interface.state),
        Route("/api/history", interface.history),
        Route("/api/marks", interface.mark, methods=["POST"]),
        Route("/api/{word}", interface.act, methods=["POST"]),
        Route("/report", interface.report),
        Mount("/assets", StaticFiles(directory=PAGE)),
        WebSocketRoute("/socket", interface.socket),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def _file(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_: Request) -> Response:
        return FileResponse(PAGE / name)

    return answer


class Interface:
    """What is answered to pages and programs, all of it the recorder's."""

    ACTS = ("end", "undo", "start", "stop", "check", "find")

    def __init__(self, relay: Relay) -> None:
        self._relay = relay

    async def describe(self, _: Request) -> Response:
        """The interface as OpenAPI."""
        return JSONResponse(document())

    async def state(self, _: Request) -> Response:
        """How everything is now."""
        return JSONResponse(self._relay.state)

    async def history(self, request: Request) -> Response:
        """Lanes of a span: `from_s`, `to_s`, `points`."""
        try:
            asked = {
                name: float(value)
                for name, value in request.query_params.items()
                if name != "token"
            }
            found = self._history(checked({"do": "history", **asked}))
        except ValueError as error:
            return PlainTextResponse(f"{error}\n", 400)
        return JSONResponse(found)

    async def mark(self, request: Request) -> Response:
        """Set a mark; answered once it is on disk."""
        try:
            said = json.loads(await request.body() or b"{}")
            said["label_kind"] = said.pop("kind", "event")
            asked = checked({"do": "mark", **said})
        except (ValueError, TypeError, AttributeError, RecursionError):
            return PlainTextResponse(
                "a mark is a JSON object with label, kind, person, ago_s\n", 400
            )
        return await self._answered(asked)

    async def act(self, request: Request) -> Response:
        """Do what takes no more than a word, and a JSON object of its fields."""
        word = request.path_params["word"]
        if word not in self.ACTS:
            return PlainTextResponse(f"there are {', '.join(self.ACTS)}\n", 404)
        try:
            said = json.loads(await request.body() or b"{}")
            asked = checked({**said, "do": word})
        except (ValueError, TypeError, RecursionError) as error:
            return PlainTextResponse(f"{error}\n", 400)
        return await self._answered(asked)

    async def report(self, _: Request) -> Response:
        """The report of the session, once there is one."""
        name, folder = self._relay.state.get("report"), self._relay.state.get("folder")
        file = Path(folder) / name if name and folder else None
        if file is None or not file.is_file():
            return PlainTextResponse("there is no report yet\n", 404)
        return FileResponse(file)

    async def socket(self, socket: WebSocket) -> None:
        """One page: what is new goes out, what it asks comes in."""
        await socket.accept()
        viewer = self._relay.join()
        sending = asyncio.create_task(self._send(socket, viewer))
        hearing = asyncio.create_task(self._listen(socket, viewer))
        try:
            await asyncio.wait((sending, hearing), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._relay.part(viewer)
            for task in (sending, hearing):
                task.cancel()
            await asyncio.gather(sending, hearing, return_exceptions=True)

    async def _send(self, socket: WebSocket, viewer: Viewer) -> None:
        try:
            while (text := await viewer.next()) is not None:
                async with asyncio.timeout(SEND_TIMEOUT_S):
                    await socket.send_text(text)
            await socket.close(STALLED, "this page does not keep up")
        except (WebSocketDisconnect, TimeoutError, RuntimeError, OSError):
            return

    async def _listen(self, socket: WebSocket, viewer: Viewer) -> None:
        wrong = 0
        asked: set[asyncio.Task[None]] = set()
        try:
            while wrong < MAX_WRONG:
                message = await socket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                try:
                    request = read_request(message.get("text"))
                except ValueError as error:
                    wrong += 1
                    viewer.put(json.dumps({"kind": "answer", "ok": False, "why": str(error)}))
                    continue
                task = asyncio.create_task(self._ask(request, viewer))
                asked.add(task)
                task.add_done_callback(asked.discard)
            await socket.close(NONSENSE, "no page of ours says such things")
        except (WebSocketDisconnect, RuntimeError, OSError):
            return

    async def _ask(self, request: Message, viewer: Viewer) -> None:
        answer = await self._answer(request)
        viewer.put(json.dumps({"kind": "answer", "id": request.get("id"), **answer}))

    async def _answer(self, request: Message) -> Message:
        word = request["do"]
        try:
            if word == "history":
                return {"ok": True, "from_s": request.get("from_s"), **self._history(request)}
            return await self._relay.ask(request, ASK_TIMEOUTS_S.get(word, 15.0))
        except (DyadkitError, ValueError) as error:
            return {"ok": False, "why": str(error)}

    async def _answered(self, request: Message) -> Response:
        answer = await self._answer(request)
        return JSONResponse(answer, 200 if answer.get("ok") else 409)

    def _history(self, request: Message) -> dict[str, Any]:
        points = int(request.get("points", 2000))
        if not 2 <= points <= MAX_POINTS:
            raise ValueError(f"points are 2 to {MAX_POINTS}")
        return self._relay.history(
            float(request.get("from_s", 0.0)), float(request.get("to_s", 0.0)), points
        )
