"""What was marked while a session recorded, as it is read back."""

import json

import pytest

import dyadkit
from dyadkit.sessions.overview import describe
from dyadkit.storage.marks import end_condition, set_mark, undo_mark
from dyadkit.storage.repair import recover
from fakes.short_session import begun

S = 10**9


def marked(folder):
    set_mark(folder, 110 * S, "rest", "condition")
    set_mark(folder, 115 * S, "cry", person="b")
    set_mark(folder, 120 * S, "oops")
    undo_mark(folder, 121 * S)
    set_mark(folder, 160 * S, "talk", "condition")
    end_condition(folder, 200 * S)
    set_mark(folder, 205 * S, "room got warm", "note")
    set_mark(folder, 220 * S, "play", "condition")


def taken_over(folder, writer):
    """As the recorder does it."""
    for line in (folder / "marks.jsonl").read_text().splitlines():
        mark = json.loads(line)
        at_ns = mark.pop("at_ns")
        writer.log(at_ns, "mark", topic="marks", set_ns=at_ns, **mark)


def read(path):
    return [
        (one.label, one.kind, one.person, round(one.start_s, 6), round(one.stop_s, 6))
        for one in dyadkit.load(path).marks
    ]


READ = [
    ("rest", "condition", None, 10.0, 60.0),
    ("cry", "event", "b", 15.0, 15.0),
    ("talk", "condition", None, 60.0, 100.0),
    ("room got warm", "note", None, 105.0, 105.0),
    ("play", "condition", None, 120.0, 300.0),
]


def test_conditions_have_their_span_persons_their_marks_and_what_was_undone_is_left_out(tmp_path):
    writer = begun(tmp_path / "s", began_ns=100 * S)
    marked(tmp_path / "s")
    taken_over(tmp_path / "s", writer)
    writer.log(400 * S, "phase", phase="draining")
    writer.close({"duration_s": 300.0})
    assert read(tmp_path / "s") == READ
    summary = describe(tmp_path / "s")
    assert (summary.marks, summary.undone_marks) == (5, 1)
    assert (
        "marks: condition rest, talk, play; event cry; note room got warm; 1 undone"
        in summary.sentences()
    )


@pytest.mark.parametrize("is_recovered", [False, True])
def test_a_recorder_that_died_before_it_took_them_over_loses_none(tmp_path, is_recovered):
    writer = begun(tmp_path / "s", began_ns=100 * S)
    marked(tmp_path / "s")
    writer.abandon()
    if is_recovered:
        recover(tmp_path / "s", tmp_path / "new")
    found = read(tmp_path / ("new" if is_recovered else "s"))
    assert [mark[:4] for mark in found] == [mark[:4] for mark in READ]
    assert describe(tmp_path / ("new" if is_recovered else "s")).undone_marks == 1


def test_marks_of_sessions_before_conditions_had_ends_read_as_they_did(tmp_path):
    writer = begun(tmp_path / "s", began_ns=100 * S)
    writer.log(130 * S, "mark", topic="marks", set_ns=129 * S, label="tea", kind="event")
    writer.log(140 * S, "mark", topic="marks", label="film", kind="condition", seconds=30.0)
    writer.log(150 * S, "mark", topic="marks", label="bell")
    writer.close({"duration_s": 300.0})
    assert read(tmp_path / "s") == [
        ("tea", "event", None, 30.0, 30.0),
        ("film", "condition", None, 40.0, 70.0),
        ("bell", "event", None, 50.0, 50.0),
    ]
