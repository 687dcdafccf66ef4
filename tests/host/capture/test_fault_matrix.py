"""Every fault users complain of: nothing recorded is lost, a sentence says what happened."""

import asyncio
import errno
import random
import time

import numpy as np
import pytest

import dyadkit
from dyadkit.decoding.decode import decode
from dyadkit.devices.discovery import address_of
from dyadkit.errors import LinkError, NoAdapterError, NoWearableError, SessionError
from dyadkit.links import conversation
from dyadkit.links.ble import Found
from dyadkit.storage import DiskFile, read_session
from dyadkit.storage.marks import set_mark
from dyadkit.storage.repair import recover
from dyadwire import MAJOR, frames, messages
from fakes.trial import NOTHING_LOST, PERSONS, RadioModel, Trial

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")

AFTER_S = 4.0


class Through:
    """A link that passes everything on; faults are subclasses."""

    def __init__(self, link):
        self.link = link

    @property
    def address(self):
        return self.link.address

    async def open(self):
        await self.link.open()

    async def write(self, framed):
        return await self.link.write(framed)

    async def read(self):
        return await self.link.read()

    async def close(self):
        await self.link.close()


def on(person, kind):
    """Put a faulty link around one person's."""
    return lambda _world, whose, link: kind(link) if whose == person else link


def after(seconds, *acts):
    """A fault that happens so long after the recording began, its acts 20 s apart."""

    async def fault(scene):
        await scene.until("recording")
        await asyncio.sleep(seconds)
        for act in acts:
            act(scene.world)
            await asyncio.sleep(20.0)

    return fault


# the radio and the wearables


def test_silence_of_the_radio_is_alarmed_within_three_seconds_and_filled_from_flash(tmp_path):
    fault = after(AFTER_S, lambda world: world.blackout("a", 9.0))
    came = Trial(radio=RadioModel(interval_ms=30.0, loss=0.2)).run(tmp_path / "s", fault)
    assert came.losses() == NOTHING_LOST
    assert not came.outcome.has_gaps
    assert came.outcome.reconnects == 1
    silent, received = came.events("silent")[0], came.events("heard again")[0]
    last_ns = max(at for at, _ in came.stored.topics["a/heard"] if at < silent["at_ns"])
    assert (silent["at_ns"] - last_ns) * 1e-9 <= 3.0
    assert received["at_ns"] > silent["at_ns"]
    assert any(alarm.startswith("a silent for 2 s: bring it closer") for alarm in
               came.scene.alarms())  # fmt: skip


@pytest.mark.parametrize("minutes", [0.3, pytest.param(10, marks=pytest.mark.slow)])
def test_a_wearable_out_of_reach_for_minutes_is_filled_and_the_other_goes_on(tmp_path, minutes):
    fault = after(AFTER_S, lambda world: world.drop("a", 60.0 * minutes))
    came = Trial(seconds=60.0 * minutes + 20).run(tmp_path / "s", fault)
    assert came.losses() == NOTHING_LOST
    assert not came.outcome.has_gaps
    others_ns = [at for at, _ in came.stored.topics["b/heard"]]
    assert np.diff(others_ns).max() * 1e-9 < 1.0


@pytest.mark.parametrize("off_s", [12.0, pytest.param(600.0, marks=pytest.mark.slow)])
def test_a_wearable_that_is_off_leaves_one_gap_and_nothing_else_is_missing(tmp_path, off_s):
    def off_and_on(world):
        world.power_cut("a")
        asyncio.get_running_loop().call_later(off_s, world.reboot, "a")

    came = Trial(seconds=off_s + 23.0).run(tmp_path / "s", after(AFTER_S, off_and_on))
    assert came.losses() == NOTHING_LOST
    trace = dyadkit.load(tmp_path / "s").a.traces["ppg_ir"]
    [[gone_s, back_s]] = trace.gaps_s
    assert off_s - 1.0 < back_s - gone_s < off_s + 8.0
    assert not ((trace.times_s > gone_s) & (trace.times_s < back_s)).any()


