"""What accident or malice can do to a stored session, and what is noticed: one test a row.

The table is docs/stored-sessions.md; each of its rows names a test of this file.
"""

import json
import re
import shutil
from pathlib import Path

import pytest

import dyadkit
from dyadkit.errors import SignalError
from dyadkit.sessions.overview import describe
from dyadkit.storage import SessionStream, SessionWriter, read_session
from dyadkit.storage.layout import CHUNK, MESSAGE_INDEX, METADATA, RECORD_HEADER
from dyadkit.storage.metadata import SessionMetadata, fitting, metadata_in, metadata_record
from dyadkit.storage.repair import recover, write_all
from fakes import foreign
from fakes import recorded as recorded_once
from fakes.stored_sessions import closed_anew

ROOT = Path(__file__).parents[3]
SEED = 20260302
DIFFERS = "session.json differs from the recording"


@pytest.fixture(scope="module")
def good(shared_folder):
    session = recorded_once.usual(shared_folder)[0]
    assert describe(session).usability == "good"
    return session


@pytest.fixture
def copy(good, tmp_path):
    shutil.copytree(good, tmp_path / "copy")
    return tmp_path / "copy"


def said(folder):
    """Usability, and every reason against good, in one string."""
    found = describe(folder)
    return found.usability, "; ".join(found.reasons)


def about_of(folder):
    return json.loads((folder / "session.json").read_text())


def edited(folder, **facts):
    (folder / "session.json").write_text(json.dumps({**about_of(folder), **facts}))
    return folder


def records(data):
    """(opcode, start, stop) of every record of a whole file."""
    at = 8
    while at < len(data) - 8:
        opcode, length = RECORD_HEADER.unpack_from(data, at)
        yield opcode, at, at + RECORD_HEADER.size + length
        at += RECORD_HEADER.size + length


def rewritten(folder, change):
    file = folder / "session.mcap"
    file.write_bytes(change(file.read_bytes()))
    return folder


def test_one_changed_letter_of_session_json_changes_no_verdict_and_is_said(copy):
    whole = (copy / "session.json").read_bytes()
    chance = foreign.dice_of(SEED)
    for _ in range(6):
        data = bytearray(whole)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(7)
        (copy / "session.json").write_bytes(data)
        usability, why = said(copy)
        unchanged = about_equal(data, whole)
        assert usability == ("good" if unchanged else "usable"), bytes(data)
        assert unchanged or DIFFERS in why or "not closed or is damaged" in why


def about_equal(data, whole):
    """Whether a change made no difference to what is said: between the words, in clock_truth."""
    try:
        return {**json.loads(data), "clock_truth": 0} == {**json.loads(whole), "clock_truth": 0}
    except ValueError:
        return False


def test_a_verdict_is_not_better_for_a_session_json_that_leaves_out_what_was_noticed(good, copy):
    shutil.rmtree(copy)
    stored = SessionStream(good)
    writer = SessionWriter(copy)
    write_all(writer, stored.messages())
    writer.close({"notes": ["C07 wears another"]})
    assert said(copy) == ("usable", "C07 wears another")
    edited(copy, notes=[])
    usability, why = said(copy)
    assert usability == "usable"
    assert "C07 wears another" in why
    assert DIFFERS in why


def test_a_session_without_its_session_json_says_the_same_of_itself(good, copy):
    (copy / "session.json").unlink()
    assert said(copy) == said(good)
    left, whole = read_session(copy).about, read_session(good).about
    mirrored = ("clock_truth", "sha256")
    assert left == {name: fact for name, fact in whole.items() if name not in mirrored}
    assert dyadkit.load(copy).a.participant == "SIM-A"


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"\xff\xfe", b"[" * 200_000, b'{"duration_s": 1e999}']
)
def test_a_session_json_that_is_none_is_said_and_not_believed(good, copy, text):
    (copy / "session.json").write_bytes(text)
    usability, why = said(copy)
    assert usability == "usable"
    assert DIFFERS in why
    assert describe(copy).duration_s == describe(good).duration_s


