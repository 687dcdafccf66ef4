"""Windows, as far as it can be had without it: no POSIX module, its keys, its ports, its words."""

import asyncio
import signal
import subprocess
import sys
import types

import pytest

from dyadkit import cli
from dyadkit.cli import terminal
from dyadkit.devices import doctor
from dyadkit.errors import LinkError
from dyadkit.links import serialport
from dyadkit.links.serialport import is_port, may_be_there, same_port
from dyadkit.sim.device.process import micropython_command

WITHOUT_POSIX = """
import asyncio, concurrent.futures, ctypes, importlib, multiprocessing, os, pkgutil, signal
import subprocess, sys, tempfile, time
import bleak, jinja2, matplotlib.pyplot, mcap.reader, mimetypes, numpy, platform, rich.console
import rich.progress, scipy.signal, serial, urllib.request, webbrowser
import serial.tools.list_ports, tomli_w, typer

for name in ("termios", "fcntl", "tty", "pty", "resource", "grp", "pwd", "readline", "syslog"):
    sys.modules[name] = None
for module, names in (
    (os, "geteuid getuid getegid getgroups openpty ttyname statvfs fork killpg getloadavg"),
    (signal, "SIGHUP SIGALRM SIGUSR1 SIGKILL"),
    (time, "clock_gettime clock_gettime_ns CLOCK_MONOTONIC_RAW CLOCK_BOOTTIME"),
):
    for name in names.split():
        delattr(module, name)
sys.platform = "win32"

import dyadkit
failed = []
for found in pkgutil.walk_packages(dyadkit.__path__, "dyadkit."):
    if ".inside" in found.name or found.name.endswith("__main__"):
        continue
    try:
        importlib.import_module(found.name)
    except Exception as error:
        failed.append(f"{found.name}: {error!r}")
assert failed == [], failed

from dyadkit.devices import doctor
from dyadkit.links import monotonic_ns
assert monotonic_ns() < monotonic_ns()
assert doctor.missing_group() == ""
assert "Windows" in doctor.simulator().says, doctor.simulator()
print("whole")
"""


def test_every_module_is_imported_and_the_computer_looked_at_without_posix():
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_POSIX], capture_output=True, text=True, check=False
    )
    assert ran.stdout == "whole\n", ran.stderr[-2000:]


class Keys:
    def __init__(self):
        self.pressed = []

    def press(self, key):
        self.pressed.append(key)


def test_keys_are_taken_from_a_windows_console_and_arrows_are_none(monkeypatch):
    typed = list("1r\xe0Hu\x00;e")
    console = types.SimpleNamespace(kbhit=lambda: bool(typed), getwch=lambda: typed.pop(0))
    monkeypatch.setitem(sys.modules, "msvcrt", console)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    keys = Keys()

    async def host():
        monkeypatch.setattr(terminal.sys, "platform", "win32")
        with terminal.pressed(keys, asyncio.get_running_loop()) as is_typed:
            while typed:
                await asyncio.sleep(0)
        typed.append("9")
        await asyncio.sleep(0)
        return is_typed

    assert asyncio.run(host())
    assert keys.pressed == ["1", "r", "u", "e"], "none after the end"


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_what_ends_a_program_asks_a_recording_to_stop_and_nothing_else(name):
    number = getattr(signal, name)
    before = signal.getsignal(number)

    async def host():
        stop = asyncio.Event()
        with terminal.stopped_by_signals(asyncio.get_running_loop(), stop.set):
            signal.raise_signal(number)
            await stop.wait()
        return signal.getsignal(number)

    with asyncio.Runner() as runner:
        within = runner.run(host())
    assert within is not None
    assert signal.getsignal(number) == before


def test_com_ports_are_ports_wherever_device_files_are():
    for name in ("COM7", "com12", "/dev/ttyACM0", "socket://localhost:4000"):
        assert is_port(name)
    for name in ("dyad-3f2a", "D7:AD:00:61:00:01", "COMPORT", "COM"):
        assert not is_port(name)
    assert same_port("com7", "COM7")
    assert not same_port("COM7", "COM17")
    assert may_be_there("COM7")
    assert not may_be_there("/dev/nowhere")
    assert not may_be_there("dyad-3f2a")


def test_the_ports_of_the_system_are_told_with_what_is_behind_them(monkeypatch):
    listed = [
        types.SimpleNamespace(device="COM7", vid=0x303A, pid=0x4001, serial_number="3f2a",
                              product="FeatherS3"),
        types.SimpleNamespace(device="COM1", vid=None, pid=None, serial_number=None, product=None),
        types.SimpleNamespace(device="COM3", vid=0x10C4, pid=0xEA60, serial_number=None,
                              product=None),
    ]  # fmt: skip
    monkeypatch.setattr(serialport.list_ports, "comports", lambda: listed)
    assert serialport.port_names() == ["COM3", "COM7"]
    assert serialport.ports()[1].sentence() == "COM7  303a:4001  FeatherS3, number 3f2a"


def test_the_demo_says_in_one_sentence_what_windows_has_instead(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(LinkError, match="do not run on Windows"):
        micropython_command()
    monkeypatch.setattr(sys, "argv", ["dyadkit", "demo", "--out", str(tmp_path / "demo")])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    said = capsys.readouterr().err.splitlines()
    assert [line for line in said if line.startswith("dyadkit:")][0].count("Windows") == 1
    assert "loads, analyzes and records" in said[-1]
    assert not (tmp_path / "demo").exists()


def test_doctor_looks_at_a_windows_computer(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    assert doctor.missing_group() == ""
    assert "Windows" in doctor.simulator().says