@pytest.mark.slow
def test_reboots_that_nobody_saw_are_fetched_boot_by_boot(tmp_path):
    async def fault(scene):
        await scene.until("recording")
        await asyncio.sleep(AFTER_S)
        scene.world.drop("a", 15.0)
        for _ in range(2):
            await asyncio.sleep(13.0)
            scene.world.reboot("a")
            scene.world.drop("a", 14.0)

    came = Trial(seconds=60.0, judged=False).run(tmp_path / "s", fault)
    received = decode(came.stored.topics["a/heard"], [])
    assert {boot for boot, _ in received.runs} == {1, 2, 3}
    assert received.boots() == [1, 3]
    assert all(run.missing_blocks() == 0 for run in received.runs.values())
    assert not came.outcome.has_gaps


def test_what_a_full_flash_lost_is_a_gap_of_exactly_its_length(tmp_path):
    fault = after(AFTER_S, lambda world: world.drop("a", 15.0))
    came = Trial(seconds=35.0, flash_kib=128, judged=False).run(tmp_path / "s", fault)
    assert came.outcome.has_gaps
    assert any("samples are missing" in line for line in came.outcome.sentences())
    run = decode(came.stored.topics["a/heard"], []).runs[1, 1]
    [gap] = [g for g in came.events("gap") if (g["person"], g["stream"]) == ("a", 1)]
    assert gap["samples"] == run.missing_samples() > 500
    [[gone_s, back_s]] = dyadkit.load(tmp_path / "s").a.traces["ppg_ir"].gaps_s
    rate_hz = dyadkit.load(tmp_path / "s").a.traces["ppg_ir"].rate_hz
    assert (back_s - gone_s) * rate_hz - 1 == pytest.approx(gap["samples"], abs=1)


def test_a_wearable_that_stays_away_at_the_end_is_told_and_the_other_is_whole(tmp_path):
    fault = after(10.0, lambda world: world.power_cut("a"))
    came = Trial().run(tmp_path / "s", fault)
    assert came.survived["b"].losses() == (0, 0, 0, 0)
    assert came.outcome.has_gaps
    assert f"pull DYAD --completes {tmp_path / 's'} --out" in came.outcome.unfinished[0]


# who wears what


def test_wearables_swapped_between_sessions_are_noticed(tmp_path):
    people = {"a": "P07", "b": "C07"}
    Trial(seconds=2.0, plan={"participants": people}).run(tmp_path / "monday")
    swapped = {"a": "C07", "b": "P07"}
    came = Trial(seconds=2.0, plan={"participants": swapped}).run(tmp_path / "tuesday")
    assert len(came.outcome.notes) == 2
    assert "C07 (a) wears d7ad00610001 but wore d7ad00620002 in monday" in came.outcome.notes[0]
    assert "swapped" in came.outcome.notes[0]
    assert list(came.outcome.notes) == read_session(tmp_path / "tuesday").about["notes"]


def test_another_wearable_that_answers_mid_session_is_not_recorded_as_this_person(tmp_path):
    class Stranger(Through):
        opened = 0

        async def read(self):
            at_ns, framed = await self.link.read()
            if frames.kind_of(framed) == messages.Hello.KIND:
                type(self).opened += 1
                if self.opened in (2, 3):
                    hello = messages.unpack(framed[1], frames.payload_of(framed))
                    other = hello._replace(wearable=b"\1\2\3\4\5\6")
                    return at_ns, frames.frame(other.KIND, messages.pack(other))
            return at_ns, framed

    fault = after(AFTER_S, lambda world: world.drop("a", 2.0))
    came = Trial().run(tmp_path / "s", fault, on("a", Stranger))
    lost = [entry["reason"] for entry in came.events("link lost")]
    assert sum("another wearable (010203040506) answers as a" in reason for reason in lost) == 2
    assert came.losses() == NOTHING_LOST
    assert not came.outcome.has_gaps


