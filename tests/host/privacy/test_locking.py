"""A session is open or locked, whole, whoever dies or changes what in between."""

import hashlib
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dyadkit.errors import SessionError
from dyadkit.privacy import locking
from dyadkit.privacy.locking import OPENING, lock, unlock
from dyadkit.sessions.extraction import CACHE_NAME
from dyadkit.storage import BYTES_PER_HOUR, SessionWriter, read_session, sealing
from dyadkit.storage.layout import LOCKED_NAME
from fakes.short_session import begun, write

SEED = 20_261_202
WORDS = "five words that nobody says"
MAX_CPU_S = 5.0


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """A guess that costs little: what is tested is not scrypt."""
    monkeypatch.setattr(sealing, "COST_LOG2", 10)


@pytest.fixture
def session(tmp_path):
    folder = tmp_path / "family-07"
    write(folder)
    (folder / "marks.jsonl").write_text('{"at_ns": 5, "label": "tea", "kind": "event"}\n')
    (folder / "notes").mkdir()
    (folder / "notes" / "coding.csv").write_text("onset,label\n1,cry\n")
    (folder / "big.bin").write_bytes(random.Random(SEED).randbytes(70_000))
    return folder


def state(folder):
    """Every file of a folder and its content's sum."""
    return {
        one.relative_to(folder).as_posix(): hashlib.sha256(one.read_bytes()).hexdigest()
        for one in folder.rglob("*")
        if one.is_file()
    }


def test_a_locked_session_is_one_file_and_unlocked_it_is_as_it_was(session):
    before = state(session)
    lock(session, WORDS)
    assert list(state(session)) == [LOCKED_NAME]
    unlock(session, WORDS)
    assert state(session) == before
    assert not any(one.stat().st_mode & 0o077 for one in session.glob("*.mcap"))


def test_nothing_of_what_was_recorded_can_be_read_in_the_locked_file(session):
    coding = (session / "notes" / "coding.csv").read_bytes()
    lock(session, WORDS)
    locked = (session / LOCKED_NAME).read_bytes()
    assert coding not in locked
    assert b"session.mcap" not in locked
    assert b"dyadkit.Wire" not in locked


def test_a_locked_session_is_not_read_and_says_how_to_open_it(session):
    lock(session, WORDS)
    with pytest.raises(SessionError, match="is locked: open it with dyadkit unlock"):
        read_session(session)
    with pytest.raises(SessionError, match="already holds a session"):
        SessionWriter(session)


def test_the_extraction_is_removed(session):
    (session / CACHE_NAME).write_bytes(b"physiology of both")
    assert lock(session, WORDS).removed == (CACHE_NAME,)
    unlock(session, WORDS)
    assert not (session / CACHE_NAME).exists()


def changed(locked, draw):
    """A locked file after one of the things that accident or malice do."""
    step = sealing.CHUNK_BYTES + sealing.TAG_BYTES
    head, body = locked[: sealing.HEAD_BYTES], locked[sealing.HEAD_BYTES :]
    parts = [body[k : k + step] for k in range(0, len(body), step)]
    kind = draw.choice(("flip", "cut", "swap", "repeat", "leave out", "add"))
    if kind == "flip":
        flipped = bytearray(locked)
        flipped[draw.randrange(len(locked))] ^= 1 << draw.randrange(8)
        return bytes(flipped)
    if kind == "cut":
        return locked[: draw.randrange(len(locked))]
    if kind == "add":
        return locked + draw.randbytes(draw.randrange(1, 100))
    one, other = draw.sample(range(len(parts)), 2)
    if kind == "swap":
        parts[one], parts[other] = parts[other], parts[one]
    elif kind == "repeat":
        parts.insert(one, parts[other])
    else:
        parts.pop(one)
    return head + b"".join(parts)


def test_whatever_is_changed_in_a_locked_file_it_is_refused_and_nothing_is_opened(session):
    lock(session, WORDS)
    locked = (session / LOCKED_NAME).read_bytes()
    draw = random.Random(SEED)
    for _ in range(150):
        (session / LOCKED_NAME).write_bytes(changed(locked, draw))
        with pytest.raises(SessionError):
            unlock(session, WORDS)
        assert list(state(session)) == [LOCKED_NAME]
    (session / LOCKED_NAME).write_bytes(locked)
    unlock(session, WORDS)


def test_a_wrong_passphrase_opens_nothing(session):
    lock(session, WORDS)
    before = state(session)
    with pytest.raises(SessionError, match="wrong passphrase"):
        unlock(session, WORDS + "!")
    assert state(session) == before


