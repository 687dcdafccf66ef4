"""Flashing: what is refused before anything is written, what is written, and what boots from it."""

import asyncio
import binascii
import hashlib
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from dyadkit import cli
from dyadkit.devices.firmware_update import processor_of
from dyadkit.devices.flashing import chip, images, sequence
from dyadkit.devices.flashing.boards import (
    BOARDS,
    CODE_KIB,
    KIB_PER_HOUR,
    RESERVE_KIB,
    FlashError,
    board_named,
    recording_sentence,
)
from dyadkit.devices.flashing.chip import Esptool, FoundChip
from dyadkit.devices.flashing.filesystem import (
    WearableSettings,
    check_name,
    littlefs_image,
    wearable_files,
    written_part,
)
from dyadkit.devices.flashing.images import checked_image, file_system_place
from dyadkit.devices.flashing.prompt import port_of_boot_loader
from dyadkit.devices.flashing.recordings import unfetched_by_link, unfetched_kib
from dyadkit.devices.flashing.register import read_register
from dyadkit.devices.flashing.sequence import FlashBench, FlashPlan, OldRecordings, flash_board
from dyadkit.errors import SessionError
from dyadkit.links.ble import BleRadio, scan
from dyadkit.links.conversation import Conversation
from dyadkit.links.serialport import PortInfo
from dyadkit.links.usb import Cable, UsbLink
from dyadkit.sim import VirtualWearable, World
from dyadkit.sim.device.process import firmware_folder, micropython_command
from dyadkit.sim.loop import VirtualLoop
from dyadwire import messages
from dyadwire.states import RECORDING
from fakes.chip_image import image
from fakes.ordeal import feed

S3, C6 = BOARDS["esp32s3"], BOARDS["xiao_esp32c6"]
MIB = 1 << 20


def silent_cable():
    """Serial ports behind which nobody answers."""

    def refuse(*_):
        raise OSError(2, "no such port")

    return Cable(refuse, list, ports=list)


# names


@pytest.mark.parametrize("size", range(1, 65))
def test_a_name_of_any_length_is_taken_or_refused_with_a_sentence(size):
    if size <= 29:
        check_name("n" * size)
        return
    with pytest.raises(FlashError, match=f"takes {size} bytes, 29 can be advertised"):
        check_name("n" * size)


@pytest.mark.parametrize("name", ["", " ", "\n", " blue", "a\0b", "a\nb", "\ud800", "😀" * 8])
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(FlashError):
        check_name(name)


def test_an_emoji_is_a_name_and_takes_four_bytes():
    check_name("😀" * 7)
    check_name("Léa 👶")


# images


@pytest.fixture
def kept(tmp_path):
    """A file with this image, and its hash."""

    def keep(data, name="image.bin"):
        path = tmp_path / name
        path.write_bytes(data)
        return path, hashlib.sha256(data).hexdigest()

    return keep


def test_without_an_image_it_is_said_where_to_download_it():
    with pytest.raises(FlashError, match="download .*UM_FEATHERS3 from https://micropython.org"):
        checked_image(None, BOARDS["feathers3"])


def test_an_image_that_nobody_knows_is_refused_with_its_hash_and_taken_with_it(kept):
    path, sha256 = kept(image())
    with pytest.raises(FlashError, match=f"none of the official .*repeat with --sha256 {sha256}"):
        checked_image(path, S3)
    with pytest.raises(FlashError, match="has SHA-256 .* not 00: download it again"):
        checked_image(path, S3, "00")
    assert checked_image(path, S3, sha256.upper()).sha256 == sha256


def test_an_official_image_needs_nobody_to_vouch_for_it(kept, monkeypatch):
    path, sha256 = kept(image())
    row = {"image": S3.image, "version": "1.28.0", "sha256": sha256, "date": "2026-11-30"}
    monkeypatch.setattr(images, "official_images", lambda: [row])
    assert checked_image(path, S3).version == "1.28.0"


@pytest.mark.parametrize("cut", [0, 100, 0x8000, 0x9000, 0x10010, -1, -40])
def test_an_image_that_is_cut_is_refused(kept, cut):
    path, sha256 = kept(image()[:cut] if cut else b"")
    with pytest.raises(FlashError, match="cut short or damaged|is no image"):
        checked_image(path, S3, sha256)


def test_an_image_with_one_wrong_bit_is_refused_whatever_is_vouched(kept):
    data = bytearray(image())
    data[0x10000 + 100] ^= 1
    path, sha256 = kept(bytes(data))
    with pytest.raises(FlashError, match="cut short or damaged"):
        checked_image(path, S3, sha256)


def test_an_image_of_another_chip_is_refused(kept):
    path, sha256 = kept(image("ESP32-C6"))
    with pytest.raises(FlashError, match="is for ESP32-C6, any ESP32-S3 has an ESP32-S3"):
        checked_image(path, S3, sha256)


