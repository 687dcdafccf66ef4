"""The guard of a live page: token, Host, Origin, and the headers that keep a page to itself.

A browser sends any site's requests to 127.0.0.1. What tells ours from theirs: the token, which
stands only in the address that was printed; the Host, which a name that was rebound to 127.0.0.1
does not have; the Origin, which a page of another site cannot choose.
"""

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import parse_qs

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

COOKIE = "dyadkit"
POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "script-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
    "sandbox allow-scripts allow-popups"
)
"""A report holds its own styles and figures. It is kept in a box, and cannot speak with us."""
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
]
REFUSED_SOCKET = 4403
MAX_BODY_BYTES = 64 << 10


class Guard:
    """Guard around an application: what it does not let in, the application never sees."""

    def __init__(self, app: App, token: str, port: Callable[[], int]) -> None:
        self._app, self._token, self._port = app, token, port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer why not."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        status, why = self._refusal(scope)
        if status:
            await _refuse(scope, send, status, why)
            return
        await self._app(scope, receive, self._with_headers(scope, send))

    def _refusal(self, scope: Scope) -> tuple[int, str]:
        """Status and reason against a request; 0 where there is none."""
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if headers.get(b"host", "") not in self._hosts():
            return 421, "this server is reached as 127.0.0.1 only"
        origin = headers.get(b"origin")
        if origin is not None and origin not in {f"http://{host}" for host in self._hosts()}:
            return 403, "another site may not ask here"
        if scope["type"] == "websocket" and origin is None and self._cookie(headers):
            return 403, "a socket that only has a cookie says its origin"
        if headers.get(b"sec-fetch-site", "none") not in ("none", "same-origin"):
            return 403, "another site may not ask here"
        length = headers.get(b"content-length", "0")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            return 413, "a request is 64 KiB at most"
        if not self._is_known(scope, headers):
            return 401, "the address has no valid token: take the one that dyadkit live printed"
        return 0, ""

    def _hosts(self) -> set[str]:
        return {f"127.0.0.1:{self._port()}", f"localhost:{self._port()}"}

    def _is_known(self, scope: Scope, headers: dict[bytes, str]) -> bool:
        said = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])
        bearer = headers.get(b"authorization", "").removeprefix("Bearer ")
        offered = (said[0], bearer, self._cookie(headers))
        return any(secrets.compare_digest(one.encode(), self._token.encode()) for one in offered)

    def _cookie(self, headers: dict[bytes, str]) -> str:
        """The token as a cookie of this port: cookies are shared between ports."""
        wanted = f"{COOKIE}-{self._port()}"
        parts = (part.strip().partition("=") for part in headers.get(b"cookie", "").split(";"))
        return next((value for name, _, value in parts if name == wanted), "")

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        """Answers get the headers that keep them here, and the page its cookie."""
        policy = REPORT_POLICY if scope.get("path") == "/report" else POLICY

        async def send_with(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                more = [*HEADERS, (b"content-security-policy", policy.encode())]
                if scope.get("path") == "/":
                    value = (
                        f"{COOKIE}-{self._port()}={self._token}; HttpOnly; SameSite=Strict; Path=/"
                    )
                    more.append((b"set-cookie", value.encode()))
                message["headers"] = [*message.get("headers", []), *more]
            await send(message)

        return send_with


async def _refuse(scope: Scope, send: Send, status: int, why: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": REFUSED_SOCKET, "reason": why})
        return
    headers = [*HEADERS, (b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": why.encode() + b"\n"})
