"""Marks are lines that are only added: conditions end, and what is undone stays in the file."""

import pytest

from dyadkit.errors import SessionError
from dyadkit.storage import SessionWriter, read_session
from dyadkit.storage.marks import (
    MarkReader,
    end_condition,
    marks_beside,
    present_conditions,
    set_mark,
    standing,
    undo_mark,
    with_ends,
)


@pytest.fixture
def session(tmp_path):
    writer = SessionWriter(tmp_path / "s")
    writer.log(0, "session", about={})
    writer.sync()
    yield tmp_path / "s"
    writer.abandon()


def lines(folder):
    return MarkReader(folder).new()


def labels(entries):
    return [one["label"] for one in entries]


def test_undo_takes_back_the_last_mark_then_the_one_before_it_and_erases_nothing(session):
    for at_ns, label in enumerate(("tea", "bell", "cry")):
        set_mark(session, at_ns, label)
    assert [undo_mark(session, 10), undo_mark(session, 11)] == ["cry", "bell"]
    set_mark(session, 12, "door")
    kept, undone = standing(lines(session))
    assert (labels(kept), undone) == (["tea", "door"], 2)
    assert labels(lines(session)) == ["tea", "bell", "cry", "cry", "bell", "door"]
    assert [undo_mark(session, at_ns) for at_ns in (13, 14)] == ["door", "tea"]
    with pytest.raises(SessionError, match="is left to undo"):
        undo_mark(session, 15)


def test_a_condition_lasts_until_the_next_or_its_end(session):
    set_mark(session, 1, "rest", "condition")
    set_mark(session, 2, "cough")
    set_mark(session, 3, "talk", "condition")
    assert end_condition(session, 4) == "talk"
    with pytest.raises(SessionError, match="no condition goes on"):
        end_condition(session, 5)
    ended = {one["label"]: by and by["at_ns"] for one, by in with_ends(lines(session))}
    assert ended == {"rest": 3, "cough": None, "talk": 4}


def test_an_end_that_is_undone_lets_the_condition_go_on(session):
    set_mark(session, 1, "rest", "condition")
    end_condition(session, 2)
    assert present_conditions(lines(session)) == []
    assert undo_mark(session, 3) == "rest"
    assert labels(present_conditions(lines(session))) == ["rest"]


def test_each_person_has_conditions_of_their_own_and_one_for_both_ends_them(session):
    set_mark(session, 1, "still face", "condition", "a")
    set_mark(session, 2, "watching", "condition", "b")
    assert labels(present_conditions(lines(session))) == ["still face", "watching"]
    assert end_condition(session, 3, "b") == "watching"
    assert labels(present_conditions(lines(session))) == ["still face"]
    set_mark(session, 4, "reunion", "condition")
    ended = {one["label"]: by and by["at_ns"] for one, by in with_ends(lines(session))}
    assert ended == {"still face": 4, "watching": 3, "reunion": None}
    assert end_condition(session, 5, "a") == "reunion"


def test_an_undo_the_recorder_never_took_over_counts_all_the_same(session):
    set_mark(session, 7, "tea")
    undo_mark(session, 8)
    assert [one["kind"] for one in marks_beside(read_session(session))] == ["event", "undo"]


def test_marks_can_neither_be_undone_nor_ended_where_nothing_records(tmp_path):
    for act in (undo_mark, end_condition):
        with pytest.raises(SessionError, match="holds no session"):
            act(tmp_path, 1)
    SessionWriter(tmp_path / "s").close({})
    for act in (undo_mark, end_condition):
        with pytest.raises(SessionError, match="is closed"):
            act(tmp_path / "s", 1)