def test_a_session_that_records_is_not_locked(tmp_path):
    begun(tmp_path / "s").abandon()
    with pytest.raises(SessionError, match="is not closed"):
        lock(tmp_path / "s", WORDS)


def test_a_link_to_elsewhere_is_not_followed(session):
    (session / "elsewhere").symlink_to("/etc/hostname")
    with pytest.raises(SessionError, match="is no plain file"):
        lock(session, WORDS)
    assert read_session(session).complete


def test_a_disk_without_room_leaves_the_session_as_it_was(session, monkeypatch):
    before = state(session)

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(locking.SealingFile, "close", full)
    with pytest.raises(SessionError, match="No space left"):
        lock(session, WORDS)
    assert {n: s for n, s in state(session).items() if not n.endswith("partial")} == before


DYING = """
import os, pathlib, shutil, sys
from dyadkit.storage import sealing
from dyadkit.privacy import locking
sealing.COST_LOG2 = 10
what, start, place = sys.argv[1], *map(pathlib.Path, sys.argv[2:])
left = 0
def dies(before):
    def step(*args, **kwargs):
        global left
        left -= 1
        if left < 0:
            os._exit(9)
        return before(*args, **kwargs)
    return step
def run(folder):
    for name in ("replace", "unlink", "rmdir", "open"):
        setattr(pathlib.Path, name, dies(getattr(pathlib.Path, name)))
    os.fsync = dies(os.fsync)
    locking.SealingFile._put = dies(locking.SealingFile._put)
    getattr(locking, what)(folder, "five words that nobody says")
    os._exit(0)
step, code = 0, 9
while code == 9:
    folder = place / str(step)
    shutil.copytree(start, folder)
    left = step
    child = os.fork()
    if not child:
        run(folder)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    step += 1
sys.exit(code)
"""
"""A program that dies at its first step on the disk, then at its second, until it gets through."""


@pytest.mark.parametrize("what", ["lock", "unlock"])
def test_whenever_it_is_killed_the_session_is_open_or_locked_whole(session, tmp_path, what):
    before = state(session)
    start, place = tmp_path / "start", tmp_path / "killed"
    shutil.copytree(session, start)
    if what == "unlock":
        lock(start, WORDS)
    subprocess.run([sys.executable, "-c", DYING, what, str(start), str(place)], check=True)
    folders = [*place.iterdir()]
    assert len(folders) > 20
    for folder in folders:
        if (folder / LOCKED_NAME).exists():  # locked: whole, whatever else is left beside it
            lock(folder, WORDS)
            assert list(state(folder)) == [LOCKED_NAME]
            unlock(folder, WORDS)
        left = {name for name in state(folder) if not name.endswith((".partial", OPENING))}
        assert {name: state(folder)[name] for name in left} == before


def test_another_file_beside_a_locked_session_is_not_taken_for_its_own(session):
    lock(session, WORDS)
    (session / "session.mcap").write_bytes(b"another")
    with pytest.raises(SessionError, match="another than the locked one"):
        lock(session, WORDS)
    assert (session / "session.mcap").read_bytes() == b"another"


def test_a_sealed_file_that_leads_out_of_the_folder_is_refused(session):
    inside = json.dumps([["../../evil", 4, hashlib.sha256(b"evil").hexdigest()]]).encode()
    content = len(inside).to_bytes(8, "little") + inside + b"evil"
    (session / LOCKED_NAME).write_bytes(sealing.sealed_bytes(content, WORDS))
    with pytest.raises(SessionError, match="holds no session"):
        unlock(session, WORDS)


def test_an_hour_is_locked_in_five_seconds_of_cpu(tmp_path, monkeypatch):
    monkeypatch.undo()  # with the cost that everybody has
    folder = tmp_path / "hour"
    write(folder)
    (folder / "hour.bin").write_bytes(os.urandom(BYTES_PER_HOUR))
    lock_cpu_s = cpu_of(lock, folder)
    unlock_cpu_s = cpu_of(unlock, folder)
    assert (lock_cpu_s < MAX_CPU_S, unlock_cpu_s < MAX_CPU_S) == (True, True)


def cpu_of(work, folder):
    before = time.process_time()
    work(Path(folder), WORDS)
    return time.process_time() - before


def test_memory_does_not_grow_with_a_session(tmp_path):
    folder = tmp_path / "long"
    write(folder)
    with (folder / "day.bin").open("wb") as file:
        file.truncate(150 << 20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lock(folder, WORDS)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 32 << 10  # KiB