def test_a_wrong_firmware_version_is_refused_before_anything_is_recorded(tmp_path, monkeypatch):
    monkeypatch.setattr(conversation, "MAJOR", MAJOR + 1)
    with pytest.raises(SessionError, match=r"speaks protocol .* update the older one"):
        Trial().run(tmp_path / "s")
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("is_in_use", [False, True])
def test_a_folder_that_was_there_before_a_refused_recording_stays_with_what_is_in_it(
    tmp_path, monkeypatch, is_in_use
):
    monkeypatch.setattr(conversation, "MAJOR", MAJOR + 1)
    (tmp_path / "s").mkdir()
    if is_in_use:
        (tmp_path / "s" / "consent.pdf").write_text("signed")
    with pytest.raises(SessionError, match="update the older one"):
        Trial().run(tmp_path / "s")
    assert [file.name for file in (tmp_path / "s").iterdir()] == ["consent.pdf"] * is_in_use


def test_a_folder_that_something_else_was_put_into_meanwhile_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(conversation, "MAJOR", MAJOR + 1)

    async def fault(_):
        (tmp_path / "s" / "notes.txt").write_text("b is late")

    with pytest.raises(SessionError, match="update the older one"):
        Trial().run(tmp_path / "s", fault)
    assert [file.name for file in (tmp_path / "s").iterdir()] == ["notes.txt"]


def test_a_wearable_updated_mid_session_fails_alone(tmp_path):
    class Updated(Through):
        opened = 0

        async def read(self):
            at_ns, framed = await self.link.read()
            if frames.kind_of(framed) == messages.Hello.KIND:
                type(self).opened += 1
                if self.opened > 1:
                    hello = messages.unpack(framed[1], frames.payload_of(framed))
                    newer = hello._replace(major=MAJOR + 1)
                    return at_ns, frames.frame(newer.KIND, messages.pack(newer))
            return at_ns, framed

    fault = after(AFTER_S, lambda world: world.reboot("a"))
    came = Trial().run(tmp_path / "s", fault, on("a", Updated))
    assert came.survived["b"].losses() == (0, 0, 0, 0)
    assert "update the older one" in came.outcome.unfinished[0]
    assert came.outcome.has_gaps


def test_two_wearables_of_one_name_are_told_apart_by_address():
    found = [Found("dyad", "AA:01", -40), Found("dyad", "AA:02", -50)]
    with pytest.raises(NoWearableError, match=r"2 wearables are called dyad \(AA:01, AA:02\)"):
        address_of("dyad", found)
    assert address_of("aa:02", found) == "AA:02"


# the computer


def test_an_adapter_pulled_out_and_put_back_costs_nothing(tmp_path):
    class Adapter(Through):
        gone = False
        each: list = []

        def __init__(self, link):
            super().__init__(link)
            self.each.append(self)

        async def open(self):
            if Adapter.gone:
                raise NoAdapterError("Bluetooth is not available on this computer")
            await self.link.open()

    async def fault(scene):
        await scene.until("recording")
        await asyncio.sleep(AFTER_S)
        Adapter.gone = True
        for one in Adapter.each:
            scene.world.drop("a" if one is Adapter.each[0] else "b", 0.5)
        await asyncio.sleep(10.0)
        Adapter.gone = False

    came = Trial().run(tmp_path / "s", fault, lambda _w, _p, link: Adapter(link))
    assert came.losses() == NOTHING_LOST
    assert not came.outcome.has_gaps
    reasons = [entry["reason"] for entry in came.events("link lost")]
    assert any("Bluetooth is not available" in reason for reason in reasons)


class FullDisk(DiskFile):
    """A disk that is full from the tenth write on, for so many writes."""

    writes = 0
    full_for = 12

    def put(self, data):
        type(self).writes += 1
        if 10 <= self.writes < 10 + self.full_for:
            raise OSError(errno.ENOSPC, "No space left on device")
        super().put(data)


