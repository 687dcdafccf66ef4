"""A new application over radio and cable, and the way back from a bad one."""

import asyncio
import re
import shutil
from pathlib import Path

import pytest

import dyadwire
from dyadkit.devices.firmware_update import (
    PROCESSORS,
    UpdateError,
    compile_application,
    compile_files,
    confirm,
    pack,
    processor_of,
    send,
    shipped_application,
)
from dyadkit.errors import LinkError, UnfitWearableError
from dyadkit.links import conversation
from dyadkit.links.conversation import Conversation, Versions
from dyadkit.sim import VirtualWearable, World
from dyadkit.sim.device.process import firmware_folder
from dyadkit.sim.loop import VirtualLoop
from dyadwire import MAJOR, frames, messages
from fakes.ordeal import feed, link_to

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")
power_cycles = pytest.importorskip("dyadkit.sim.device.power_cycles")

SHARED = Path(dyadwire.__file__).parents[1]


def application(folder=None):
    return compile_application([folder or firmware_folder(), SHARED], "x64")


@pytest.fixture(scope="module")
def good():
    return application()


@pytest.fixture
def changed(tmp_path):
    """Make an application whose file `name` differs in a pattern."""

    def change(name, pattern, replacement):
        shutil.copytree(firmware_folder() / "wearable", tmp_path / "wearable")
        path = tmp_path / "wearable" / name
        text, count = re.subn(pattern, replacement, path.read_text(), count=1)
        assert count
        path.write_text(text)
        return application(tmp_path)

    return change


def world():
    return World([VirtualWearable("a", feed(200, 3))], seed=1)


@pytest.mark.parametrize("processor", PROCESSORS)
def test_what_an_installed_dyadkit_brings_compiled_is_what_a_checkout_compiles(processor, tmp_path):
    sources = [firmware_folder(), SHARED]
    for name, data in compile_files(sources, processor).items():
        file = tmp_path / "compiled" / processor / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    assert shipped_application(tmp_path, processor) == compile_application(sources, processor)
    assert shipped_application(firmware_folder(), processor) is None


class OlderLink:
    """A wearable that greets as one of protocol 1.0, and answers an update as it is told to."""

    address = "blue"

    def __init__(self, *answers):
        self._answers = [messages.Hello(MAJOR, 0, 1, 0, bytes(6), 0, b"0.1\0"), *answers]

    async def open(self):
        pass

    close = open

    async def write(self, _):
        return 0

    async def read(self):
        if not self._answers:
            await asyncio.Event().wait()
        answer = self._answers.pop(0)
        return 0, frames.frame(answer.KIND, messages.pack(answer))


def test_a_wearable_too_old_to_say_its_processor_must_be_given_one():
    with (
        asyncio.Runner(loop_factory=VirtualLoop) as runner,
        pytest.raises(UpdateError, match="blue does not say which processor .*--processor"),
    ):
        runner.run(processor_of(OlderLink()))


@pytest.mark.parametrize("number", [250, 0])
def test_a_processor_that_nobody_knows_is_not_guessed(number):
    with pytest.raises(UpdateError, match="does not say which processor"):
        asyncio.run(processor_of(OlderLink(messages.Hardware(number, 6, 1024, b"new"))))


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        (messages.UPDATE_FOR_ANOTHER, "compiled for another processor .*nothing has changed"),
        (messages.UPDATE_DAMAGED, "arrived damaged; nothing has changed"),
    ],
)
def test_an_update_that_is_not_taken_is_a_sentence(good, outcome, says):
    with pytest.raises(UpdateError, match=says):
        asyncio.run(send(OlderLink(messages.Updated(good.crc, outcome)), good, lambda _: None))


async def build_after(world, seconds):
    await asyncio.sleep(seconds)
    async with Conversation(link_to(world, "a", cabled=False), versions=Versions.ANY) as talk:
        hello = await talk.greet()
    return hello.build, hello.boot


@pytest.mark.parametrize(
    "cabled", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["radio", "cable"]
)
def test_an_update_arrives_runs_and_is_kept(good, cabled):
    async def host(world):
        shares = []
        await send(link_to(world, "a", cabled), good, shares.append)
        took_s = world.now_s()
        await asyncio.sleep(3)
        assert await confirm(link_to(world, "a", cabled), good)
        await asyncio.sleep(65)  # it proves itself
        for _ in range(4):
            world.reboot("a")
            await asyncio.sleep(2)
        return shares, took_s, await build_after(world, 1)

    with world() as one:
        shares, took_s, (build, _) = one.run(host)
        assert "Traceback" not in one.printed("a")
    assert build == good.build
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert took_s < 60


