"""Codings of behaviour become marks: BORIS in both its layouts, ELAN, tables of events."""

import pytest

from dyadkit.errors import SessionError
from dyadkit.formats.codings import read_codings


def test_states_of_boris_are_conditions_and_points_events(data):
    marks = read_codings(data / "samples/boris/test_export_aggregated_events_test_full_1.tsv")
    assert (marks[0].start_s, marks[0].stop_s, marks[0].label, marks[0].kind) == (
        1.8, 8.125, "s", "condition",
    )  # fmt: skip
    assert sum(mark.kind == "event" for mark in marks) > 0


@pytest.mark.parametrize("ending", ["csv", "tsv"])
def test_starts_and_stops_of_boris_are_paired(data, ending):
    people = {"subject1": "a", "subject2": "b"}
    marks = read_codings(data / f"samples/boris/test_export_events_tabular.{ending}", people)
    assert marks[0].start_s == pytest.approx(3.3)
    assert marks[0].stop_s > marks[0].start_s
    assert {mark.person for mark in marks} <= {"a", "b", None}
    assert any(mark.person == "a" for mark in marks)


def test_tiers_of_elan_are_read(data):
    marks = read_codings(data / "samples/elan/sample_2.8.eaf.gz")
    assert len(marks) > 50
    assert all(mark.stop_s >= mark.start_s >= 0 for mark in marks)


def text(tmp_path, content, name="codes.tsv"):
    (tmp_path / name).write_text(content)
    return tmp_path / name


def test_a_table_of_onsets_durations_labels_and_people_is_read(tmp_path):
    rows = "onset,duration,label,person\n1.5,0,cry,a\n4,6.5,talk,\n"
    cry, talk = read_codings(text(tmp_path, rows, "codes.csv"))
    assert (cry.start_s, cry.kind, cry.person) == (1.5, "event", "a")
    assert (talk.stop_s, talk.kind, talk.person) == (10.5, "condition", None)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("a\tb\n1\t2\n", "is no table of events"),
        ("onset\tlabel\nsoon\tcry\n", "line 2: onset is 'soon', not a number"),
        ("onset\tlabel\nnan\tcry\n", "line 2: onset is 'nan', not a number"),
        ("Time\tBehavior\tSubject\tStatus\n1\ts\tx\tSTART\n", "begins at 1.0 s and never stops"),
        ("Time\tBehavior\tSubject\tStatus\n1\ts\tx\tSTOP\n", "stops at 1.0 s and never began"),
        ("<?xml?><ANNOTATION_DOCUMENT", "damaged ELAN"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><ANNOTATION_DOCUMENT/>', "declares entities"),
    ],
)
def test_a_coding_that_cannot_be_right_is_refused_with_its_place(tmp_path, content, reason):
    with pytest.raises(SessionError, match=reason):
        read_codings(text(tmp_path, content))