def test_a_disk_that_is_full_for_a_while_costs_nothing_and_is_alarmed(tmp_path):
    class Freed(FullDisk):
        pass

    came = Trial(disk=Freed).run(tmp_path / "s")
    assert came.losses() == NOTHING_LOST
    assert not came.outcome.has_gaps
    assert any("No space left on device" in alarm for alarm in came.scene.alarms())
    assert came.stored.complete


@pytest.mark.parametrize("write", [2, 3, 9, 14, 15, 16, 17, 18])
def test_a_disk_that_is_full_at_any_one_write_even_the_last_costs_nothing(tmp_path, write):
    class Once(FullDisk):
        def put(self, data):
            type(self).writes += 1
            if write <= self.writes < write + 2:
                raise OSError(errno.ENOSPC, "No space left on device")
            DiskFile.put(self, data)

    came = Trial(seconds=8.0, disk=Once, judged=False).run(tmp_path / "s")
    assert came.stored.complete
    assert not came.outcome.has_gaps


def test_a_disk_that_stays_full_ends_with_a_sentence_and_a_readable_file(tmp_path):
    class Never(FullDisk):
        full_for = 10**9

    plan = {"about": {"dyad": "family-07"}}
    with pytest.raises(SessionError, match="No space left on device; what was written") as ended:
        Trial(disk=Never, plan=plan).run(tmp_path / "s")
    saved = f"{tmp_path / 's'}-saved"
    assert f"dyadkit recover {tmp_path / 's'} --out {saved}" in str(ended.value)
    assert f"dyadkit pull family-07 --completes {saved} --out" in str(ended.value)
    stored = read_session(tmp_path / "s")
    assert not stored.complete
    acked = [messages.unpack(f[1], frames.payload_of(f)) for _, f in stored.topics["a/said"]
             if f[1] == messages.Ack.KIND]  # fmt: skip
    run = decode(stored.topics["a/heard"], []).runs[1, 1]
    assert all(ack.stop <= run.sequences[-1] + 1 for ack in acked if ack.stream == 1)


def test_a_folder_that_became_read_only_is_told_with_the_ways_out(tmp_path, monkeypatch):
    def read_only(*_):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("dyadkit.storage.writing.write_about", read_only)
    with pytest.raises(SessionError, match=r"Read-only .*: dyadkit recover .* --completes "):
        Trial().run(tmp_path / "s")
    monkeypatch.undo()
    assert recover(tmp_path / "s", tmp_path / "saved").messages > 100


def test_a_disk_that_is_full_from_the_start_is_told_and_leaves_no_file(tmp_path):
    class Full(DiskFile):
        def put(self, data):
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(SessionError, match="No space left on device"):
        Trial(disk=Full).run(tmp_path / "s")
    assert not (tmp_path / "s").exists()


def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_asked(tmp_path):
    class ReadOnly(DiskFile):
        def __init__(self, path):
            raise PermissionError(errno.EACCES, "Permission denied")

    with pytest.raises(SessionError, match="cannot write to .*: Permission denied; choose"):
        Trial(disk=ReadOnly).run(tmp_path / "s")


@pytest.mark.parametrize("hours", [1, pytest.param(-1, marks=pytest.mark.slow)])
def test_a_wall_clock_set_by_an_hour_changes_nothing(tmp_path, monkeypatch, hours):
    real_s = time.time

    def step(_):
        monkeypatch.setattr(time, "time", lambda: real_s() + 3600 * hours)
        monkeypatch.setattr(time, "time_ns", lambda: int((real_s() + 3600 * hours) * 1e9))

    came = Trial(seconds=20.0).run(tmp_path / "s", after(AFTER_S, step))
    assert came.losses() == NOTHING_LOST
    plain = Trial(seconds=20.0).run(tmp_path / "plain")
    for person in PERSONS:
        topic = f"{person}/heard"
        assert came.stored.topics[topic] == plain.stored.topics[topic]


