"""The table of official MicroPython images, filled row by row: needs the network.

    python host/official_images.py 1.28.0 20260401

For each board of `dyadkit flash` the image of this version and day is downloaded from
micropython.org, and its SHA-256 becomes a row of `host/dyadkit/devices/flashing/images.json`.
A board that has no such image is told and left out. Nothing else of the table changes.
"""

import hashlib
import json
import sys
import urllib.error
import urllib.request
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "host"), str(ROOT / "shared")]

from dyadkit.devices.flashing.boards import BOARDS  # noqa: E402
from dyadkit.devices.flashing.images import TABLE, official_images  # noqa: E402

PLACE = "https://micropython.org/resources/firmware/{image}-{day}-v{version}.bin"


def row_of(image: str, version: str, day: str) -> dict[str, str]:
    """One row of the table, from the file itself."""
    address = PLACE.format(image=image, day=day, version=version)
    with urllib.request.urlopen(address, timeout=60) as answer:
        data = answer.read()
    return {
        "image": image, "version": version, "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": str(len(data)), "date": str(date.today()), "from": address,
    }  # fmt: skip


def with_row(rows: list[dict[str, str]], row: dict[str, str]) -> list[dict[str, str]]:
    """The table with a row more, or with the row of this image and version replaced."""
    others = [
        one for one in rows if (one["image"], one["version"]) != (row["image"], row["version"])
    ]
    return sorted([*others, row], key=lambda one: (one["image"], one["version"]))


def main(version: str, day: str) -> None:
    """Add what can be had."""
    rows = official_images()
    for image in sorted({board.image for board in BOARDS.values()}):
        try:
            rows = with_row(rows, row_of(image, version, day))
        except (urllib.error.URLError, TimeoutError) as error:
            sys.stderr.write(f"{image}: not had ({error})\n")
    TABLE.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
