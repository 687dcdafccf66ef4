"""A session file gives back what was written, and after any damage nothing but what was written."""

import asyncio
import errno
import json
import random
import subprocess
import sys
import threading

import pytest
from mcap.reader import make_reader

from dyadkit.capture.session import beside
from dyadkit.errors import SessionError
from dyadkit.storage import TOPICS, DiskFile, SessionWriter, read_session, sha256_of, writing
from dyadkit.storage.marks import marks_beside, set_mark
from dyadkit.storage.repair import recover

SEED = 7


def write(folder, seconds=20, closed=True):
    """A session of `seconds` chunks; returns every message by topic."""
    chance = random.Random(SEED)
    writer = SessionWriter(folder)
    written = {topic: [] for topic in TOPICS}
    for second in range(seconds):
        for k in range(12):
            topic = TOPICS[chance.randrange(4)]
            message = (second * 10**9 + k * 10**7, chance.randbytes(chance.randrange(9, 244)))
            writer.append(topic, *message)
            written[topic].append(message)
        writer.sync()
    if closed:
        writer.close({"duration_s": seconds})
    else:
        writer.abandon()
    return written


def read(folder):
    return {
        topic: [tuple(m) for m in found] for topic, found in read_session(folder).topics.items()
    }


def test_a_closed_session_reads_back_exactly(tmp_path):
    written = write(tmp_path / "s")
    stored = read_session(tmp_path / "s")
    assert read(tmp_path / "s") == written
    assert stored.complete
    assert stored.about["duration_s"] == 20
    assert len(stored.about["sha256"]) == 64


def test_a_session_that_was_never_closed_gives_every_synced_message(tmp_path):
    written = write(tmp_path / "s", closed=False)
    assert read(tmp_path / "s") == written
    assert not read_session(tmp_path / "s").complete


def test_a_truncated_file_gives_exactly_the_messages_that_are_whole(tmp_path):
    written = write(tmp_path / "s")
    whole = (tmp_path / "s" / "session.mcap").read_bytes()
    chance = random.Random(SEED)
    cut = tmp_path / "cut.mcap"
    for _ in range(25):
        length = chance.randrange(2000, len(whole))
        cut.write_bytes(whole[:length])
        found = read(cut)
        for topic in TOPICS:
            whole_in_cut = [m for m in written[topic] if m[1] in whole[:length]]
            assert found[topic] == whole_in_cut
    assert cut.read_bytes() == whole[:length], "reading must not touch the file"


@pytest.mark.parametrize("damage", ["bit", "block"])
def test_damage_never_gives_a_message_that_was_not_written(tmp_path, damage):
    written = write(tmp_path / "s")
    whole = (tmp_path / "s" / "session.mcap").read_bytes()
    everything = {(topic, m) for topic, messages in written.items() for m in messages}
    chance = random.Random(SEED)
    hurt = tmp_path / "hurt.mcap"
    for _ in range(25):
        data = bytearray(whole)
        at = chance.randrange(len(data) - 4096)
        if damage == "bit":
            data[at] ^= 1 << chance.randrange(8)
        else:
            data[at : at + 4096] = bytes(4096)
        hurt.write_bytes(data)
        found = {(topic, m) for topic, messages in read(hurt).items() for m in messages}
        assert found <= everything
        lost = len(everything) - len(found)
        assert lost <= (1 if damage == "bit" else 60)


def test_a_folder_that_holds_a_session_is_not_overwritten(tmp_path):
    write(tmp_path / "s", seconds=1)
    with pytest.raises(SessionError, match="already holds a session"):
        SessionWriter(tmp_path / "s")


@pytest.mark.parametrize("content", [None, b"", b"hello", b"\x89MCAP0\r\n" + bytes(100)])
def test_what_is_not_a_session_is_refused_with_a_sentence(tmp_path, content):
    path = tmp_path / "x.mcap"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SessionError, match="does not exist|holds no dyadkit session"):
        read_session(path)


def test_an_empty_folder_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(SessionError, match="not a session folder"):
        read_session(tmp_path)


KILLS = """
import json, os, random, signal, struct, sys, time
from pathlib import Path
from dyadkit.storage import SessionWriter
chance, told = random.Random(7), []
for trial in range(int(sys.argv[2])):
    folder = Path(sys.argv[1]) / str(trial)
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        writer = SessionWriter(folder)
        for number in range(10**9):
            writer.append("b/heard", number, struct.pack("<Q", number) * 8)
            if number % 50 == 49:
                writer.sync()
                os.write(into, struct.pack("<Q", number + 1))
    os.close(into)
    os.read(out, 8)
    time.sleep(chance.uniform(0, 0.05))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    told.append(struct.unpack("<Q", os.read(out, 1 << 20)[-8:] or struct.pack("<Q", 50))[0])
print(json.dumps(told))
"""


