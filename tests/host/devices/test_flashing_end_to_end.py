"""Two chips flashed through esptool, by a boot loader that is played; unplugged at any point."""

import asyncio
import contextlib
import hashlib
import socket
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from dyadkit.devices.flashing.boards import BOARDS, FlashError
from dyadkit.devices.flashing.chip import Esptool
from dyadkit.devices.flashing.register import read_register
from dyadkit.devices.flashing.sequence import FlashBench, FlashPlan, flash_board
from dyadkit.links.usb import Cable
from dyadkit.sim.device.process import firmware_folder
from fakes.chip_image import image

pytest.importorskip("esptool")
pytest.importorskip("littlefs")
pytest.importorskip("esp32_mock_bootloader")

CHIPS = {"esp32s3": "esp32s3", "xiao_esp32c6": "esp32c6"}
POINTS = 20
"""Where the cable is pulled out, from the first byte to the last."""


def refuse(*_):
    raise OSError(2, "no such port")


@contextlib.contextmanager
def played_boot_loader(chip, folder):
    """Number of the TCP port at which a chip's boot loader is played."""
    told = folder / f"{chip}.port"
    command = [sys.executable, "-m", "esp32_mock_bootloader.cli", "run", "--chip", chip]
    with subprocess.Popen(
        [*command, "--port", "0", "--port-file", told],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            while not (told.exists() and told.read_text().strip()):
                assert process.poll() is None
            yield int(told.read_text())
        finally:
            process.terminate()


BENCH = FlashBench(Cable(refuse, list, ports=list), Esptool, greets_within_s=0.01)


class PulledOut:
    """A cable to a port that carries so many bytes towards the board, then none for ever."""

    def __init__(self, port, bytes_left):
        self.left = bytes_left
        self.sent = 0
        self._port = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = "socket://{}:{}".format(*self._server.getsockname())
        self._serving = threading.Thread(target=self._serve, daemon=True)
        self._serving.start()

    def close(self):
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._serving.join()

    def _serve(self):
        while True:
            try:
                host, _ = self._server.accept()
            except OSError:
                return
            with (
                contextlib.suppress(OSError),
                host,
                socket.create_connection(("127.0.0.1", self._port)) as board,
            ):
                back = threading.Thread(target=self._carry, args=(board, host), daemon=True)
                back.start()
                self._carry(host, board, self._count)
                back.join()

    def _count(self, data):
        self.sent += len(data)
        self.left -= len(data)
        return self.left > 0

    @staticmethod
    def _carry(source, target, goes_on=lambda _: True):
        with contextlib.suppress(OSError):
            while (data := source.recv(4096)) and goes_on(data):
                target.sendall(data)
        for one in (source, target):  # or whoever waits for bytes of it would wait on
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


@pytest.fixture(params=[*CHIPS])
def plan(request, tmp_path):
    board = BOARDS[request.param]
    path = tmp_path / "image.bin"
    path.write_bytes(image(board.chip))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return FlashPlan(board, "blue", path, tmp_path / "lab.toml", firmware_folder(), sha256)


def flashed(port, plan):
    steps = []
    return asyncio.run(flash_board(port, plan, BENCH, steps.append)), steps


@contextlib.contextmanager
def bare_board(plan, folder):
    """Port of a board that nothing was written to yet, in a lab that has no wearable."""
    folder.mkdir()
    with played_boot_loader(CHIPS[plan.board.name], folder) as port:
        yield port, replace(plan, lab=folder / "lab.toml")


def bytes_of_a_whole_run(plan, folder):
    """Flash a bare board; how many bytes went to it."""
    with bare_board(plan, folder) as (port, here):
        cable = PulledOut(port, 1 << 40)
        done, steps = flashed(cable.url, here)
        cable.close()
        assert (done.board, len(steps)) == (plan.board.name, 6)
        assert read_register(here.lab)[done.wearable].name == "blue"
        return cable.sent


def unplugged_and_flashed_again(plan, folder, after_bytes):
    """A bare board whose cable is pulled out after so many bytes: does the next run complete?"""
    with bare_board(plan, folder) as (port, here):
        torn = PulledOut(port, after_bytes)
        with pytest.raises(FlashError) as said:
            flashed(torn.url, here)
        torn.close()
        assert str(said.value).startswith(f"{torn.url}: could not ")
        assert "\n" not in str(said.value)
        done, _ = flashed(f"socket://127.0.0.1:{port}", here)
        return read_register(here.lab)[done.wearable].flashed != ""


def test_a_board_is_flashed_and_one_unplugged_is_completed_by_the_next_run(plan, tmp_path):
    sent = bytes_of_a_whole_run(plan, tmp_path / "whole")
    assert sent > 50_000, "compressed, and more than talk"
    assert unplugged_and_flashed_again(plan, tmp_path / "torn", sent // 2)


@pytest.mark.slow
def test_a_board_unplugged_at_twenty_points_is_completed_by_the_next_run(plan, tmp_path):
    sent = bytes_of_a_whole_run(plan, tmp_path / "whole")
    for point in range(POINTS):
        after = round((point + 0.5) / POINTS * sent)
        assert unplugged_and_flashed_again(plan, tmp_path / str(point), after), after


def test_a_board_of_another_chip_is_refused_before_anything_is_written(plan):
    other = next(chip for name, chip in CHIPS.items() if name != plan.board.name)
    with (
        played_boot_loader(other, plan.lab.parent) as port,
        pytest.raises(FlashError, match="has an ESP32-.* give its own --board"),
    ):
        flashed(f"socket://127.0.0.1:{port}", plan)
    assert not plan.lab.exists()