def test_the_file_system_is_where_the_image_says_and_must_fit_into_the_flash(kept):
    path, sha256 = kept(image(file_system=(0x210000, 6 * MIB - 0x10000)))
    found = checked_image(path, S3, sha256)
    assert file_system_place(found, 8 * MIB) == (0x210000, 6 * MIB - 0x10000)
    with pytest.raises(FlashError, match="needs 8 MiB of flash, the board has 4 MiB"):
        file_system_place(found, 4 * MIB)


def test_an_image_that_names_no_file_system_leaves_it_the_rest_of_the_flash(kept):
    path, sha256 = kept(image(file_system=None))
    found = checked_image(path, S3, sha256)
    assert file_system_place(found, 16 * MIB) == (2 * MIB, 14 * MIB)
    with pytest.raises(FlashError, match="the board has 2 MiB"):
        file_system_place(found, 2 * MIB)


# the file system


@pytest.fixture(scope="module")
def disk():
    """Files and LittleFS of a wearable for the processor of this computer."""
    pytest.importorskip("littlefs")
    settings = WearableSettings("Léa 👶", "feathers3")
    files = wearable_files(firmware_folder(), "x64", settings)
    return files, littlefs_image(files, 2 * MIB)


MOUNTED = """
import binascii, os, sys
class Flash:
    def __init__(self, path):
        self.file = open(path, "r+b")
    def readblocks(self, block, buffer, offset=0):
        self.file.seek(block * 4096 + offset)
        self.file.readinto(buffer)
    def writeblocks(self, block, buffer, offset=0):
        self.file.seek(block * 4096 + offset)
        self.file.write(buffer)
    def ioctl(self, operation, argument):
        if operation == 6:
            self.file.seek(argument * 4096)
            self.file.write(b"\\xff" * 4096)
        return {4: BLOCKS, 5: 4096, 6: 0}.get(operation)
os.mount(os.VfsLfs2(Flash(sys.argv[1])), "/flash")
def walk(folder):
    for name, kind, *_ in os.ilistdir(folder):
        path = folder + "/" + name
        if kind & 0x4000:
            walk(path)
        else:
            with open(path, "rb") as file:
                print(path[7:], binascii.crc32(file.read()))
walk("/flash")
with open("/flash/new", "w") as file:
    file.write("kept")
"""


