"""What is kept of an extraction: the same to the last bit, or not used."""

import multiprocessing
from dataclasses import replace

import numpy as np
import pytest

from dyadkit.analysis.whole import analyze
from dyadkit.dyad.digest import digest_of
from dyadkit.dyad.traces import Mark
from dyadkit.sessions import extraction
from dyadkit.sessions.extraction import CACHE_NAME, extraction_of, forget_extraction
from dyadkit.sessions.loading import load
from dyadkit.signals import extract
from dyadkit.storage import FILE_NAME
from fakes.long_session import Long
from fakes.once import once


@pytest.fixture
def session(shared_folder, tmp_path, monkeypatch):
    """A copy of a session that is just long enough to be worth it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    kept = once(shared_folder / "worth", lambda place: Long(310.0, seed=6).write(place / "s"))
    folder = tmp_path / "s"
    folder.mkdir()
    for file in (kept / "s").iterdir():
        if file.name != CACHE_NAME:
            (folder / file.name).write_bytes(file.read_bytes())
    return folder


@pytest.fixture
def counted(monkeypatch):
    """How often something was extracted."""
    calls = []
    monkeypatch.setattr(extraction, "extract", lambda dyad: calls.append(1) or extract(dyad))
    return calls


def test_the_second_look_finds_what_the_first_kept(session, counted):
    first, second = (extraction_of(load(session)) for _ in range(2))
    assert len(counted) == 1
    assert digest_of(first) == digest_of(second) == digest_of(extract(load(session)))
    assert (session / CACHE_NAME).is_file()


def test_an_analysis_says_the_same_with_and_without_what_was_kept(session):
    fresh, kept = analyze(load(session)), analyze(load(session))
    assert digest_of(fresh) == digest_of(kept)


def test_whatever_changes_the_traces_is_extracted_anew(session, counted):
    dyad = load(session)
    extraction_of(dyad)
    skin = dyad.a.traces["eda"]
    values = skin.values.copy()
    values[1000] = np.nextafter(values[1000], 9.0)
    moved = replace(dyad.a, traces={**dyad.a.traces, "eda": replace(skin, values=values)})
    others = (
        replace(dyad, a=moved),
        replace(dyad, marks=(Mark(5.0, 5.0, "bell"),)),
        replace(dyad, duration_s=dyad.duration_s - 1),
    )
    for number, other in enumerate(others, 2):
        extraction_of(other)
        assert len(counted) == number


@pytest.mark.parametrize("harm", ["cut", "bit", "empty", "other key"])
def test_what_was_kept_and_is_damaged_is_not_used(session, counted, harm):
    whole = extraction_of(load(session))
    file = session / CACHE_NAME
    content = bytearray(file.read_bytes())
    if harm == "bit":
        content[len(content) // 2] ^= 1
    elif harm == "other key":
        content[0] = ord("0") if content[0] != ord("0") else ord("1")
    file.write_bytes({"cut": content[:-9], "empty": b""}.get(harm, content))
    assert digest_of(extraction_of(load(session))) == digest_of(whole)
    assert len(counted) == 2


def test_it_goes_to_the_user_s_folder_where_the_session_cannot_be_written(
    session, counted, monkeypatch, tmp_path
):
    def refuse(place, _):
        raise PermissionError(13, "Permission denied")

    whole = type(session).write_bytes
    monkeypatch.setattr(
        type(session),
        "write_bytes",
        lambda place, data: (refuse if place.parent == session else whole)(place, data),
    )
    extraction_of(load(session))
    extraction_of(load(session))
    assert len(counted) == 1
    assert not (session / CACHE_NAME).exists()
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    [removed] = forget_extraction(session)
    assert removed.parent == tmp_path / "cache" / "dyadkit"
    assert not removed.exists()


def test_forgetting_removes_it_and_twice_is_no_error(session):
    extraction_of(load(session))
    assert forget_extraction(session / FILE_NAME) == [session / CACHE_NAME]
    assert forget_extraction(session) == []


def test_a_session_that_is_not_closed_keeps_nothing(session):
    (session / "session.json").unlink()
    extraction_of(load(session))
    assert {file.name for file in session.iterdir()} == {FILE_NAME}


def _extracted(folder):
    return digest_of(extraction_of(load(folder)))


def test_two_at_once_find_the_same_and_leave_one_whole_file(session):
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert len(set(pool.map(_extracted, [session] * 2))) == 1
    assert sorted(file.name for file in session.iterdir()) == [
        CACHE_NAME, "session.json", FILE_NAME,
    ]  # fmt: skip
    assert extraction._kept(session / CACHE_NAME, extraction._key(load(session))) is not None
