"""How soon a wearable that is back is linked while its partner is away: real bleak, no radio.

    python tests/benchmarks/bench_links.py [--away 3 7 11 19]

A bluetoothd of this benchmark's own (tests/fakes/bluetoothd.py) refuses a second scan, as BlueZ
does; both wearables are linked, both go, and one comes back after so many seconds. Wearables
advertise four times a second, as one does that nobody has linked for half a minute.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

import figures

sys.path.insert(0, str(Path(__file__).parents[1]))

from dyadkit.capture.reconnect import ReconnectPause
from dyadkit.errors import LinkError
from dyadkit.links.ble import BleLink
from fakes.bluetoothd import ADDRESSES
from fakes.private_bus import bluetoothd


async def kept(address, up):
    """Keep a link for ever, as a recording does."""
    link, pause = BleLink(address), ReconnectPause()
    while True:
        try:
            await link.open()
            pause.link_made()
            up.set()
            while True:
                await link.read()
        except LinkError as error:
            up.clear()
            pause.link_failed(error)
        finally:
            await link.close()
        await pause.wait()


async def seconds_until_back(daemon, away_s):
    """How long the second wearable took to be linked again, its partner away all the time."""
    daemon.tell("here 01")
    ups = [asyncio.Event(), asyncio.Event()]
    tasks = [asyncio.create_task(kept(*one)) for one in zip(ADDRESSES, ups, strict=True)]
    await asyncio.gather(*(up.wait() for up in ups))
    daemon.tell("here ")
    await asyncio.sleep(away_s)
    began_s = time.monotonic()
    daemon.tell("here 1")
    await ups[1].wait()
    took_s = time.monotonic() - began_s
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return took_s


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--away", type=float, nargs="+", default=[3.0, 7.0, 11.0, 19.0])
    away = parser.parse_args().away
    os.environ["ADVERTISED_EACH_S"] = "0.25"
    with tempfile.TemporaryDirectory() as folder, bluetoothd(Path(folder)) as daemon:
        took = [asyncio.run(seconds_until_back(daemon, one)) for one in away]
        refused = daemon.calls().count("StartDiscovery InProgress")
    for away_s, took_s in zip(away, took, strict=True):
        print(f"away for {away_s:4.0f} s: linked {took_s:.2f} s after it was back")
    figures.count("scans refused", refused)
    figures.accuracy("linked after it was back, at most", max(took), "s", tolerance=1.0)


if __name__ == "__main__":
    main()
