"""Marks of other programs reach the log of a session that records, and nothing else happens."""

import asyncio
import contextlib
import itertools
import json
import random

import pytest

from dyadkit.errors import SessionError
from dyadkit.formats.inlets import MAX_LINE, MarkServer, take_mark
from dyadkit.storage import SessionWriter
from dyadkit.storage.marks import MARKS_NAME, MarkReader, standing


@pytest.fixture
def session(tmp_path):
    writer = SessionWriter(tmp_path / "s")
    writer.sync()
    yield tmp_path / "s"
    writer.abandon()


def marks(folder):
    return [
        (one["label"], one["kind"], one.get("person"))
        for one in standing(MarkReader(folder).new())[0]
    ]


def test_a_message_is_a_label_or_says_kind_and_person(session):
    take_mark(session, 1, "bell\n")
    take_mark(session, 2, json.dumps({"label": "rest", "kind": "condition"}))
    take_mark(session, 3, json.dumps({"label": "cry", "person": "a"}))
    assert take_mark(session, 4, json.dumps({"kind": "end"})) == "ended: rest"
    assert take_mark(session, 5, json.dumps({"kind": "undo"})) == "undone: rest"
    assert marks(session) == [
        ("bell", "event", None),
        ("rest", "condition", None),
        ("cry", "event", "a"),
    ]


@pytest.mark.parametrize(
    "message",
    [
        "",
        "  ",
        "{",
        '{"label": ""}',
        '{"label": "x", "kind": "span"}',
        '{"label": "x", "person": "c"}',
        '{"set_ns": 1}',
    ],
)
def test_what_is_no_mark_is_refused_and_leaves_none(session, message):
    with pytest.raises(ValueError, match=r"."):
        take_mark(session, 1, message)
    assert not (session / MARKS_NAME).exists()


async def talk(port, *sent):
    """What the server answers to these bytes, sent one after the other."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for content in sent:
        writer.write(content)
        await writer.drain()
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    return answer


def served(folder, conversation):
    """What a conversation with a server of this session gives; its clock counts up."""
    ticks = itertools.count(1000)

    async def run():
        server = await MarkServer(folder, lambda: next(ticks)).listen(0)
        async with server:
            return await conversation(server.sockets[0].getsockname()[1])

    return asyncio.run(run())


def test_lines_are_answered_one_by_one(session):
    answer = served(
        session, lambda port: talk(port, b"bell\n", b'{"label": "x", "kind": "no"}\n', b"end\n")
    )
    lines = answer.decode().splitlines()
    assert lines[0] == "ok marked: bell"
    assert lines[1].startswith("no kind is")
    assert lines[2] == "ok marked: end"
    assert [label for label, _, _ in marks(session)] == ["bell", "end"]


def test_http_marks_by_body_or_query(session):
    async def both(port):
        body = b'{"label": "trial 1", "kind": "condition"}'
        head = b"POST /mark HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
        return [
            await talk(port, head + body),
            await talk(port, b"POST /mark?label=cue&person=b HTTP/1.1\r\nHost: x\r\n\r\n"),
        ]

    answers = served(session, both)
    assert all(answer.startswith(b"HTTP/1.1 200 OK") for answer in answers)
    assert marks(session) == [("trial 1", "condition", None), ("cue", "event", "b")]


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /mark?label=x HTTP/1.1\r\n\r\n",
        b"POST /other?label=x HTTP/1.1\r\n\r\n",
        b"POST /mark?label=x HTTP/1.1\r\nOrigin: http://evil.example\r\n\r\n",
        b"POST /mark HTTP/1.1\r\nContent-Length: 99999\r\n\r\n",
    ],
)
def test_pages_of_the_web_and_other_requests_mark_nothing(session, request_):
    answer = served(session, lambda port: talk(port, request_))
    assert answer.startswith(b"HTTP/1.1 400")
    assert not (session / MARKS_NAME).exists()


def test_noise_ends_one_client_and_not_the_server(session):
    async def storm(port):
        for seed in range(60):
            rng = random.Random(seed)
            noise = rng.randbytes(rng.randrange(1, 2 * MAX_LINE))
            with contextlib.suppress(OSError):
                await talk(port, noise)
        return await talk(port, b"still here\n")

    assert served(session, storm) == b"ok marked: still here\n"
    assert ("still here", "event", None) in marks(session)


def test_a_port_that_is_taken_is_told(session):
    async def twice(port):
        with pytest.raises(SessionError, match=f"cannot listen on port {port}"):
            await MarkServer(session, lambda: 0).listen(port)

    served(session, twice)


def test_a_session_that_is_closed_takes_no_mark(tmp_path):
    (tmp_path / "s").mkdir()
    answer = served(tmp_path / "s", lambda port: talk(port, b"bell\n"))
    assert answer.startswith(b"no ")
