"""What is not ours gets nothing: tokens, names, origins, shapes, lengths, ten thousand of them."""

import asyncio
import json
import random
import string

import pytest

from dyadkit.live.server.guard import MAX_BODY_BYTES, POLICY, Guard
from dyadkit.live.server.requests import ASKED, MAX_TEXT_BYTES, checked, read_request

TOKEN, PORT = "right", 4711
HERE = f"127.0.0.1:{PORT}"


async def application(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"inside"})


def answered(path="/", kind="http", query="", **headers):
    """Status and headers of a request to a guarded application."""
    sent = []

    async def send(message):
        sent.append(message)

    headers = {"host": HERE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": kind,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    asyncio.run(Guard(application, TOKEN, lambda: PORT)(scope, None, send))
    if kind == "websocket":
        return (sent[0].get("code", 0) if sent[0]["type"] == "websocket.close" else 200), {}
    return sent[0]["status"], dict(sent[0]["headers"])


RIGHT = {"authorization": f"Bearer {TOKEN}"}


def test_the_token_opens_in_the_address_in_a_header_and_in_its_cookie():
    assert answered(query=f"token={TOKEN}")[0] == 200
    assert answered(**RIGHT)[0] == 200
    assert answered(cookie=f"other=1; dyadkit-{PORT}={TOKEN}")[0] == 200


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({}, 401),
        ({"query": "token=wrong"}, 401),
        ({"query": "token="}, 401),
        ({"authorization": "Bearer wröng"}, 401),
        ({"cookie": f"dyadkit-{PORT + 1}={TOKEN}"}, 401),
        ({**RIGHT, "host": "evil.example"}, 421),
        ({**RIGHT, "host": f"evil.example:{PORT}"}, 421),
        ({**RIGHT, "host": "127.0.0.1:1"}, 421),
        ({**RIGHT, "host": ""}, 421),
        ({**RIGHT, "origin": "http://evil.example"}, 403),
        ({**RIGHT, "origin": "null"}, 403),
        ({**RIGHT, "origin": f"https://{HERE}"}, 403),
        ({**RIGHT, "sec_fetch_site": "cross-site"}, 403),
        ({**RIGHT, "sec_fetch_site": "same-site"}, 403),
        ({**RIGHT, "content_length": str(MAX_BODY_BYTES + 1)}, 413),
        ({**RIGHT, "content_length": "-1"}, 413),
        ({**RIGHT, "content_length": "many"}, 413),
    ],
)
def test_what_is_not_ours_is_refused(wrong, status):
    assert answered(**wrong)[0] == status


@pytest.mark.parametrize(
    "wrong",
    [{}, {"query": "token=wrong"}, {**RIGHT, "origin": "http://evil.example"},
     {**RIGHT, "host": "evil.example"}, {"cookie": f"dyadkit-{PORT}={TOKEN}"}],
)  # fmt: skip
def test_sockets_of_others_are_closed_before_they_open(wrong):
    assert answered("/socket", "websocket", **wrong)[0] == 4403


def test_a_socket_of_our_page_opens():
    ours = {"cookie": f"dyadkit-{PORT}={TOKEN}", "origin": f"http://{HERE}"}
    assert answered("/socket", "websocket", **ours)[0] == 200


def test_answers_keep_to_themselves():
    headers = answered(**RIGHT)[1]
    assert headers[b"content-security-policy"] == POLICY.encode()
    assert b"HttpOnly; SameSite=Strict" in headers[b"set-cookie"]
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert b"sandbox" in answered("/report", **RIGHT)[1][b"content-security-policy"]


@pytest.mark.parametrize(
    "wrong",
    [None, "", "nonsense", "[]", "3", '"mark"', "{}", '{"do": 3}', '{"do": ["mark"]}',
     '{"do": "leave"}', '{"do": "mark", "label": 5}', '{"do": "mark", "label": "x", "more": 1}',
     '{"do": "mark", "label": "x", "ago_s": "1"}', '{"do": "mark", "ago_s": NaN}',
     '{"do": "mark", "ago_s": true}', '{"do": "find", "id": "one"}', "[" * 50_000,
     '{"do": "mark", "label": "' + "x" * MAX_TEXT_BYTES + '"}', '{"do": "mark", "label": "\\ud800',
     '{"do": "pair", "person": "c", "address": "x"}', '{"do": "labels", "pads": 9}'],
)  # fmt: skip
def test_requests_of_another_shape_are_refused(wrong):
    with pytest.raises(ValueError, match=r"\w"):
        read_request(wrong)


def test_ten_thousand_fuzzed_requests_are_read_or_refused():
    """Seed 5: words and fields that exist, with values of any kind, cut and spoilt anywhere."""
    dice, read = random.Random(5), 0
    values = [None, True, -1, 3.5, 1e308, "", "a", "é" * 30, [], [1], {}, {"a": "b"}, "x" * 2000]
    for _ in range(10_000):
        word = dice.choice([*ASKED])
        names = [*ASKED[word], *dice.sample(["do", "id", "more", "label"], 1)]
        said = {"do": word} | {name: dice.choice(values) for name in dice.sample(names, 1)}
        text = list(json.dumps(said))
        for _ in range(dice.choice((0, 0, 1, 3))):
            text[dice.randrange(len(text))] = dice.choice(string.printable)
        try:
            found = read_request("".join(text[: dice.choice((None, len(text) - 1))]))
        except ValueError:
            continue
        assert found["do"] in ASKED
        assert checked(found) is found
        read += 1
    assert read > 50