@pytest.mark.parametrize(
    ("name", "pattern", "replacement"),
    [
        ("device.py", r"def run\(\) -> None:", "def run() -> None:\n    raise ValueError('bad')\n"),
        ("radio.py", r"^", "import a_module_that_is_not_there\n"),
        ("supervisor.py", r"watchdog.feed\(\)", "pass"),
    ],
    ids=["fails at once", "cannot be imported", "starves the watchdog"],
)
def test_a_bad_update_gives_way_to_what_ran_before(changed, name, pattern, replacement):
    bad = changed(name, pattern, replacement)

    async def host(world):
        before, _ = await build_after(world, 1)
        await send(link_to(world, "a", cabled=False), bad, lambda _: None)
        after, _ = await build_after(world, 60)
        return before, after

    with world() as one:
        before, after = one.run(host)
    assert after == before


def test_an_update_cut_short_by_a_power_cut_changes_nothing(good):
    async def host(world):
        before, _ = await build_after(world, 1)
        sending = asyncio.create_task(send(link_to(world, "a", cabled=False), good, lambda _: None))
        await asyncio.sleep(2.0)
        world.reboot("a")
        with pytest.raises(LinkError):
            await sending
        return before, await build_after(world, 6)

    with world() as one:
        before, (after, _) = one.run(host)
    assert after == before


def test_an_update_that_is_none_is_refused_and_the_next_one_is_taken(good):
    async def host(world):
        lying = pack({"wearable/device.mpy": b"x" * 700})
        broken = type(lying)(lying.data[:-1] + b"y", 1)
        with pytest.raises(UpdateError, match="nothing has changed"):
            await send(link_to(world, "a", cabled=False), broken, lambda _: None)
        await asyncio.sleep(1)
        await send(link_to(world, "a", cabled=False), good, lambda _: None)
        return await build_after(world, 5)

    with world() as one:
        build, _ = one.run(host)
    assert build == good.build


def test_no_update_while_recording(good):
    async def host(world):
        async with Conversation(link_to(world, "a", cabled=False)) as talk:
            await talk.greet()
            await talk.say(messages.Start(5, 0xFFFFFFFF))
            await talk.say(messages.Offer(100, 1))
            with pytest.raises(LinkError, match="not possible in the present state"):
                await talk.answer(messages.Wants)
        await asyncio.sleep(1)
        with pytest.raises(UpdateError, match="stop the recording first"):
            await send(link_to(world, "a", cabled=False), good, lambda _: None)

    with world() as one:
        one.run(host)


def test_a_folder_without_firmware_is_a_sentence(tmp_path):
    with pytest.raises(UpdateError, match="no firmware in"):
        compile_application([tmp_path], "x64")


def of_another_major(folder):
    """Firmware whose protocol has the next major version."""
    shutil.copytree(firmware_folder(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(SHARED / "dyadwire", folder / "dyadwire")
    wire = folder / "dyadwire" / "__init__.py"
    text, count = re.subn(r"MAJOR = \d+", f"MAJOR = {MAJOR + 1}", wire.read_text())
    assert count == 1
    wire.write_text(text)
    return folder


@pytest.mark.parametrize("newer", ["wearable", "host"])
def test_a_wearable_of_another_major_version_is_refused_and_can_be_updated(
    good, newer, tmp_path, monkeypatch
):
    """`update the older side` can be followed: what it takes is the same in all versions."""
    if newer == "wearable":
        folder = of_another_major(tmp_path / "firmware")
        monkeypatch.setattr(power_cycles, "firmware_folder", lambda: folder)
    else:
        monkeypatch.setattr(conversation, "MAJOR", MAJOR + 1)
        monkeypatch.setattr(conversation, "HELLO", conversation.HELLO._replace(major=MAJOR + 1))

    async def host(world):
        async with Conversation(link_to(world, "a", cabled=False)) as talk:
            with pytest.raises(UnfitWearableError, match="speaks protocol .*: update") as refused:
                await talk.greet()
        await send(link_to(world, "a", cabled=False), good, lambda _: None)
        return str(refused.value), await build_after(world, 5)

    with world() as one:
        refused, (build, _) = one.run(host)
    assert refused.endswith("dyadkit" if newer == "wearable" else "the wearable (dyadkit update)")
    assert build == good.build