@pytest.mark.parametrize("counts_sleep", [pytest.param(True, marks=pytest.mark.slow), False])
def test_a_computer_that_sleeps_for_half_a_minute_fills_what_it_missed(tmp_path, counts_sleep):
    slept_ns = 0

    async def fault(scene):
        nonlocal slept_ns
        await scene.until("recording")
        await asyncio.sleep(AFTER_S)
        for person in PERSONS:
            scene.world.drop(person, 30.0)
        await asyncio.sleep(30.0)
        slept_ns = 0 if counts_sleep else 30 * 10**9

    def awake(world, _person, link):
        link._radio = type(link._radio)(
            link._radio.client_backend,
            link._radio.scanner_backend,
            lambda: world.clock_ns() - slept_ns,
        )
        return link

    came = Trial(seconds=60.0).run(tmp_path / "s", fault, awake)
    assert came.losses() == NOTHING_LOST
    assert not came.outcome.has_gaps


def test_a_mark_from_another_terminal_is_on_disk_at_once_and_stands_where_it_was_met(tmp_path):
    met = {}

    async def fault(scene):
        await scene.until("recording")
        await asyncio.sleep(AFTER_S)
        set_mark(tmp_path / "s", 5, "tea")
        await asyncio.sleep(0.3)
        met["on_disk"] = [m.data for m in read_session(tmp_path / "s").topics["marks"]]
        met["at_s"] = scene.world.now_s()

    Trial(seconds=8.0, judged=False).run(tmp_path / "s", fault)
    assert b"tea" in met["on_disk"][0]
    [mark] = dyadkit.load(tmp_path / "s").marks
    assert (mark.label, mark.kind) == ("tea", "event")
    assert mark.start_s == pytest.approx(met["at_s"], abs=0.5)


# what arrives


def test_corrupt_frames_are_skipped_and_fetched_again(tmp_path):
    dice = random.Random(4)
    spoiled = 0

    def noisy(_world, _person, link):
        take = link._on_notify

        def spoil(characteristic, data):
            nonlocal spoiled
            if dice.random() < 0.05:
                spoiled += 1
                data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
            take(characteristic, data)

        link._on_notify = spoil
        return link

    came = Trial().run(tmp_path / "s", wrap=noisy)
    assert spoiled > 10
    assert came.losses() == NOTHING_LOST
    assert not came.outcome.has_gaps


def test_a_cable_pulled_out_and_put_back_costs_nothing(tmp_path):
    class Unplugged(Through):
        plugged = True

        async def open(self):
            if not self.plugged:
                raise LinkError("cannot open port: is the cable plugged in")
            await self.link.open()

    async def fault(scene):
        await scene.until("recording")
        await asyncio.sleep(AFTER_S)
        link = scene.links["a"]
        link.plugged = False
        link.link._on_lost()
        await asyncio.sleep(6.0)
        link.plugged = True

    trial = Trial(seconds=20.0, cabled=frozenset(PERSONS))
    came = trial.run(tmp_path / "s", fault, on("a", Unplugged))
    assert came.losses() == NOTHING_LOST
    assert not came.outcome.has_gaps
    assert came.outcome.reconnects == 1
    assert any("unplugged" in entry["reason"] for entry in came.events("link lost"))
    assert any("a silent for 2 s: check the cable" in alarm for alarm in came.scene.alarms())
    assert not any("closer" in alarm for alarm in came.scene.alarms())


def test_a_cable_that_is_out_at_the_end_is_told_as_one_and_not_as_out_of_reach(tmp_path):
    class Unplugged(Through):
        plugged = True

        async def open(self):
            if not self.plugged:
                raise LinkError("cannot open port: is the cable plugged in")
            await self.link.open()

    async def fault(scene):
        await scene.until("recording")
        await asyncio.sleep(AFTER_S)
        scene.links["a"].plugged = False
        scene.links["a"].link._on_lost()

    trial = Trial(seconds=10.0, cabled=frozenset(PERSONS), judged=False)
    came = trial.run(tmp_path / "s", fault, on("a", Unplugged))
    assert came.outcome.unfinished[0].startswith("wearable a did not answer over its cable")
