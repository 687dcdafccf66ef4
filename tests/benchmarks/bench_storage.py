"""What is left of a recording after a crash or damage: dyadkit's file beside other formats.

    python tests/benchmarks/bench_storage.py [--trials 1000] [--kills 100] [--seconds 120]

The same messages are written by dyadkit's SessionWriter, SQLite (WAL, one commit a second), XDF (a
minimal writer, read by pyxdf) and HDF5 (h5py, SWMR, one flush a second). Then each file is
truncated, a bit of it is flipped, or a 4 KiB block of it is zeroed, and read with the format's own
reader in a process of its own, which has 20 s; or its writer is killed (SIGKILL) at a random
moment. Counted: trials that could not be opened at all, readers that did not come back, values that
were read and are wrong, and messages that damage did not touch and that were not read. Formats
whose package is not installed are skipped: pip install pyxdf h5py.

The seed is printed; everything else is decided by it.
"""

import argparse
import contextlib
import importlib
import importlib.util
import io
import logging
import multiprocessing
import os
import random
import resource
import signal
import sqlite3
import struct
import tempfile
import time
import warnings
from dataclasses import astuple, dataclass
from pathlib import Path

import figures
import numpy as np

from dyadkit.errors import SessionError
from dyadkit.storage import SessionWriter, read_session, sha256_of

SEED = 20260101
RATE = 130  # messages a second, both wearables together
MESSAGE = 64  # bytes
PATIENCE_S = 20.0


def messages(seconds):
    """Number, time and content of each message: a counter and noise no two alike."""
    chance = random.Random(SEED)
    for number in range(seconds * RATE):
        content = struct.pack("<Q", number) + chance.randbytes(MESSAGE - 8)
        yield number, number * 10**9 // RATE, content


class Ours:
    name = "dyadkit (MCAP)"
    needs = ()

    def open(self, folder):
        self.writer = SessionWriter(folder / "s")

    def add(self, number, at_ns, content):
        self.writer.append("a/heard", at_ns, content)

    def sync(self):
        self.writer.sync()

    def close(self):
        self.writer.close({})

    @staticmethod
    def file(folder):
        return folder / "s" / "session.mcap"

    @staticmethod
    def read(file):
        return [(m.host_ns, m.data) for m in read_session(file).topics["a/heard"]]


class Sqlite:
    name = "SQLite (WAL)"
    needs = ()

    def open(self, folder):
        self.base = sqlite3.connect(folder / "s.db")
        self.base.execute("pragma journal_mode=wal")
        self.base.execute("pragma synchronous=normal")
        self.base.execute("create table m (at_ns integer, content blob)")
        self.base.commit()

    def add(self, number, at_ns, content):
        self.base.execute("insert into m values (?, ?)", (at_ns, content))

    def sync(self):
        self.base.commit()

    def close(self):
        self.base.commit()
        self.base.close()

    @staticmethod
    def file(folder):
        return folder / "s.db"

    @staticmethod
    def read(file):
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as base:
            found = []
            rows = base.execute("select at_ns, content from m")
            with contextlib.suppress(sqlite3.Error):
                found.extend(rows)
            if not found:
                raise OSError("nothing could be read")
            return found


class Xdf:
    name = "XDF"
    needs = ("pyxdf",)
    CHANNELS = MESSAGE // 8

    def open(self, folder):
        self.out = (folder / "s.xdf").open("wb")
        self.out.write(b"XDF:")
        self._chunk(1, b"<?xml version='1.0'?><info><version>1.0</version></info>")
        header = (
            "<?xml version='1.0'?><info><name>s</name><type>raw</type>"
            f"<channel_count>{self.CHANNELS}</channel_count><nominal_srate>0</nominal_srate>"
            "<channel_format>int64</channel_format><created_at>0</created_at></info>"
        )
        self._chunk(2, struct.pack("<I", 1) + header.encode())
        self.samples = []

    def _chunk(self, tag, content):
        size = len(content) + 2
        self.out.write(b"\x04" + struct.pack("<IH", size, tag) + content)

    def add(self, number, at_ns, content):
        self.samples.append(b"\x08" + struct.pack("<d", at_ns * 1e-9) + content)

    def sync(self):
        count = struct.pack("<BI", 4, len(self.samples))
        self._chunk(3, struct.pack("<I", 1) + count + b"".join(self.samples))
        self.samples = []
        self.out.flush()
        os.fsync(self.out.fileno())

    def close(self):
        self._chunk(6, struct.pack("<I", 1) + b"<?xml version='1.0'?><info></info>")
        self.out.close()

    @staticmethod
    def file(folder):
        return folder / "s.xdf"

    @staticmethod
    def read(file):
        import pyxdf

        streams, _ = pyxdf.load_xdf(file, synchronize_clocks=False, dejitter_timestamps=False)
        stream = streams[0]
        rows = np.asarray(stream["time_series"], dtype="<i8")
        times = np.rint(np.asarray(stream["time_stamps"]) * 1e9).astype(np.int64)
        return [(int(at), row.tobytes()) for at, row in zip(times, rows, strict=True)]