@pytest.mark.parametrize("duration_s", [600.0, 1e9, -5, "long", None, [1]])
def test_how_long_it_was_follows_from_the_recording_whatever_session_json_says(
    good, copy, duration_s
):
    edited(copy, duration_s=duration_s)
    assert dyadkit.load(copy).duration_s == dyadkit.load(good).duration_s
    assert f"{DIFFERS} (duration_s)" in said(copy)[1]


def test_a_length_that_no_frame_can_show_is_cut_even_where_its_record_says_so(copy):
    def claimed(data):
        _, start, stop = next(one for one in records(data) if one[0] == METADATA)
        known = metadata_in(data[start:stop])
        facts = {**known.facts, "duration_s": 1e9}
        return data[:start] + metadata_record(known._replace(facts=facts)) + data[stop:]

    rewritten(copy, claimed)
    assert dyadkit.load(copy).duration_s < 300


@pytest.mark.parametrize("facts", [{"participants": {"a": "X", "b": "Y"}}, {"simulated": False}])
def test_people_and_origin_are_those_of_the_record(good, copy, facts):
    edited(copy, **facts)
    dyad = dyadkit.load(copy)
    assert (dyad.a.participant, dyad.simulated) == ("SIM-A", True)
    assert f"{DIFFERS} ({next(iter(facts))})" in said(copy)[1]


def test_a_virtual_wearable_is_known_by_its_own_identity_whatever_the_record_says(good, tmp_path):
    copy = closed_anew(good, tmp_path / "real", simulated=False, participants={"a": "P", "b": "C"})
    assert dyadkit.load(copy).simulated
    assert "simulated people, no one was recorded" in describe(copy).sentences()[0]


def test_a_changed_byte_of_the_recording_is_said_wherever_it_is(good, copy):
    whole = (good / "session.mcap").read_bytes()
    chance = foreign.dice_of(SEED + 1)
    for beside in (True, False):
        if not beside:
            (copy / "session.json").unlink()
        for _ in range(12):
            at = chance.randrange(len(whole))
            data = bytearray(whole)
            data[at] ^= 1 << chance.randrange(8)
            (copy / "session.mcap").write_bytes(data)
            known = read_session(copy)
            if beside:
                assert not known.complete, at
            elif known.complete:  # a byte of an index, that nothing is read from
                assert known.topics == read_session(good).topics


