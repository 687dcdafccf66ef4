"""Whatever a session file holds: what is intact is given, in bounded time, and nothing breaks."""

import random
import subprocess
import sys
import time
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dyadkit
from dyadkit.dyad.traces import Trace
from dyadkit.errors import DyadkitError, SessionError
from dyadkit.sessions.overview import describe
from dyadkit.storage import SessionStream, SessionWriter, read_session
from dyadkit.storage.imported import ImportedSession, write_imported
from dyadkit.storage.layout import CHUNK, CHUNK_HEADER, guard
from dyadkit.storage.marks import beside, no_marks
from dyadkit.storage.repair import recover
from dyadkit.storage.scanning.checksums import StretchSums
from dyadkit.storage.scanning.scan import WINDOW_BYTES
from fakes import foreign, short_session

SEED = 20260301
MIB = 1 << 20
MAX_S_A_MIB = 2.0


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "s"
    short_session.write(folder)
    return (folder / "session.mcap").read_bytes()


def as_session(folder, data):
    folder.mkdir(exist_ok=True)
    (folder / "session.mcap").write_bytes(data)
    return folder


def look_at(folder, out):
    """Do with a session what a user does; how many of these ways refused it with a sentence."""
    refused = 0
    for act in (
        describe,
        read_session,
        lambda one: list(SessionStream(one).host_log()),
        lambda one: no_marks(SessionStream(one)),
        lambda one: recover(one, out),
    ):
        try:
            act(folder)
        except DyadkitError as error:
            refused += bool(str(error))
    return refused


