"""The firmware's cases and the shared tests where integers and words are as on the chip.

    npm install --prefix FOLDER @micropython/micropython-webassembly-pyscript@1.27.0
    DYADKIT_MICROPYTHON=FOLDER pytest tests/firmware/test_on_32_bits.py

That build has 31-bit small integers and 32-bit words, like the ESP32. It has no machine code, no
LittleFS and an asyncio of its own, driven by JavaScript. What needs one of these is listed below,
with the reason, and skipped; everything else must pass.
"""

import ast
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from fakes.inside_micropython import COMPILER, FAKES, ROOT, functions_in

HERE = Path(__file__).parent
PACKAGE = "node_modules/@micropython/micropython-webassembly-pyscript"
HEAP_BYTES = 200 * 1024  # what MicroPython has on an ESP32-C6

NEEDS = {
    "asyncio": "runs tasks: no asyncio.run",
    "littlefs": "mounts LittleFS or cuts its power",
    "machine code": "allocates nothing only with the machine code of dyadwire.fast",
}
PLAYED = {
    "booting", "cable", "conversation", "copying", "failing", "hostile", "meeting", "radio",
    "updating", "wire",
}  # fmt: skip
WITHOUT = {
    "test_sampling_allocates_nothing_from_fifo_to_queued_block": "machine code",
    "test_unpacking_by_machine_code_equals_plain_python": "machine code",
    "test_no_source_and_no_sink_allocates_also_over_a_wrap_and_a_stall": "machine code",
}

PREPARED = """
import asyncio, sys

class Flag:
    def __init__(self):
        self.state = 0
    def set(self):
        self.state = 1
    def clear(self):
        self.state = 0

asyncio.ThreadSafeFlag = Flag
asyncio.new_event_loop = lambda: None

def run(name):
    import gc, io
    module = __import__(name)
    for test in sorted(dir(module)):
        if test.startswith("test_"):
            gc.collect()
            said = ""
            try:
                getattr(module, test)()
            except BaseException as error:
                text = io.StringIO()
                sys.print_exception(error, text)
                said = text.getvalue()
            print("OUTCOME", test, repr(said))
"""
DISK = """
import os

def fresh(blocks=512):
    os.chdir("/")
    clear("/flash")
    os.chdir("/flash")

def clear(folder):
    for entry in os.ilistdir(folder):
        path = folder + "/" + entry[0]
        if entry[0] in (".", ".."):
            continue
        if entry[1] & 0x4000:
            clear(path)
            os.rmdir(path)
        else:
            os.remove(path)
"""


def interpreter():
    place = os.environ.get("DYADKIT_MICROPYTHON")
    if not place or shutil.which("node") is None:
        pytest.skip("DYADKIT_MICROPYTHON names no folder with MicroPython for WebAssembly")
    return Path(place) / PACKAGE


def needs_littlefs(file):
    return "PowerCutError" in file.read_text() or "mounted" in file.read_text()


CASES = [
    file
    for file in sorted((HERE / "cases").glob("*.py"))
    if file.stem not in PLAYED and not needs_littlefs(file)
]
SHARED = [
    file
    for file in sorted((ROOT / "tests" / "shared").glob("test_*.py"))
    if "hypothesis" not in file.read_text() and "\nimport pytest" not in file.read_text()
]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    place = interpreter()
    folder = tmp_path_factory.mktemp("chip")
    for package in ("firmware/wearable", "firmware/slots", "shared/dyadwire"):
        origin = ROOT / package
        for source in origin.rglob("*.py"):
            if "viper" in source.read_text():
                continue
            target = folder / source.relative_to(origin.parent).with_suffix(".mpy")
            target.parent.mkdir(parents=True, exist_ok=True)
            flags = ["-msmall-int-bits=31", "-O3", "-s", source.name]
            subprocess.run([COMPILER, *flags, source, "-o", target], check=True)
    for source in (*FAKES.glob("*.py"), *CASES, *SHARED, ROOT / "tests/shared/random_wire.py"):
        target = folder / source.with_suffix(".mpy").name
        subprocess.run([COMPILER, "-msmall-int-bits=31", source, "-o", target], check=True)
    (folder / "disk.mpy").unlink()
    (folder / "disk.py").write_text(DISK)
    (folder / "prepared.py").write_text(PREPARED)
    run = subprocess.run(
        ["node", HERE / "on_32_bits.mjs", place, str(HEAP_BYTES), folder,
         *(file.stem for file in (*CASES, *SHARED))],
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    found = {}
    for line in run.stdout.splitlines():
        if line.startswith("OUTCOME "):
            _, name, text = line.split(" ", 2)
            try:
                found[name] = ast.literal_eval(text)
            except (ValueError, SyntaxError):
                found[name] = json.dumps(text)
    return found


@pytest.mark.parametrize(
    ("file", "name"), functions_in((*CASES, *SHARED)), ids=lambda part: getattr(part, "stem", part)
)
def test_with_31_bits(file, name, outcomes):
    if name in WITHOUT:
        pytest.skip(f"DYADKIT_MICROPYTHON names no folder with this: {NEEDS[WITHOUT[name]]}")
    assert name in outcomes, outcomes.get(file.stem, f"{file.name} did not get to {name}")
    assert not outcomes[name], outcomes[name]