def test_a_piece_cut_out_neatly_is_missed_by_count_even_without_session_json(good, copy):
    def without_a_second(data):
        chunks = [one for one in records(data) if one[0] in (CHUNK, MESSAGE_INDEX)]
        start = chunks[len(chunks) // 2][1]
        first = next(one for one in chunks if one[0] == CHUNK and one[1] >= start)
        rest = next(one for one in chunks if one[0] == CHUNK and one[1] > first[1])
        return data[: first[1]] + data[rest[1] :]

    (copy / "session.json").unlink()
    rewritten(copy, without_a_second)
    stored = read_session(copy)
    assert stored.closed
    assert not stored.damages
    assert not stored.unchanged
    assert said(copy)[0] == "usable"


@pytest.mark.parametrize(
    "change", [lambda d: d[:-5000], lambda d: d + b"more", lambda d: d[:200_000]]
)
def test_a_file_cut_short_or_added_to_is_never_called_good(copy, change):
    rewritten(copy, change)
    usability, why = said(copy)
    assert usability != "good"
    assert "not closed or is damaged" in why


def test_a_metadata_record_that_was_changed_is_damage_and_is_not_believed(good, copy):
    rewritten(copy, lambda data: b"SIM-C".join(data.rsplit(b"SIM-A", 1)))
    (copy / "session.json").unlink()
    stored = read_session(copy)
    assert stored.damages
    assert dyadkit.load(copy).a.participant == "SIM-A"  # said at the start as well
    assert said(copy)[0] == "usable"


def test_the_file_of_another_session_in_the_folder_is_noticed(good, copy, shared_folder):
    other = recorded_once.of_others(shared_folder)[0]
    shutil.copy(other / "session.mcap", copy / "session.mcap")
    usability, why = said(copy)
    assert usability == "usable"
    assert DIFFERS in why
    assert "not closed or is damaged" in why


def test_what_is_recovered_is_called_no_better_than_what_it_was_made_of(good, tmp_path):
    whole = (good / "session.mcap").read_bytes()
    for trial in range(3):
        chance = foreign.dice_of(SEED + trial)
        folder, again = tmp_path / f"s{trial}", tmp_path / f"again{trial}"
        folder.mkdir()
        length = chance.randrange(len(whole) // 2, len(whole))
        (folder / "session.mcap").write_bytes(whole[:length])
        before, _ = said(folder)
        recover(folder, again)
        assert read_session(again).complete
        usability, why = said(again)
        assert usability == before != "good"
        assert "the file was not closed" in why
        recover(again, tmp_path / f"twice{trial}")
        assert said(tmp_path / f"twice{trial}") == (usability, why)


def test_a_whole_session_is_as_good_when_it_was_copied_by_recover(good, tmp_path):
    recover(good, tmp_path / "again")
    assert said(tmp_path / "again") == said(good)


def test_marks_added_after_the_end_are_no_marks_and_counted(good, copy):
    line = {"at_ns": 60 * 10**9, "label": "never happened"}
    (copy / "marks.jsonl").write_text(json.dumps(line) + "\n")
    found = describe(copy)
    assert [mark.label for mark in dyadkit.load(copy).marks] == []
    assert found.no_marks == ("it was added after the recording was closed",)
    assert any("no marks: 1" in sentence for sentence in found.sentences())


def test_a_session_renamed_and_moved_says_the_same(good, copy, tmp_path):
    moved = copy.rename(tmp_path / "über 1")
    assert said(moved) == said(good)


def test_a_copy_under_another_name_is_not_another_dyad(good, copy):
    dyad = dyadkit.load(good)
    with pytest.raises(SignalError, match="hold the same samples"):
        dyadkit.analyze(dyad, others=[dyadkit.load(copy)])


def test_somebody_who_writes_every_checksum_anew_is_not_noticed(good, copy):
    """The table says so: checksums notice accidents and careless hands, they are no signature."""
    forged = closed_anew(good, copy.with_name("forged"), participants={"a": "X", "b": "Y"})
    assert said(forged) == said(good)
    assert dyadkit.load(forged).a.participant == "X"


def test_a_recording_never_fails_at_its_end_for_what_it_has_to_say():
    facts = fitting({"faults": ["x" * 900] * 5000, "truth": "y" * 10**6, "seed": float("inf"),
                     "notes": ["kept"], "odd": {1, 2}})  # fmt: skip
    assert facts["notes"] == ["kept"]
    assert facts["left_out"] == ["faults, 4900 of them", "faults", "truth", "seed", "odd"]
    record = metadata_record(SessionMetadata(facts, 3))
    assert metadata_in(record) == SessionMetadata(facts, 3)


def test_every_row_of_the_table_names_a_test_that_is_here():
    table = (ROOT / "docs" / "stored-sessions.md").read_text(encoding="utf-8")
    rows = [row for row in table.splitlines() if row.startswith("| ") and "`test_" in row]
    named = {name for row in rows for name in re.findall(r"`(test_\w+)`", row)}
    there = set(re.findall(r"^def (test_\w+)", "".join(
        file.read_text(encoding="utf-8") for file in (ROOT / "tests" / "host").rglob("test_*.py")
    ), flags=re.MULTILINE))  # fmt: skip
    assert len(rows) >= 15
    assert named <= there