class Hdf5:
    name = "HDF5 (SWMR)"
    needs = ("h5py",)

    def open(self, folder):
        import h5py

        self.out = h5py.File(folder / "s.h5", "w", libver="latest")
        options = {"chunks": (256, MESSAGE), "maxshape": (None, MESSAGE), "dtype": "u1"}
        self.content = self.out.create_dataset("content", (0, MESSAGE), **options)
        self.at_ns = self.out.create_dataset("at", (0,), "i8", maxshape=(None,), chunks=(256,))
        self.out.swmr_mode = True
        self.rows = []

    def add(self, number, at_ns, content):
        self.rows.append((at_ns, np.frombuffer(content, "u1")))

    def sync(self):
        begin, count = len(self.at_ns), len(self.rows)
        if count:
            self.content.resize(begin + count, 0)
            self.at_ns.resize(begin + count, 0)
            self.content[begin:] = [row for _, row in self.rows]
            self.at_ns[begin:] = [at for at, _ in self.rows]
            self.rows = []
        self.out.flush()

    def close(self):
        self.out.close()

    @staticmethod
    def file(folder):
        return folder / "s.h5"

    @staticmethod
    def read(file):
        import h5py

        with h5py.File(file, "r", libver="latest", swmr=True) as opened:
            content, at_ns = opened["content"][:], opened["at"][:]
        return [(int(at), row.tobytes()) for at, row in zip(at_ns, content, strict=False)]


FORMATS = (Ours, Sqlite, Xdf, Hdf5)


def write(kind, folder, seconds):
    """A whole file; every message of it."""
    writer = kind()
    writer.open(folder)
    written = []
    for number, at_ns, content in messages(seconds):
        writer.add(number, at_ns, content)
        written.append((at_ns, content))
        if number % RATE == RATE - 1:
            writer.sync()
    writer.close()
    return written


def damaged(whole, kind, chance):
    """The bytes after damage, and the first and last byte that may differ."""
    at = chance.randrange(len(whole))
    if kind == "truncated":
        return whole[:at], at, len(whole)
    data = bytearray(whole)
    if kind == "bit flipped":
        data[at] ^= 1 << chance.randrange(8)
        return bytes(data), at, at + 1
    at &= ~4095
    data[at : at + 4096] = bytes(len(data[at : at + 4096]))
    return bytes(data), at, at + 4096


def read(kind, file):
    """What the format's reader gives; None if it refuses."""
    silence = contextlib.redirect_stdout(io.StringIO())
    try:
        with silence, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return kind.read(file)
    except (SessionError, OSError, sqlite3.Error, ValueError, KeyError, IndexError,
            EOFError, RuntimeError, struct.error, MemoryError, TypeError):  # fmt: skip
        return None
    except Exception as error:  # noqa: BLE001 - a foreign reader may raise anything
        print(f"  ({kind.name}: {type(error).__name__})")
        return None


def places(whole, written):
    """First byte of each message in the whole file; None where it is stored differently."""
    found, start = [], 0
    for _, content in written:
        at = whole.find(content, start)
        found.append(None if at < 0 else at)
        start = at + 1 if at >= 0 else start
    return found


@dataclass(frozen=True)
class Verdict:
    """What reading one damaged file, or many, came to.

    refused : files the reader would not open; hung : it did not come back from, or died of
    wrong : values read that were never written; lost : untouched messages that were not read
    """

    refused: int = 0
    hung: int = 0
    wrong: int = 0
    lost: int = 0
    untouched: int = 0
    changed: int = 0

    def __add__(self, other):
        return Verdict(*(one + two for one, two in zip(self.row(), other.row(), strict=True)))

    def row(self):
        """All counts, in order."""
        return astuple(self)


def judge(kind, folder, trials, damage):
    """What the reader makes of so many damaged files, each read in a process of its own."""
    file = kind.file(folder)
    whole = file.read_bytes()
    where = places(whole, kind.written)
    chance = random.Random(f"{SEED} {damage}")
    hurt = folder / ("hurt" + file.suffix)
    total = Verdict()
    for _ in range(trials):
        data, first, stop = damaged(whole, damage, chance)
        hurt.write_bytes(data)
        here = [
            number
            for number, at in enumerate(where)
            if at is not None and (at + MESSAGE <= first or at >= stop)
        ]
        came_back = within(PATIENCE_S, weigh, kind, hurt, here)
        total += came_back or Verdict(hung=1, lost=len(here), untouched=len(here))
    return total


def weigh(kind, hurt, here):
    """The verdict on one damaged file; `here` numbers the messages that are untouched."""
    before = sha256_of(hurt)
    found = read(kind, hurt)
    changed = int(sha256_of(hurt) != before)
    if found is None:
        return Verdict(1, 0, 0, len(here), len(here), changed)
    truth, have = dict(kind.written), set(found)
    wrong = sum(truth.get(at) != content for at, content in found)
    lost = sum(kind.written[number] not in have for number in here)
    return Verdict(0, 0, wrong, lost, len(here), changed)


