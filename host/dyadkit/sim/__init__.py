"""Virtual wearables: the real firmware in virtual time, with sensors, bodies and a radio.

    with World([VirtualWearable("a", feed_a), VirtualWearable("b", feed_b)], seed=1) as world:
        result = world.run(record)          # async def record(world): ... bleak as ever ...

`World` gives a bleak client and scanner class; everything above them is what users run.
"""

from dyadkit.sim.clocks import DeviceClockModel
from dyadkit.sim.feed import SensorFeed
from dyadkit.sim.loop import Pace, VirtualDeadlockError
from dyadkit.sim.radio import RadioModel
from dyadkit.sim.wearable import FifoLog, VirtualWearable
from dyadkit.sim.world import World

__all__ = [
    "DeviceClockModel",
    "FifoLog",
    "Pace",
    "RadioModel",
    "SensorFeed",
    "VirtualDeadlockError",
    "VirtualWearable",
    "World",
]