@pytest.mark.parametrize("make", [foreign.crafted, foreign.damaged])
@pytest.mark.parametrize(
    "trials", [40, pytest.param(20_000, marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_no_file_ends_in_an_error_of_another_tree(whole, tmp_path, make, trials):
    read = 0
    for trial in range(trials):
        seed = SEED + trial
        folder = as_session(tmp_path / "s", make(whole, foreign.dice_of(seed)))
        try:
            read += look_at(folder, tmp_path / f"out{trial}") == 0
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error!r}") from error
    assert read > trials / 20


def test_a_file_whose_every_dozenth_byte_begins_a_message_is_read_in_bounded_time(whole, tmp_path):
    header = bytes([5]) + (MIB - 100).to_bytes(8, "little") + (1).to_bytes(2, "little")
    hostile = header * (MIB // len(header))
    folder = as_session(tmp_path / "s", whole + hostile + bytes(2 * MIB))
    began_s = time.process_time()
    stored = read_session(folder)
    assert time.process_time() - began_s < 3 * MAX_S_A_MIB
    assert stored.lost_bytes >= 3 * MIB
    assert len(stored.topics["a/heard"]) == 22


def test_chunks_that_claim_the_rest_of_the_file_are_believed_a_few_times_only(whole, tmp_path):
    small = foreign.message(1, 10, b"x")
    data = bytearray(whole)
    for _ in range(4000):
        size = 600_000
        data += CHUNK_HEADER.pack(CHUNK, size + 40, 0, 0, size, 1, 0, size) + small
    folder = as_session(tmp_path / "s", bytes(data) + bytes(MIB))
    began_s = time.process_time()
    assert not read_session(folder).complete
    assert time.process_time() - began_s < 2 * MAX_S_A_MIB


@given(st.binary(max_size=2000), st.data())
def test_the_sum_of_any_stretch_is_what_zlib_says(data, draw):
    start = draw.draw(st.integers(0, len(data)))
    stop = draw.draw(st.integers(start, len(data)))
    before = draw.draw(st.integers(0, 2**32 - 1))
    sums = StretchSums(data)
    assert sums.crc32(start, stop, before) == zlib.crc32(data[start:stop], before)
    assert sums.guard(3, 77, start, stop) == guard(3, 77, data[start:stop])


def test_messages_across_the_borders_of_the_window_are_all_there(tmp_path):
    chance = random.Random(SEED)
    writer = SessionWriter(tmp_path / "s")
    written = []
    while sum(map(len, written)) < 3 * WINDOW_BYTES:
        written.append(chance.randbytes(chance.choice([10, 900, MIB])))
        writer.append("a/heard", len(written), written[-1])
        writer.sync()
    writer.close({})
    stored = read_session(tmp_path / "s")
    assert [one.data for one in stored.topics["a/heard"]] == written
    assert stored.complete
    assert [one.data for one in SessionStream(tmp_path / "s").messages("a/heard")] == written


def test_what_is_read_at_once_and_one_by_one_is_known_alike(whole, tmp_path):
    for trial in range(20):
        data = foreign.damaged(whole, foreign.dice_of(SEED - trial))
        folder = as_session(tmp_path / "s", data)
        try:
            stored = read_session(folder)
        except SessionError:
            continue
        stream = SessionStream(folder)
        assert (stream.about, stream.closed, stream.damages, stream.unchanged, stream.last_ns) == (
            stored.about, stored.closed, stored.damages, stored.unchanged, stored.last_ns
        ), trial  # fmt: skip
        assert list(stored.messages("a/heard")) == list(stream.messages("a/heard"))


def test_a_log_entry_that_cannot_be_one_is_passed_over_and_the_others_are_read(tmp_path):
    writer = short_session.begun(tmp_path / "s")
    for data in (b"[]", b"not JSON", b'{"event": 7}', b'{"event": "closed", "person": ["a"]}',
                 b'{"event": "mark", "label": {"x": 1}}', b'{"event": "phase"}',
                 b'{"event": "session", "about": []}', b"[" * 100_000):  # fmt: skip
        writer.append("host", 5, data)
    writer.log(6, "closed", topic="links", person="a")
    writer.close({})
    events = [one["event"] for one in read_session(tmp_path / "s").host_log()]
    assert events == ["session", "closed"]
    assert describe(tmp_path / "s").streams


LONG = """
import os, resource, sys
from pathlib import Path
from dyadkit.storage import SessionWriter
from dyadkit.storage.repair import recover
sys.path.insert(0, sys.argv[2])
from fakes import short_session
folder = Path(sys.argv[1])
writer = short_session.begun(folder / "s")
for second in range(360):
    writer.append("a/heard", second * 10**9, os.urandom(1 << 18))
    writer.sync()
writer.close({})
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
done = recover(folder / "s", folder / "copy")
print(done.messages, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_session_longer_than_what_may_wait_for_a_disk_is_recovered_in_the_same_memory(tmp_path):
    """90 MB, more than the writer ever holds back; half of it in memory would show."""
    program = [sys.executable, "-c", LONG, str(tmp_path), "tests"]
    done = subprocess.run(program, capture_output=True, check=True, text=True)
    messages, grown_kib = map(int, done.stdout.split())
    assert messages == 360 + 45
    assert grown_kib < 40 * 1024
    assert read_session(tmp_path / "copy").complete


def test_a_recovery_that_fails_leaves_nothing_that_blocks_the_next(tmp_path, monkeypatch):
    short_session.write(tmp_path / "s")
    monkeypatch.setattr("dyadkit.storage.writing.MAX_WAITING_BYTES", 500)
    with pytest.raises(SessionError, match="takes no more data"):
        recover(tmp_path / "s", tmp_path / "copy")
    monkeypatch.undo()
    assert not (tmp_path / "copy").exists()
    assert recover(tmp_path / "s", tmp_path / "copy").was_complete


def test_marks_beside_a_crafted_session_break_nothing(whole, tmp_path):
    for trial in range(60):
        dice = foreign.dice_of(SEED + trial)
        folder = as_session(tmp_path / "s", foreign.crafted(whole, dice))
        lines = b"\n".join(foreign.line(dice) for _ in range(20)) + b"\n"
        (folder / "marks.jsonl").write_bytes(lines)
        found = beside(SessionStream(folder))
        assert all(isinstance(mark["label"], str) for mark in found.marks), trial


def test_no_imported_session_ends_in_an_error_of_another_tree(tmp_path):
    skin = Trace(np.arange(400.0), np.sin(np.arange(400.0)), "microsiemens", 1.0)
    about = {"duration_s": 400.0, "participants": {}, "marks": [], "notes": [], "joined": "",
             "sources": {}}  # fmt: skip
    session = ImportedSession({"a": {"eda": skin}, "b": {"eda": skin}}, about)
    made = write_imported(tmp_path / "s", session).read_bytes()
    refused = 0
    for trial in range(150):
        (tmp_path / "s" / "session.mcap").write_bytes(
            foreign.damaged(made, foreign.dice_of(SEED + trial))
        )
        try:
            dyadkit.load(tmp_path / "s")
        except SessionError:
            refused += 1
        except Exception as error:
            raise AssertionError(f"seed {SEED + trial}: {error!r}") from error
    assert refused > 75
