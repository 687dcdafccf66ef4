"""What people ask to be deleted is gone, of one as of both, and the record says what it was."""

import json
import shutil

import numpy as np
import pytest

from dyadkit.dyad.traces import Assay, Dyad, Mark, PersonTraces, Trace
from dyadkit.errors import SessionError
from dyadkit.formats.loading import load as load_any
from dyadkit.privacy.consent import withdraw
from dyadkit.privacy.locking import lock
from dyadkit.privacy.purging import DRAFT_NAME, RECORD_NAME, purge, purge_person
from dyadkit.sessions.extraction import CACHE_NAME
from dyadkit.sessions.imported import about_dyad
from dyadkit.sessions.loading import load
from dyadkit.sessions.overview import describe
from dyadkit.storage import read_about, read_session, sealing, sha256_of
from dyadkit.storage.imported import ImportedSession, read_imported, write_imported
from dyadwire import messages
from fakes.short_session import begun, framed

SECRET = b"only b's wearable said this"
ADDRESS = bytes.fromhex("7cdfa1b0b0b0")


@pytest.fixture
def session(tmp_path):
    """A session with something of b in every place where a recorder puts anything of somebody."""
    folder = tmp_path / "family-07"
    writer = begun(folder)
    writer.append("b/heard", 5, SECRET)
    writer.append("a/said", 6, framed(messages.Partner(ADDRESS)))
    writer.log(7, "connected", topic="links", person="b", address="AA:BB:CC:00:11:22")
    writer.log(8, "gap", topic="gaps", person="b", stream=1)
    writer.log(
        9, "preflight", checks=[{"person": "a", "says": "a fine"}, {"person": "b", "says": "B!"}]
    )
    for person, label in (("a", "a laughs"), ("b", "b sobs"), (None, "door")):
        writer.log(10, "mark", topic="marks", label=label, kind="event", person=person)
    writer.close(
        {
            "duration_s": 2.0,
            "participants": {"a": "C07", "b": "P-secret"},
            "roles": {"a": "child", "b": "stepmother"},
            "wearables": {"a": "7cdfa1a0a0a0", "b": ADDRESS.hex()},
            "notes": ["P-secret wears another wearable", "wearable a lost contact"],
            "consent": "recording and publication",
        },
        {"clock_truth": {"a_us": [1], "b_us": [424242]}},
    )
    (folder / "marks.jsonl").write_text('{"at_ns": 5, "label": "b sobs", "person": "b"}\n')
    (folder / CACHE_NAME).write_bytes(b"physiology of b")
    (folder / "corrections-b.jsonl").write_text('{"n": 1, "why": "b coughed"}\n')
    return folder


THEIRS = (SECRET, ADDRESS, ADDRESS.hex().encode(), b"P-secret", b"stepmother", b"b sobs", b"B!",
          b"AA:BB:CC:00:11:22", b"424242", b"physiology of b",
          b"b coughed")  # fmt: skip


def bytes_of(folder):
    return b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())


def test_nothing_of_a_purged_person_is_left_and_all_of_the_other(session):
    before = read_session(session)
    assert all(one in bytes_of(session) for one in THEIRS)
    done = purge_person(session, "b", "asked by the family")
    assert [one for one in THEIRS if one in bytes_of(session)] == []
    after = read_session(session)
    assert after.complete
    assert after.disagreements == ()
    assert after.topics["a/heard"] == before.topics["a/heard"]
    assert [one["label"] for one in after.host_log("marks")] == ["a laughs", "door"]
    assert after.about["participants"] == {"a": "C07"}
    assert after.about["consent"] == "recording and publication"
    assert len(after.topics["b/heard"]) == len(after.topics["b/said"]) == 0
    assert done.messages == len(before.topics["b/heard"])


def test_the_rewritten_session_says_what_was_deleted_why_and_from_what(session):
    before = sha256_of(session / "session.mcap")
    purge_person(session, "b", "asked by the family")
    [(person, said)] = read_session(session).about["purged"].items()
    assert (person, said["reason"], said["sha256_before"]) == ("b", "asked by the family", before)
    assert read_about(session)["sha256"] == sha256_of(session / "session.mcap")
    with pytest.raises(SessionError, match="one half: what was recorded of b was deleted on"):
        load(session)


def test_the_other_half_can_be_deleted_too_and_each_only_once(session):
    purge_person(session, "b")
    first = read_session(session).about["purged"]["b"]
    purge_person(session, "b")  # completes one that was interrupted, and changes nothing else
    assert read_session(session).about["purged"]["b"] == first
    purge_person(session, "a")
    assert set(read_session(session).about["purged"]) == {"a", "b"}