def test_a_writer_killed_at_any_moment_leaves_all_it_synced_and_nothing_wrong(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", KILLS, str(tmp_path), "12"], capture_output=True, check=True
    )
    for trial, synced in enumerate(json.loads(done.stdout)):
        stored = read_session(tmp_path / str(trial))
        found = [(m.host_ns, m.data) for m in stored.topics["b/heard"]]
        assert len(found) >= synced >= 50
        assert found == [(n, n.to_bytes(8, "little") * 8) for n in range(len(found))]


def test_other_programs_read_the_closed_file_by_its_index(tmp_path):
    written = write(tmp_path / "s")
    with (tmp_path / "s" / "session.mcap").open("rb") as file:
        reader = make_reader(file)
        summary = reader.get_summary()
        assert summary.statistics.message_count == sum(map(len, written.values()))
        assert len(summary.chunk_indexes) == 20
        found = [(m.log_time, m.data) for _, _, m in reader.iter_messages(topics=["b/said"])]
    assert found == written["b/said"]


def test_a_file_changed_after_it_was_closed_is_not_called_complete(tmp_path):
    write(tmp_path / "s")
    path = tmp_path / "s" / "session.mcap"
    data = bytearray(path.read_bytes())
    data[-30] ^= 1  # in the footer, where no message is
    path.write_bytes(data)
    stored = read_session(tmp_path / "s")
    assert not stored.unchanged
    assert not stored.complete


def test_damage_is_told_with_the_times_around_it_and_recovered_into_a_new_session(tmp_path):
    written = write(tmp_path / "s", closed=False)
    path = tmp_path / "s" / "session.mcap"
    data = bytearray(path.read_bytes())
    data[9000:13096] = bytes(4096)
    path.write_bytes(data)
    before = sha256_of(path)
    recovered = recover(tmp_path / "s", tmp_path / "new")
    assert sha256_of(path) == before
    assert recovered.lost_bytes >= 4096
    assert len(recovered.damaged_s) >= 1
    again = read_session(tmp_path / "new")
    assert again.complete
    assert sum(map(len, again.topics.values())) == recovered.messages
    assert recovered.messages >= sum(map(len, written.values())) - 50
    assert again.about["recovered_from_sha256"] == before
    with pytest.raises(SessionError, match="already holds"):
        recover(tmp_path / "s", tmp_path / "new")


def test_a_mark_the_recorder_never_took_over_is_recovered_all_the_same(tmp_path):
    write(tmp_path / "s", closed=False)
    set_mark(tmp_path / "s", 5 * 10**9, "fire drill")
    with (tmp_path / "s" / "marks.jsonl").open("a") as file:
        file.write('{"at_ns": 1, "lab')
    assert [mark["label"] for mark in marks_beside(read_session(tmp_path / "s"))] == ["fire drill"]
    recover(tmp_path / "s", tmp_path / "new")
    marks = [e for e in read_session(tmp_path / "new").host_log() if e["event"] == "mark"]
    assert [(mark["at_ns"], mark["label"]) for mark in marks] == [(5 * 10**9, "fire drill")]


def test_what_a_full_disk_refused_is_written_once_there_is_room(tmp_path):
    class Full(DiskFile):
        writes = 0

        def put(self, data):
            type(self).writes += 1
            if self.writes == 2:
                self._file.write(data[:100])  # a torn write
                self._take_back()
                raise OSError(errno.ENOSPC, "No space left on device")
            super().put(data)

    writer = SessionWriter(tmp_path / "s", Full)
    for number in range(3):
        writer.append("a/heard", number, bytes(50))
        writer.seal()
        assert writer.store() is (number != 1)
        assert bool(writer.trouble) is (number == 1)
    writer.close({})
    stored = read_session(tmp_path / "s")
    assert stored.complete
    assert [m.host_ns for m in stored.topics["a/heard"]] == [0, 1, 2]


def fill(writer):
    for number in range(1000):
        writer.append("a/heard", number, bytes(100))
        writer.seal()


def test_memory_for_a_disk_that_takes_nothing_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "MAX_WAITING_BYTES", 12_000)
    writer = SessionWriter(tmp_path / "s")
    with pytest.raises(SessionError, match="takes no more data"):
        fill(writer)
    writer.abandon()


def test_a_disk_that_stalls_never_keeps_what_arrives_waiting(tmp_path):
    stalled, go_on = threading.Event(), threading.Event()

    class Stalling(DiskFile):
        def put(self, data):
            stalled.set()
            assert go_on.wait(10)
            super().put(data)

    async def host():
        writer = SessionWriter(tmp_path / "s", Stalling)
        writer.append("a/heard", 0, b"before")
        writer.seal()
        storing = asyncio.create_task(beside(writer.store))
        await asyncio.to_thread(stalled.wait, 10)
        for number in range(1, 100):
            writer.append("a/heard", number, b"meanwhile")
        assert not storing.done()
        go_on.set()
        assert await storing
        writer.close({})

    asyncio.run(host())
    assert len(read_session(tmp_path / "s").topics["a/heard"]) == 100
