"""A real server under attack, and where there is no network: it refuses, and goes on."""

import asyncio
import json
import os
import random
import shutil
import subprocess
import sys

import pytest

from fakes.live_page import live

websockets = pytest.importorskip("websockets")
pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")
pytest.importorskip("uvicorn")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with live(tmp_path_factory.mktemp("attacked"), "--sim", "--out", "s") as one:
        yield one


def socket_of(server, **headers):
    words = {"Authorization": f"Bearer {server.token}", **headers}
    return websockets.connect(
        f"ws://127.0.0.1:{server.port}/socket", additional_headers=words, max_size=None
    )


def closed_with(server, frames, **headers):
    """Code with which the server closes a socket over these frames; None where it stays open."""

    async def attack():
        async with socket_of(server, **headers) as socket:
            try:
                for frame in frames:
                    await socket.send(frame)
                while True:
                    await asyncio.wait_for(socket.recv(), 0.5)
            except websockets.ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else 1006
            except TimeoutError:
                return None

    async def bounded():
        async with asyncio.timeout(20):
            return await attack()

    try:
        return asyncio.run(bounded())
    except TimeoutError:
        return None


@pytest.mark.parametrize(
    "path",
    ["", "api/state", "api", "api/openapi.json", "assets/main.js", "report", "nowhere"],
)
def test_nothing_is_given_without_the_token(server, path):
    assert server.ask(path, token="")[0] == 401
    assert server.ask(path, token="wrong")[0] == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_other_sites_and_names_rebound_to_this_computer_are_refused(server, headers, status):
    assert server.ask("api/state", **headers)[0] == status
    with pytest.raises(websockets.InvalidStatus):
        closed_with(server, [], **headers)


@pytest.mark.parametrize(
    "path",
    ["assets/../../door.py", "assets/..%2f..%2fdoor.py", "assets/%2e%2e/%2e%2e/door.py",
     "assets//etc/passwd", "assets/....//door.py", "report/../../etc/passwd", "assets/%00"],
)  # fmt: skip
def test_nothing_beside_the_page_can_be_reached(server, path):
    status, text = server.ask(path)
    assert status in (400, 404, 405)
    assert "import" not in text
    assert "root:" not in text


def test_an_oversized_message_closes_its_socket_only(server):
    assert closed_with(server, ["x" * (1 << 20)]) in (1009, 1006)
    assert server.state()["phase"] == "pair"


def test_who_says_only_nonsense_is_hung_up_on(server):
    assert closed_with(server, ["nonsense"] * 30) == 4400
    assert closed_with(server, [b"\x00\xff"] * 30) == 4400


@pytest.mark.parametrize("sockets", [50, pytest.param(500, marks=pytest.mark.slow)])
def test_fuzzed_socket_frames_leave_the_server_as_it_was(server, sockets):
    """Seed 9: any bytes, broken JSON, and words with wrong fields, 20 a socket, then it closes."""
    dice = random.Random(9)

    def frame():
        kind = dice.randrange(4)
        if kind == 0:
            return dice.randbytes(dice.randrange(1, 400))
        said = {"do": dice.choice(["mark", "history", "labels", 3, None]), "x": [1] * kind}
        text = json.dumps(said)
        return text if kind == 1 else text[: dice.randrange(len(text))] + chr(dice.randrange(0x2FF))

    for _ in range(sockets):
        assert closed_with(server, [frame() for _ in range(20)]) in (4400, 1006, 1007)
    assert server.state()["phase"] == "pair"


def test_a_viewer_that_reads_nothing_is_dropped_and_others_see_all(server):
    async def watch():
        stalled = await asyncio.open_connection("127.0.0.1", server.port)
        stalled[1].write(
            f"GET /socket HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            f"Sec-WebSocket-Version: 13\r\nAuthorization: Bearer {server.token}\r\n\r\n".encode()
        )
        async with socket_of(server) as one, socket_of(server) as other:
            for socket in (one, other):
                kinds = [json.loads(await socket.recv())["kind"] for _ in range(8)]
                assert "state" in kinds
        stalled[1].close()

    asyncio.run(watch())


def test_the_page_works_where_there_is_no_network(tmp_path):
    if sys.platform != "linux" or not shutil.which("unshare"):
        pytest.skip("only Linux has network namespaces")
    words = f"""
import sys
sys.path[:0] = {sys.path!r}
from pathlib import Path
from fakes.browser import chromium, opened
from fakes.live_page import live
with live(Path({str(tmp_path)!r}), "--sim", "--out", "s") as server, chromium() as browser:
    with opened(browser, server.address) as page:
        page.wait_for_selector("[data-key=find]")
        other = [one for one in page.asked_for if "127.0.0.1" not in one]
        print("seen", page.complaints, other)
"""
    inside = f'ip link set lo up 2>/dev/null || true; exec {sys.executable} -c "$WORDS"'
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--net", "sh", "-c", inside],
        env={**os.environ, "WORDS": words}, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    if "unshare" in done.stderr:
        pytest.skip("only Linux that permits network namespaces shows this")
    assert done.stdout.strip() == "seen [] []", done.stderr[-2000:]