def test_there_must_be_something_to_delete(tmp_path):
    begun(tmp_path / "s", "a").close({})
    with pytest.raises(SessionError, match="holds nothing of person b"):
        purge_person(tmp_path / "s", "b")
    with pytest.raises(SessionError, match="holds no session"):
        purge(tmp_path)


def test_a_session_that_is_open_or_locked_loses_no_half(session, tmp_path, monkeypatch):
    monkeypatch.setattr(sealing, "COST_LOG2", 10)
    begun(tmp_path / "open").abandon()
    with pytest.raises(SessionError, match="is not closed"):
        purge_person(tmp_path / "open", "b")
    lock(session, "words")
    with pytest.raises(SessionError, match="is locked"):
        purge_person(session, "b")


def test_a_purged_session_leaves_a_record_of_names_sizes_and_sums_and_nothing_else(session):
    sums = {
        n: sha256_of(session / n)
        for n in ("session.mcap", "session.json", "marks.jsonl", "corrections-b.jsonl")
    }
    (session / "diary.txt").write_text("mine")
    done = purge(session, "end of the storage period")
    assert sorted(one.name for one in session.iterdir()) == ["diary.txt", RECORD_NAME]
    assert (done.left, done.removed) == (("diary.txt",), (CACHE_NAME,))
    record = json.loads((session / RECORD_NAME).read_text())
    assert {one["name"]: one["sha256"] for one in record["files"]} == sums
    assert record["reason"] == "end of the storage period"
    assert "P-secret" not in (session / RECORD_NAME).read_text()


def test_a_locked_session_is_purged_without_its_passphrase(session, monkeypatch):
    monkeypatch.setattr(sealing, "COST_LOG2", 10)
    lock(session, "words")
    purge(session)
    assert [one.name for one in session.iterdir()] == [RECORD_NAME]


def test_a_purge_that_was_interrupted_goes_on_and_its_record_names_all(session):
    untouched = session.with_name("untouched")
    shutil.copytree(session, untouched)
    files = [one["name"] for one in purge(untouched).files]
    record = json.loads((untouched / RECORD_NAME).read_text())
    (session / DRAFT_NAME).write_text(json.dumps({"files": record["files"]}))
    (session / "session.mcap").unlink()  # it died here
    assert [one["name"] for one in purge(session).files] == files


def test_a_purge_of_a_half_that_dies_leaves_the_session_as_it_was(session, monkeypatch):
    before = bytes_of(session)

    def died(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("dyadkit.privacy.rewriting.write_all", died)
    with pytest.raises(KeyboardInterrupt):
        purge_person(session, "b")
    assert bytes_of(session) == before


def test_half_of_an_imported_session_is_deleted(tmp_path):
    times_s = np.arange(0, 20, 0.25)
    skin = {
        name: Trace(times_s, k + np.sin(times_s), "microsiemens", 4.0)
        for k, name in ((4, "a"), (9, "b"))
    }
    dyad = Dyad(
        PersonTraces({"eda": skin["a"]}, "C07"),
        PersonTraces({"eda": skin["b"]}, "P-secret"),
        marks=(Mark(1.0, 1.0, "b sobs", person="b"), Mark(2.0, 2.0, "door")),
        duration_s=20.0,
        assays=(Assay("b", 0.0, "cortisol", 6.2),),
    )
    about = about_dyad(dyad, {"a": {"files": []}, "b": {"files": [{"name": "stepmother.csv"}]}}, "")
    write_imported(tmp_path / "s", ImportedSession({"a": dyad.a.traces, "b": dyad.b.traces}, about))
    purge_person(tmp_path / "s", "b")
    left = read_imported(tmp_path / "s")
    assert (left.traces["a"]["eda"].values == skin["a"].values).all()
    assert left.traces["b"] == {}
    content = bytes_of(tmp_path / "s")
    assert not any(one in content for one in (b"P-secret", b"b sobs", b"cortisol", b"stepmother"))
    assert skin["b"].values[:50].tobytes() not in content
    with pytest.raises(SessionError, match="one half"):
        load_any(tmp_path / "s")


def test_who_withdrew_is_noted_and_the_session_is_used_no_more(session):
    frames = read_session(session).topics["b/heard"]
    assert "dyadkit purge" in withdraw(session, "b", "by telephone")
    stored = read_session(session)
    assert stored.about["withdrawn"]["b"]["words"] == "by telephone"
    assert stored.complete
    assert stored.topics["b/heard"] == frames
    assert any("b withdrew on" in one for one in describe(session).sentences())
    with pytest.raises(SessionError, match="b withdrew on"):
        load(session)
    with pytest.raises(SessionError, match="withdrew from .* before"):
        withdraw(session, "b")