def within(seconds, job, *given):
    """What a job gives in a process of its own; None if it takes longer or dies."""
    context = multiprocessing.get_context("fork")
    out, into = context.Pipe(duplex=False)
    child = context.Process(target=lambda: into.send(job(*given)))
    child.start()
    into.close()
    answer = None
    with contextlib.suppress(EOFError):
        answer = out.recv() if out.poll(seconds) else None
    child.kill()
    child.join()
    out.close()
    return answer


def write_until_killed(kind, folder, pipe):
    """Write as fast as the disk lets, telling what is synced, until killed."""
    writer = kind()
    writer.open(folder)
    for number, at_ns, content in messages(3600):
        writer.add(number, at_ns, content)
        if number % RATE == RATE - 1:
            writer.sync()
            os.write(pipe, struct.pack("<I", number + 1))


def kills(kind, folder, count):
    """Refused, synced messages lost, wrong values over so many kills of a writer."""
    chance = random.Random(f"{SEED} kill")
    refused = lost = wrong = unnoticed = 0
    context = multiprocessing.get_context("fork")
    for trial in range(count):
        place = folder / f"kill-{trial}"
        place.mkdir()
        out, into = os.pipe()
        child = context.Process(target=write_until_killed, args=(kind, place, into))
        child.start()
        os.close(into)
        os.read(out, 4)
        time.sleep(chance.uniform(0.0, 0.15))
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        reported = os.read(out, 1 << 20)
        os.close(out)
        synced = struct.unpack("<I", reported[-4:])[0] if reported else RATE
        found = read(kind, kind.file(place))
        if found is None:
            refused += 1
            lost += synced
            continue
        truth = [(at_ns, content) for _, at_ns, content in take(synced + 60 * RATE)]
        wrong += sum(one != true for one, true in zip(found, truth, strict=False))
        lost += max(0, synced - len(found))
        unnoticed += 1
    return refused, lost, wrong


def take(count):
    for number, at_ns, content in messages(count // RATE + 2):
        if number >= count:
            return
        yield number, at_ns, content


def hour(folder):
    """CPU seconds to read one hour of a session whose end is missing and whose middle is hurt."""
    kind = Ours()
    kind.open(folder)
    for number, at_ns, content in messages(3600):
        kind.add(number, at_ns, content)
        if number % RATE == RATE - 1:
            kind.writer.sync()
    kind.writer.abandon()
    file = kind.file(folder)
    data = bytearray(file.read_bytes())
    data[len(data) // 2 :][:4096] = bytes(4096)
    file.write_bytes(data[:-50])
    began = time.process_time()
    found = kind.read(file)
    return time.process_time() - began, len(found), len(data) / 1e6


def headline(damage, came, share):
    """Figures of one kind of damage to dyadkit's own file."""
    spoiled = came.refused + came.hung + came.wrong + came.changed
    figures.count(f"{damage}: not opened, hung, wrong and changed", spoiled)
    recovered = 100 * share
    figures.accuracy(
        f"{damage}: intact recovered", recovered, "%", better=figures.HIGHER, tolerance=0.005
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=20)
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print(f"seed {SEED}, {given.trials} trials of each damage, {given.kills} kills, "
          f"{given.seconds} s at {RATE} messages/s\n")  # fmt: skip
    print("| format | damage | not opened | hung | wrong values | intact recovered | changed |")
    print("|---|---|---|---|---|---|---|")
    for kind in FORMATS:
        if not all(importlib.util.find_spec(name) for name in kind.needs):
            print(f"| {kind.name} | skipped: pip install {' '.join(kind.needs)} | | | | | |")
            continue
        for name in kind.needs:
            importlib.import_module(name)  # once, not in each process
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            kind.written = write(kind, folder, given.seconds)
            for damage in ("truncated", "bit flipped", "4 KiB zeroed"):
                came = judge(kind, folder, given.trials, damage)
                share = 1 - came.lost / max(came.untouched, 1)
                print(f"| {kind.name} | {damage} | {came.refused} | {came.hung} | {came.wrong} | "
                      f"{share:.2%} | {came.changed} |", flush=True)  # fmt: skip
                if kind is Ours:
                    headline(damage, came, share)
            refused, lost, wrong = kills(kind, folder, given.kills)
            row = f"| {kind.name} | kill -9 | {refused} | 0 | {wrong} | {lost} synced lost | 0 |"
            print(row, flush=True)
            if kind is Ours:
                figures.count("kill -9: not opened, lost and wrong", refused + lost + wrong)
    with tempfile.TemporaryDirectory() as name:
        cpu_s, count, megabytes = hour(Path(name))
        print(
            f"\none damaged hour: {count} messages, {megabytes:.0f} MB, read in {cpu_s:.2f} s CPU"
        )
        figures.cost("reading a damaged hour", cpu_s)


if __name__ == "__main__":
    main()
