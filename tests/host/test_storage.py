"""A session file gives back what was written, and after any damage nothing but what was written."""

import random

import pytest

from dyadkit.errors import RecordingError
from dyadkit.storage import TOPICS, SessionWriter, read_session

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
    with pytest.raises(RecordingError, match="already holds a session"):
        SessionWriter(tmp_path / "s")


@pytest.mark.parametrize("content", [None, b"", b"hello", b"\x89MCAP0\r\n" + bytes(100)])
def test_what_is_not_a_session_is_refused_with_a_sentence(tmp_path, content):
    path = tmp_path / "x.mcap"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RecordingError, match="does not exist|holds no dyadkit session"):
        read_session(path)


def test_an_empty_folder_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(RecordingError, match="not a session folder"):
        read_session(tmp_path)
