"""Recorder, server and whoever else knocks: nothing without the key, and nobody is waited for."""

import asyncio
import json
import random
import stat

import pytest

from dyadkit.errors import LinkError
from dyadkit.live import door as doors
from dyadkit.live.door import Door, Reached, Visitor
from dyadkit.live.recorder.desk import Desk
from dyadkit.live.recorder.view import PageLabels
from dyadkit.live.server.relay import MAX_WAITING, Viewer
from dyadkit.storage import SessionWriter
from dyadkit.storage.mark_lines import MARKS_NAME
from dyadwire import frames, messages


async def echo(request):
    return {"ok": True, "said": request.get("word")}


def knock(tmp_path, visit, backlog=()):
    """What a visit to a door gives."""
    file = tmp_path / "door.json"

    async def program():
        door = Door(file, echo, lambda: backlog)
        async with door.opened():
            return await visit(door, Reached.read(file))

    found = asyncio.run(program())
    assert not file.exists()
    return found


def test_the_key_lies_where_only_its_user_reads_it(tmp_path):
    async def visit(door, reached):
        return stat.S_IMODE((tmp_path / "door.json").stat().st_mode)

    assert knock(tmp_path, visit) == 0o600


def test_who_does_not_know_the_key_gets_nothing(tmp_path):
    async def visit(door, reached):
        for line in (b'{"key": "guess"}\n', b"\n", b"[1]\n", b"\xff\xfe\n", b"x" * 300_000):
            reader, writer = await asyncio.open_connection(doors.HOST, reached.port)
            writer.write(line)
            writer.write_eof()
            assert await reader.read() == b""
            writer.close()
        return door.readers

    assert knock(tmp_path, visit, [{"kind": "state"}]) == 0


def test_a_reader_gets_the_past_first_and_answers_to_what_it_asks(tmp_path):
    async def visit(door, reached):
        visitor = await Visitor.enter(reached)
        seen = []

        async def listen():
            async for message in visitor.messages():
                seen.append(message)

        listening = asyncio.create_task(listen())
        answer = await visitor.ask({"do": "say", "word": "tea"}, 5.0)
        door.send({"kind": "state"})
        await asyncio.sleep(0.05)
        visitor.leave()
        await listening
        return answer["said"], [one["kind"] for one in seen]

    assert knock(tmp_path, visit, [{"kind": "labels"}]) == ("tea", ["labels", "state"])


def test_a_recorder_that_is_gone_is_said_and_not_waited_for(tmp_path):
    async def visit(door, reached):
        visitor = await Visitor.enter(reached)
        with pytest.raises(LinkError, match="does not answer"):
            await visitor.ask({"do": "say"}, 0.01)
        visitor.leave()

    knock(tmp_path, visit)


def test_a_reader_that_stopped_reading_is_hung_up_on(tmp_path, monkeypatch):
    monkeypatch.setattr(doors, "MAX_BEHIND_BYTES", 1 << 16)

    async def visit(door, reached):
        _, writer = await asyncio.open_connection(doors.HOST, reached.port, limit=1024)
        writer.write(json.dumps({"key": reached.key}).encode() + b"\n")
        while not door.readers:
            await asyncio.sleep(0)
        for _ in range(4000):
            door.send({"kind": "lanes", "lanes": "x" * 4096})
            await asyncio.sleep(0)
        writer.close()
        return door.readers

    assert knock(tmp_path, visit) == 0


def desk_of(tmp_path):
    writer = SessionWriter(tmp_path / "s")
    writer.log(1, "session", number=1)
    writer.sync()
    writer.abandon()
    desk = Desk(tmp_path / "s", lambda: 10_000_000_000, PageLabels())
    desk.phase = "record"
    return desk


def asked(desk, **request):
    return asyncio.run(desk.answer(request))


def test_a_mark_is_on_disk_when_it_is_answered_and_at_the_time_of_its_key(tmp_path):
    desk = desk_of(tmp_path)
    assert asked(desk, do="mark", label="bell", ago_s=2.5)["ok"]
    [line] = (tmp_path / "s" / MARKS_NAME).read_text().splitlines()
    assert json.loads(line) == {"at_ns": 7_500_000_000, "label": "bell", "kind": "event"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"do": "mark"}, {"do": "mark", "label": "  "}, {"do": "mark", "label": "x" * 5000},
        {"do": "mark", "label": "x", "label_kind": "undo"},
        {"do": "mark", "label": "x", "ago_s": -1},
        {"do": "mark", "label": "x", "ago_s": 1e9}, {"do": "mark", "label": "x", "person": "c"},
        {"do": "undo"}, {"do": "end"}, {"do": "fly"}, {}, {"do": None},
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_in_words(tmp_path, wrong):
    answer = asked(desk_of(tmp_path), **wrong)
    assert answer["ok"] is False
    assert answer["why"]
    assert not (tmp_path / "s" / MARKS_NAME).exists()


def test_a_fault_of_the_live_view_is_shown_and_goes_no_further(tmp_path):
    desk = desk_of(tmp_path)
    desk.follow("marks", 5, b"no json")
    assert "recording goes on" in desk.state()["broken"]
    desk.follow("a/heard", 6, b"whatever")


def test_ten_thousand_damaged_frames_leave_the_desk_as_it_was(tmp_path):
    """Seed 11; whole frames, as links give them, of every kind and with anything in them."""
    desk, dice = desk_of(tmp_path), random.Random(11)
    desk.follow("host", 1, b'{"event": "session"}')
    kinds = [*messages.BY_KIND, 0x7F]
    for _ in range(10_000):
        framed = frames.frame(dice.choice(kinds), dice.randbytes(dice.randrange(60)))
        desk.follow("a/heard", dice.randrange(1 << 40), framed)
    assert desk.state()["broken"] == ""


def test_a_page_that_stopped_reading_is_dropped_and_keeps_nothing_waiting():
    viewer = Viewer()
    for number in range(MAX_WAITING + 5):
        viewer.put(str(number))
    assert viewer.is_dropped
    assert asyncio.run(viewer.next()) is None
