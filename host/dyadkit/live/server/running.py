"""The page server as a program: a port on 127.0.0.1, a token, and uvicorn behind them."""

import secrets
import socket
from collections.abc import Callable
from pathlib import Path

from dyadkit.errors import LinkError, extra
from dyadkit.live.door import HOST
from dyadkit.live.server.guard import Guard
from dyadkit.live.server.requests import MAX_TEXT_BYTES

PING_EACH_S, PING_TIMEOUT_S = 20.0, 20.0
GRACE_S = 1


def serve(folder: Path, port: int, ready: Callable[[str], None]) -> None:
    """Serve the page of the recorder of a folder until Ctrl-C.

    Parameters
    ----------
    port : 0 for any that is free
    ready : gets the address with its token once it can be opened

    Raises
    ------
    LinkError
        the port is taken
    MissingExtraError
        starlette, uvicorn or websockets is not installed
    """
    with extra("live"):
        import uvicorn

        from dyadkit.live.server.app import application
        from dyadkit.live.server.relay import Relay
    listening = _listening(port)
    number = listening.getsockname()[1]
    token = secrets.token_urlsafe(24)
    app = Guard(application(Relay(folder)), token, lambda: number)
    config = uvicorn.Config(
        app, lifespan="on", log_level="error", access_log=False, server_header=False,
        ws="websockets-sansio", ws_max_size=MAX_TEXT_BYTES, ws_ping_interval=PING_EACH_S,
        ws_ping_timeout=PING_TIMEOUT_S, timeout_graceful_shutdown=GRACE_S,
    )  # fmt: skip
    ready(f"http://{HOST}:{number}/?token={token}")
    uvicorn.Server(config).run(sockets=[listening])


def _listening(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as error:
        raise LinkError(
            f"port {port} cannot be used ({error.strerror}); --port takes another"
        ) from None
    listening.listen()  # whoever opens the address at once waits, and is not refused
    return listening
