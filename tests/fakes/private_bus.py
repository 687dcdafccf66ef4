"""A message bus of its own for a test, with a bluetoothd on it: real bleak without a radio."""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("bluetoothd.py")
CONFIG = """<busconfig><type>system</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/>
<allow receive_type="method_call"/><allow send_type="signal"/><allow receive_type="signal"/>
<allow send_type="method_return"/><allow receive_type="method_return"/>
<allow send_type="error"/><allow receive_type="error"/></policy></busconfig>"""


class Daemon:
    """The bluetoothd of a test: `tell` moves its world, `calls` is what was asked of it so far."""

    def __init__(self, process, log):
        self._process, self._log = process, log

    def tell(self, line):
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def is_alive(self):
        return self._process.poll() is None

    def calls(self):
        return self._log.read_text().splitlines()


@contextlib.contextmanager
def bluetoothd(folder):
    """A bus and a bluetoothd, where DBUS_SYSTEM_BUS_ADDRESS says from now on."""
    if sys.platform != "linux":
        pytest.skip("only Linux has a bluetoothd")
    if shutil.which("dbus-daemon") is None:
        pytest.skip("dbus-daemon is missing: sudo apt-get install dbus-daemon")
    config, log = folder / "bus.conf", folder / "bluetoothd.log"
    config.write_text(CONFIG.format(path=folder / "bus"))
    command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address"]
    with contextlib.ExitStack() as stack:
        bus = stack.enter_context(
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        )
        stack.callback(bus.terminate)
        assert bus.stdout.readline().startswith("unix:")
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={folder / 'bus'}")
        with log.open("w") as file:
            process = stack.enter_context(
                subprocess.Popen([sys.executable, PROGRAM], stdin=subprocess.PIPE, stdout=file,
                                 text=True, env=os.environ)
            )  # fmt: skip
        stack.callback(process.terminate)
        while "up" not in log.read_text():
            assert process.poll() is None
        yield Daemon(process, log)