def test_micropython_mounts_the_file_system_and_finds_every_file(disk, tmp_path):
    pytest.importorskip("micropython_unix")
    files, made = disk
    flash = tmp_path / "flash.bin"
    flash.write_bytes(written_part(made).ljust(len(made), b"\x5a"))  # what lay there before
    program = MOUNTED.replace("BLOCKS", str(len(made) // 4096))
    (tmp_path / "mount.py").write_text(program)
    ran = subprocess.run(
        [*micropython_command(), tmp_path / "mount.py", flash],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = dict(line.rsplit(" ", 1) for line in ran.stdout.splitlines())
    assert {name: int(crc) for name, crc in found.items()} == {
        name: binascii.crc32(data) for name, data in files.items()
    }
    assert {"boot.py", "main.py", "settings.json", "slots/__init__.py", "slot-a"} <= set(files)
    blocks = [made[at : at + 4096] for at in range(0, len(made), 4096)]
    used = sum(block != b"\xff" * 4096 for block in blocks)
    assert 4 * used + 72 <= CODE_KIB, "beside it an update of the same size"


async def status_of(link):
    async with Conversation(link) as talk:
        await talk.greet()
        return await talk.answer(messages.Status)


async def record_and_look(world):
    """What the wearable on the cable advertises, holds and records."""
    cable = Cable(world.cable("a").open_port, lambda: ["port"], world.clock_ns, list)
    link = UsbLink("port", cable)
    found = {"names": [one.name for one in await scan(radio_of(world), 2.0)]}
    found["before"] = await unfetched_by_link(link)
    async with Conversation(link) as talk:
        await talk.greet()
        await talk.say(messages.Start(1, 0xFFFFFFFF))
    await asyncio.sleep(30.0)
    found["statuses"] = [await status_of(link)]
    await asyncio.sleep(120.0)
    found["statuses"].append(await status_of(link))
    found["while it records"] = await unfetched_by_link(link)
    async with Conversation(link) as talk:
        await talk.greet()
        await talk.say(messages.Stop(1))
        await asyncio.sleep(1.0)
    found["after"] = await unfetched_by_link(link)
    found["processor"] = await processor_of(link)
    return found


def radio_of(world):
    return BleRadio(world.client_backend, world.scanner_backend, world.clock_ns)


def test_the_simulator_boots_exactly_this_file_system_and_records(disk, tmp_path):
    pytest.importorskip("bumble")
    pytest.importorskip("micropython_unix")
    flash = tmp_path / "flash.bin"
    flash.write_bytes(disk[1])
    start = (Path("boot.py"), Path("main.py"))
    with World(
        [VirtualWearable("a", feed(200.0, 1), flash=flash, flash_kib=2048, start=start)]
    ) as world:
        found = world.run(record_and_look)
    assert found["names"] == ["Léa 👶"]
    assert found["before"] == ""
    assert found["while it records"] == "it records at this moment"
    assert "that nobody fetched" in found["after"]
    assert found["processor"] == "x64"
    assert unfetched_kib(flash.read_bytes()) > 10
    first, last = found["statuses"]
    assert last.state == RECORDING
    low, high = KIB_PER_HOUR
    grown_kib, seconds = last.used_kib - first.used_kib, (last.at_us - first.at_us) * 1e-6
    assert 0.9 * low < grown_kib / seconds * 3600 < high


# recordings


def test_a_board_whose_flash_holds_recordings_is_refused_unless_told(kept, tmp_path):
    pytest.importorskip("littlefs")
    path, sha256 = kept(image())
    held = littlefs_image({"rec/1-1.seg": bytes(9000), "rec/0-1.seg.old": bytes(5000)}, 2 * MIB)
    written = []

    class Chip(Esptool):
        def look(self):
            return FoundChip("ESP32-S3", "d7ad00610001", 4 * MIB)

        def read(self, offset, size, into):
            return held[offset - 0x200000 : offset - 0x200000 + size]

        def write(self, parts, *, whole):
            written.append(([at for at, _ in parts], whole))

    def run(old):
        plan = FlashPlan(S3, "blue", path, tmp_path / "lab.toml", firmware_folder(), sha256, old)
        bench = FlashBench(silent_cable(), Chip, greets_within_s=0.01)
        return asyncio.run(flash_board("COM7", plan, bench, lambda _: None))

    with pytest.raises(FlashError, match="8 KiB that nobody fetched; fetch it with dyadkit pull"):
        run(OldRecordings.KEEP)
    assert written == []
    done = run(OldRecordings.LOSE)
    assert written == [([0, 0x200000], True)]
    assert "dyadkit devices --usb COM7" in done.complaint
    assert read_register(tmp_path / "lab.toml")["d7ad00610001"].name == "blue"


def test_what_is_no_file_system_holds_no_recordings():
    pytest.importorskip("littlefs")
    assert unfetched_kib(b"\xff" * MIB) == 0
    assert unfetched_kib(littlefs_image({"main.py": b"x"}, MIB)) == 0


# boards


def test_a_name_that_another_wearable_of_the_lab_has_is_refused(kept, tmp_path):
    path, sha256 = kept(image())
    lab = tmp_path / "lab.toml"
    lab.write_text('[aa]\nname = "blue"\nboard = "esp32s3"\nmicropython = ""\nfirmware = ""\n'
                   'flashed = "2026-01-01"\n')  # fmt: skip

    class Chip(Esptool):
        def look(self):
            return FoundChip("ESP32-S3", "bb", 4 * MIB)

    plan = FlashPlan(S3, "blue", path, lab, firmware_folder(), sha256, OldRecordings.LOSE)
    with pytest.raises(SessionError, match="wearable aa of this lab is called blue already"):
        asyncio.run(flash_board("COM7", plan, FlashBench(silent_cable(), Chip), lambda _: None))


def test_a_board_with_another_chip_is_refused(kept, tmp_path):
    path, sha256 = kept(image("ESP32-C6"))

    class Chip(Esptool):
        def look(self):
            return FoundChip("ESP32-S3", "bb", 4 * MIB)

    plan = FlashPlan(C6, "blue", path, tmp_path / "lab.toml", firmware_folder(), sha256)
    with pytest.raises(FlashError, match="at COM7 has an ESP32-S3, Seeed XIAO ESP32-C6 an"):
        asyncio.run(flash_board("COM7", plan, FlashBench(silent_cable(), Chip), lambda _: None))


def test_the_reserve_is_that_of_the_firmwares_settings():
    settings = (firmware_folder() / "wearable" / "settings.py").read_text()
    assert f"self.flash_reserve_kib = {RESERVE_KIB}\n" in settings


def test_the_boards_are_those_of_the_firmware_and_each_says_how_long_it_records():
    board = (firmware_folder() / "wearable" / "board.py").read_text()
    assert all(f'"{name}": Pins(' in board for name in BOARDS)
    assert board.count(": Pins(") == len(BOARDS)
    with pytest.raises(FlashError, match="no board is called 'arduino'.*feathers3"):
        board_named("arduino")
    assert recording_sentence(2048).endswith("minutes of recording alone")
    assert recording_sentence(14 * 1024).endswith("hours of recording alone")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("A fatal error occurred: Could not open COM7, the port is busy or doesn't exist.",
         "could not look at the chip .*: is it plugged in, and no other program using it"),
        ("[Errno 13] Permission denied: '/dev/ttyACM0'\nERROR: could not open port",
         "dyadkit doctor says which group to join"),
        ("A fatal error occurred: Failed to connect to ESP32-S3: No serial data received.",
         "hold BOOT while you plug it in"),
        ("A fatal error occurred: The chip stopped responding. This can have many causes, for x",
         r"\(The chip stopped responding\): plug the board in again and repeat"),
        ("", "esptool said nothing"),
    ],
)  # fmt: skip
def test_what_esptool_says_becomes_one_sentence(monkeypatch, said, words):
    ran = subprocess.CompletedProcess([], 2, "", said)
    monkeypatch.setattr(chip.subprocess, "run", lambda *_, **__: ran)
    with pytest.raises(FlashError, match=words) as reported:
        Esptool("COM7").look()
    assert "\n" not in str(reported.value)
    assert str(reported.value).startswith("COM7: ")


def test_a_running_wearable_is_brought_to_its_boot_loader_through_the_prompt():
    running = PortInfo("/dev/ttyACM0", 0x303A, 0x4001)
    waiting = PortInfo("/dev/ttyACM1", 0x303A, 0x1001)
    said = bytearray()
    there = [[running], [running], [], [waiting]]

    class Port:
        def write(self, data):
            said.extend(data)

        def close(self):
            pass

    def listed():
        return there.pop(0) if len(there) > 1 else there[0]

    cable = Cable(lambda *_: Port(), list, ports=listed)
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        assert runner.run(port_of_boot_loader("/dev/ttyACM0", cable)) == "/dev/ttyACM1"
    assert b"\r\x03" in said
    assert bytes(said).endswith(b"machine.bootloader()\r\n")
    there[:] = [[waiting]]
    said.clear()
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        assert runner.run(port_of_boot_loader("/dev/ttyACM1", cable)) == "/dev/ttyACM1"
    assert said == b""


# the command


def command(monkeypatch, capsys, *words, typed=""):
    monkeypatch.setattr(sys, "argv", ["dyadkit", "flash", *words])
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code, capsys.readouterr()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["COM7", "--board", "feathers3"], 2, "as many different names"),
        (["COM7", "COM8", "--board", "feathers3", "--name", "x", "--name", "x"], 2, "different"),
        (["COM7", "--name", "x"], 2, "one for all, or one for each port"),
        (["COM7", "--board", "uno", "--name", "x"], 1, "no board is called 'uno'"),
        (["COM7", "--board", "esp32s3", "--name", ""], 1, "a wearable needs a name"),
        (["COM7", "--board", "esp32s3", "--name", "x" * 30], 1, "takes 30 bytes"),
        (["COM7", "--board", "esp32s3", "--name", "x"], 1, "no image of MicroPython given"),
        (["--board", "esp32s3", "--name", "x"], 2, "no board on USB"),
        (["--update"], 2, "name the wearables"),
        (["COM7", "--board", "esp32s3", "--name", "x", "--erase"], 1, "nothing was erased"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_the_command_line(
    monkeypatch, capsys, tmp_path, words, code, says
):
    monkeypatch.setattr("dyadkit.links.serialport.ports", list)
    ended, said = command(monkeypatch, capsys, *words, "--lab", str(tmp_path / "lab.toml"))
    assert ended == code
    assert says in " ".join(said.err.replace("│", " ").split())
    assert not (tmp_path / "lab.toml").exists()


def test_two_boards_are_flashed_in_one_go_and_one_that_fails_does_not_stop_the_other(
    monkeypatch, capsys, tmp_path
):
    async def flashed(port, plan, _bench, say):
        say("looking at the chip")
        if port == "COM7":
            raise FlashError("COM7: unplugged")
        return sequence.FlashedBoard(port, "bb", plan.name, plan.board.name, "", "", "3 h", ())

    monkeypatch.setattr(sequence, "flash_board", flashed)
    words = ["COM7", "COM8", "--board", "esp32s3", "--name", "red", "--name", "blue", "--json"]
    code, said = command(monkeypatch, capsys, *words)
    assert code == 1
    assert [one["name"] for one in json.loads(said.out)["boards"]] == ["blue"]
    assert "dyadkit: COM7: unplugged" in said.err


def test_the_page_for_new_labs_says_how_long_each_board_records():
    page = (Path(__file__).parents[3] / "docs" / "first-wearable.md").read_text()
    for board in BOARDS.values():
        records = recording_sentence(board.flash_mib * 1024 - 2048).partition(" of recording")[0]
        row = next(line for line in page.splitlines() if line.startswith(f"   | `{board.name}`"))
        assert records in row
        assert board.download in row
