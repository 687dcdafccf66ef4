"""What happens around a recording: disks, descriptors, stops, marks, readers, clocks, whole days.

    python tests/benchmarks/bench_outside.py [--hours 24] [--seconds 12] [--dyads 50]

Two wearables are played by links that give what real ones give (bench_recording.py). Around their
recording one thing after the other goes wrong; counted are blocks that were given and are not in
the file. Then a day of two wearables is written, recovered and walked through, each in a process of
its own: memory must not grow with its length.
"""

import argparse
import asyncio
import errno
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import figures
from bench_recording import Player

from dyadkit.capture.session import RecordingPlan, beside, record
from dyadkit.decoding.decode import decode
from dyadkit.links import monotonic_ns
from dyadkit.storage import DiskFile, read_session
from dyadkit.storage.marks import set_mark

PERSONS = ("a", "b")
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")


class Counting(Player):
    """A player that knows from which block on it was listened to."""

    def lost_of(self, stored, person):
        """Blocks it gave that a session does not hold, of the first stream."""
        run = decode(stored.topics[f"{person}/heard"], []).runs.get((1, 1))
        return self.number if run is None else self.number - len(run.sequences)


def recorded(folder, seconds, disk=DiskFile, meanwhile=lambda: None):
    """Lost blocks, and whether the file is whole, of a recording in real time."""

    async def host():
        players = {person: Counting() for person in PERSONS}
        acting = threading.Thread(target=meanwhile, daemon=True)
        acting.start()
        outcome = await record(RecordingPlan(folder, seconds, aside=beside, disk=disk), players)
        await asyncio.to_thread(acting.join)
        return players, outcome

    players, outcome = asyncio.run(host())
    stored = read_session(outcome.folder)
    lost = sum(players[person].lost_of(stored, person) for person in PERSONS)
    return lost, stored.complete


