"""Nothing that lies beside a recording, is written into its folder, or moves it, ends it."""

import asyncio
import json
import os
import shutil
import time

import pytest

import dyadkit
from dyadkit.capture.marking import MarkTaker
from dyadkit.capture.swaps import swapped
from dyadkit.errors import SessionError
from dyadkit.links import monotonic_ns
from dyadkit.sessions.overview import describe
from dyadkit.storage import SessionWriter, read_session
from dyadkit.storage.marks import present_conditions, set_mark, standing, with_ends
from fakes import foreign
from fakes.trial import NOTHING_LOST, Trial

SEED = 20260303
S = 10**9


class Watched:
    def __init__(self):
        self.marks = []


@pytest.fixture
def writer(tmp_path):
    writer = SessionWriter(tmp_path / "s")
    yield writer
    writer.abandon()


def taker(writer, from_byte=0):
    return MarkTaker(writer, Watched(), monotonic_ns, from_byte)


def add(folder, *lines):
    with (folder / "marks.jsonl").open("ab") as file:
        for line in lines:
            file.write((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n")


def test_nothing_that_is_written_into_marks_ends_a_recording(writer, tmp_path):
    taking = taker(writer)
    now_ns = monotonic_ns()
    own = {"at_ns": now_ns, "event": "x", "topic": "a/heard", "set_ns": 1, "host_ns": 2}
    add(tmp_path / "s", {**own, "label": "tea"})
    add(tmp_path / "s", {"at_ns": -1, "label": "x"}, {"at_ns": 2**64, "label": "x"})
    add(tmp_path / "s", b'{"at_ns": 5, "label": "caf\xe9"}', b"\x00" * 200_000)
    add(tmp_path / "s", {"at_ns": now_ns, "label": "\ud800"})
    add(tmp_path / "s", {"at_ns": now_ns, "label": "x", "person": "c"})
    dice = foreign.dice_of(SEED)
    add(tmp_path / "s", *(foreign.line(dice) for _ in range(500)))
    while taking.take():
        continue
    writer.close({"notes": list(taking.notes())})
    stored = read_session(tmp_path / "s")
    log = list(stored.host_log())
    [tea] = [one for one in log if one["event"] == "mark"]
    assert (tea["label"], tea["at_ns"], tea["set_ns"]) == ("tea", now_ns, now_ns)
    assert tea["more"] == {"event": "x", "topic": "a/heard", "set_ns": 1, "host_ns": 2}
    others = [one for one in log if one["event"] == "no mark"]
    assert len(others) >= 400
    assert "caf\\xe9" in others[2]["line"]
    assert "could not be marks and are kept as they came" in stored.about["notes"][0]


@pytest.mark.slow
def test_a_million_lines_of_other_programs_are_marks_or_kept(writer, tmp_path):
    dice = foreign.dice_of(SEED)
    taking = taker(writer)
    for _ in range(1000):
        (tmp_path / "s" / "marks.jsonl").write_bytes(b"")
        add(tmp_path / "s", *(foreign.line(dice) for _ in range(1000)))
        while taking.take():
            continue
        writer.sync()
    writer.close({})
    assert len(list(read_session(tmp_path / "s").host_log())) >= 1000


def test_a_mark_in_unix_time_stands_where_it_was_set_and_one_of_another_clock_nowhere(
    writer, tmp_path
):
    taking = taker(writer)
    writer.log(monotonic_ns(), "session", about={})
    add(tmp_path / "s", {"at_ns": time.time_ns(), "label": "unix"},
        {"at_ns": monotonic_ns() - 42 * S, "label": "before"},
        {"at_ns": monotonic_ns() + 42 * S, "label": "ahead"})  # fmt: skip
    taking.take()
    writer.close({})
    log = list(read_session(tmp_path / "s").host_log())
    [unix] = [one for one in log if one["event"] == "mark"]
    assert abs(unix["at_ns"] - monotonic_ns()) < 60 * S
    whys = [one["why"] for one in log if one["event"] == "no mark"]
    assert [why.split()[-3] for why in whys] == ["before", "after"]


def test_what_a_refused_recording_left_is_not_taken_over_by_the_next(writer, tmp_path):
    add(tmp_path / "s", {"at_ns": monotonic_ns() + S // 2, "label": "of the one before"})
    taking = taker(writer, from_byte=(tmp_path / "s" / "marks.jsonl").stat().st_size)
    assert not taking.take()
    assert "before this recording" in next(taking.notes())
    set_mark(tmp_path / "s", monotonic_ns(), "tea")
    assert taking.take()


def test_a_marks_file_that_is_a_pipe_a_folder_or_rewritten_keeps_nobody_waiting(writer, tmp_path):
    taking = taker(writer)
    file = tmp_path / "s" / "marks.jsonl"
    os.mkfifo(file)
    assert not taking.take()
    file.unlink()
    file.mkdir()
    assert not taking.take()
    file.rmdir()
    one, two = ({"at_ns": monotonic_ns(), "label": label} for label in ("tea", "bell"))
    add(tmp_path / "s", one, two)
    assert taking.take()
    file.write_text(json.dumps(one) + "\n")  # shorter: written anew
    taking.take()
    assert not taking.take()
    writer.close({})
    marks = [e["label"] for e in read_session(tmp_path / "s").host_log() if e["event"] == "mark"]
    assert marks == ["tea", "bell"]


def test_ten_thousand_marks_are_counted_in_a_fraction_of_a_second():
    marks = [
        {"at_ns": k, "label": "x", "kind": ("event", "condition")[k % 2]} for k in range(10**4)
    ]
    began_s = time.process_time()
    assert len(with_ends(standing(marks)[0])) == 10**4
    assert len(present_conditions(marks)) == 1
    assert time.process_time() - began_s < 0.5


@pytest.mark.parametrize(
    "text",
    [b'{"participants": ["x"]}', b'{"participants": {"a": ["x"]}, "wearables": 7}', b"[]", b"\xff",
     b"[" * 200_000, b'{"participants": {"a": "P1"}, "wearables": {"a": 5}}'],
)  # fmt: skip
def test_no_session_beside_a_recording_can_end_it(tmp_path, text):
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "session.json").write_bytes(text)
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe" / "session.json")
    (tmp_path / "fine").mkdir()
    fine = {"participants": {"a": "P1"}, "wearables": {"a": "00"}, "began_utc": "2026"}
    (tmp_path / "fine" / "session.json").write_text(json.dumps(fine))
    notes = swapped(tmp_path / "new", {"a": "P1", "b": ""}, {"a": "01"})
    assert len(notes) == 1
    assert "wore 00 in fine" in notes[0]


def test_a_folder_that_is_moved_while_it_records_takes_the_recording_along(tmp_path):
    moved = tmp_path / "elsewhere" / "family-08"
    moved.parent.mkdir()

    async def fault(scene):
        await scene.until("recording")
        await asyncio.sleep(3.0)
        (tmp_path / "s").rename(moved)
        await asyncio.sleep(1.0)
        set_mark(moved, 5, "after the move")

    with pytest.raises(SessionError, match="does not exist"):
        Trial(seconds=8.0, judged=False).run(tmp_path / "s", fault)  # the trial looks for it there
    stored = read_session(moved)
    assert stored.complete
    assert not stored.disagreements
    assert (moved / "session.json").is_file()
    assert [mark.label for mark in dyadkit.load(moved).marks] == ["after the move"]
    assert not describe(moved).streams[0].missing


def test_a_folder_that_is_deleted_while_it_records_is_made_again(tmp_path):
    async def fault(scene):
        await scene.until("recording")
        await asyncio.sleep(3.0)
        shutil.rmtree(tmp_path / "s")

    came = Trial(seconds=8.0).run(tmp_path / "s", fault)
    assert came.losses() == NOTHING_LOST
    assert came.stored.complete
