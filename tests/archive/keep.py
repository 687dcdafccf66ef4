"""Keep what the present protocol version writes: PYTHONPATH=tests python tests/archive/keep.py

Refuses to touch a version that is kept already.
"""

import asyncio
import gzip
import json
import sys
import tempfile
from pathlib import Path

from archive.decoded import hashes_of
from dyadkit.capture.pull import PullPlan, pull
from dyadkit.capture.session import RecordingPlan, record
from dyadkit.devices.field_mode import call_back, send_out
from dyadkit.sim import DeviceClockModel, RadioModel, VirtualWearable, World
from dyadkit.storage import FILE_NAME
from dyadwire import MAJOR, MINOR, key_messages, messages
from fakes.ordeal import feed, link_to

HERE = Path(__file__).parent
PERSONS = ("a", "b")
SECONDS = 12.0


def world():
    clocks = {"a": DeviceClockModel(3.2, 22.0), "b": DeviceClockModel(7.9, -17.0)}
    wearables = [VirtualWearable(p, feed(200, ord(p)), clocks[p]) for p in PERSONS]
    return World(wearables, radio=RadioModel(interval_ms=30.0, loss=0.05), seed=1)


def streamed(folder):
    """A session with a reboot in the middle, so that it has two boots of a."""

    async def host(world):
        plan = RecordingPlan(folder, duration_s=SECONDS, clock_ns=world.clock_ns)
        asyncio.get_running_loop().call_later(SECONDS / 2, world.reboot, "a")
        return await record(plan, {p: link_to(world, p, cabled=False) for p in PERSONS})

    with world() as one:
        one.run(host)


def fetched(folder):
    """A field session: recorded alone, the time asked of each other, pulled afterwards."""

    async def host(world):
        links = {p: link_to(world, p, cabled=False) for p in PERSONS}
        await send_out(links)
        await asyncio.sleep(SECONDS)
        await call_back(links)
        await pull(PullPlan(folder, clock_ns=world.clock_ns), links)

    with world() as one:
        one.run(host)


def golden():
    """Every message with values that differ in every byte, and its bytes."""
    kept = []
    for layout in (*messages.MESSAGES, *key_messages.KEY_MESSAGES):
        payload = bytes((17 * k + layout.KIND) & 0x7F for k in range(messages.size(layout)))
        message = messages.unpack(
            layout.KIND, payload + (b"tail" if hasattr(layout, "TAIL") else b"")
        )
        fields = {
            name: value.hex() if isinstance(value, bytes) else value
            for name, value in message._asdict().items()
        }
        kept.append({"kind": layout.KIND, "name": layout.__name__, "fields": fields,
                     "bytes": messages.pack(message).hex()})  # fmt: skip
    return kept


def main():
    target = HERE / f"{MAJOR}.{MINOR}"
    if target.exists():
        sys.exit(f"{target.name} is kept already, and is never changed")
    target.mkdir()
    hashes = {}
    with tempfile.TemporaryDirectory() as name:
        for kind, make in (("streamed", streamed), ("fetched", fetched)):
            make(Path(name) / kind)
            data = (Path(name) / kind / FILE_NAME).read_bytes()
            (target / f"{kind}.mcap.gz").write_bytes(gzip.compress(data, 9, mtime=0))
            hashes[kind] = hashes_of(Path(name) / kind / FILE_NAME)
    (target / "decoded.json").write_text(json.dumps(hashes, indent=1) + "\n")
    (target / "messages.json").write_text(json.dumps(golden(), indent=1) + "\n")


if __name__ == "__main__":
    main()