def full_at(write):
    """A disk that takes nothing at one of its writes, and half of it at the next."""

    class Full(DiskFile):
        writes = 0

        def put(self, data):
            type(self).writes += 1
            if self.writes in (write, write + 1):
                if self.writes > write:
                    self._file.write(data[: len(data) // 2])
                    self._take_back()
                raise OSError(errno.ENOSPC, "No space left on device")
            super().put(data)

    return Full


class Slow(DiskFile):
    """A disk whose fsync takes two seconds."""

    def put(self, data):
        time.sleep(2.0)
        super().put(data)


def no_descriptors():
    """Take every descriptor for some seconds."""
    time.sleep(2.0)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    taken = []
    try:
        while True:
            taken.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        time.sleep(4.0)
    for one in taken:
        os.close(one)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def many_marks(folder, count):
    """What sets so many marks, as a program would that has all its lines ready."""

    def mark():
        time.sleep(1.0)
        set_mark(folder, monotonic_ns(), "first")
        lines = [json.dumps({"at_ns": monotonic_ns(), "label": f"m{k}"}) for k in range(count - 1)]
        with (folder / "marks.jsonl").open("a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")

    return mark


def readers(folder, found):
    """What reads an open session again and again while it grows."""

    def read():
        time.sleep(1.0)
        for _ in range(5):
            found.append(len(read_session(folder).topics["a/heard"]))
            time.sleep(0.5)

    return read


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from bench_outside import recorded
print(*recorded(Path(sys.argv[1]), float(sys.argv[3])), flush=True)
"""


def apart(folder, seconds, meanwhile, **environment):
    """As `recorded`, of a program of its own, to which something happens after five seconds."""
    here = str(Path(__file__).parent)
    command = [sys.executable, "-c", CHILD, str(folder), here, str(seconds)]
    program = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}
    )
    time.sleep(5.0)
    meanwhile(program)
    lost, complete = program.communicate()[0].split()
    return int(lost), complete == "True"


def stop_for(pause_s):
    """What stops a program for so long, as a computer does that goes to sleep."""

    def stop(program):
        program.send_signal(signal.SIGSTOP)
        time.sleep(pause_s)
        program.send_signal(signal.SIGCONT)

    return stop


def with_clock_jumps(folder, seconds):
    """As `recorded`, while the time of day jumps an hour on, two back, and to 1970."""
    jumps = folder.with_suffix(".jumps")
    jumps.write_text("+0\n", encoding="utf-8")

    def jump(_):
        for words in ("+3600", "-7200", "@1970-01-02 00:00:00"):
            jumps.write_text(f"{words}\n", encoding="utf-8")
            time.sleep(1.5)

    return apart(
        folder, seconds, jump, LD_PRELOAD=str(FAKETIME), FAKETIME_TIMESTAMP_FILE=str(jumps),
        FAKETIME_NO_CACHE="1", FAKETIME_DONT_FAKE_MONOTONIC="1", DONT_FAKE_MONOTONIC="1",
    )  # fmt: skip


DAY = """
import os, resource, sys, time
from pathlib import Path
from dyadkit.storage import SessionStream, SessionWriter
from dyadkit.storage.repair import recover
what, folder, seconds = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
began = time.process_time()
count = 0
if what == "write":
    writer = SessionWriter(folder / "day")
    for second in range(seconds):
        for k in range(24):
            writer.append(("a/heard", "b/heard")[k % 2], second * 10**9 + k, os.urandom(320))
            count += 1
        writer.sync()
    writer.close({"duration_s": seconds})
elif what == "recover":
    count = recover(folder / "day", folder / "again").messages
else:
    count = sum(1 for _ in SessionStream(folder / "again").messages())
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(count, time.process_time() - began, peak)
"""


def a_day(hours):
    """Messages, CPU seconds and peak MiB of writing, recovering and walking through a day."""
    with tempfile.TemporaryDirectory() as name:
        done = {}
        for what in ("write", "recover", "walk"):
            command = [sys.executable, "-c", DAY, what, name, str(round(hours * 3600))]
            said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            done[what] = tuple(map(float, said.split()))
        return done, (Path(name) / "again" / "session.mcap").stat().st_size


def ordeals(place, seconds):
    """Each thing that goes wrong around a recording: its name, lost blocks, a whole file or not."""
    yield "an fsync of 2 s", *recorded(place / "slow", seconds, Slow)
    full = [recorded(place / f"full{k}", 4.0, full_at(k)) for k in range(2, 8)]
    yield "no space at one write, each in turn", sum(r[0] for r in full), all(r[1] for r in full)
    yield "no descriptors for 4 s", *recorded(place / "open", seconds, meanwhile=no_descriptors)
    marked = place / "marked"
    yield "10 000 marks", *recorded(marked, seconds, meanwhile=many_marks(marked, 10_000))
    taken = sum(entry["event"] == "mark" for entry in read_session(marked).host_log())
    print(f"marks taken over: {taken} of 10000")
    figures.count("marks taken over of 10 000", taken, figures.SAME)
    read, seen = place / "read", []
    yield "read five times meanwhile", *recorded(read, seconds, meanwhile=readers(read, seen))
    yield "stopped by the system for 30 s", *apart(place / "stopped", seconds, stop_for(30.0))
    if FAKETIME.exists():
        yield "a time of day that jumps", *with_clock_jumps(place / "jumps", seconds)
    else:
        print("libfaketime is not installed: the time of day did not jump")


def in_a_row(place, count):
    """Lost blocks of so many short dyads by one program, and descriptors left open."""
    before = len(descriptors())
    each = [recorded(place / f"dyad{k}", 1.0) for k in range(count)]
    left_open = len(descriptors()) - before
    return sum(one[0] for one in each), all(one[1] for one in each), left_open


def descriptors():
    """Descriptors of this program; none where the system does not tell."""
    own = Path("/proc/self/fd")
    return list(own.iterdir()) if own.is_dir() else []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--seconds", type=float, default=12.0)
    parser.add_argument("--dyads", type=int, default=50)
    given = parser.parse_args()
    lost_of_all, whole = 0, True
    with tempfile.TemporaryDirectory() as name:
        for what, lost, complete in ordeals(Path(name), given.seconds):
            print(f"{what}: {lost} blocks lost, file whole: {complete}", flush=True)
            lost_of_all, whole = lost_of_all + lost, whole and complete
        lost, complete, left_open = in_a_row(Path(name), given.dyads)
        print(f"{given.dyads} dyads in a row: {lost} blocks lost, files whole: {complete}, "
              f"{left_open} descriptors left open")  # fmt: skip
    figures.count("blocks lost in all ordeals", lost_of_all + lost)
    figures.count("files that are not whole", int(not (whole and complete)))
    figures.count("descriptors left open", left_open)
    day, size = a_day(given.hours)
    print(f"{given.hours:g} h, {size / 1e6:.0f} MB:")
    for what, (count, cpu_s, peak_mib) in day.items():
        print(f"  {what}: {count:.0f} messages, {cpu_s:.0f} s of CPU, {peak_mib:.0f} MiB at most")
    figures.accuracy("peak memory of recovering it", day["recover"][2], "MiB", tolerance=10)
    figures.cost("recovering an hour", day["recover"][1] / given.hours)


if __name__ == "__main__":
    main()
