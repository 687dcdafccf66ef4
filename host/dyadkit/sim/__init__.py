"""Virtual wearables: the real firmware in virtual time, with sensors, bodies and a radio.

    with World([VirtualWearable("a", feed_a), VirtualWearable("b", feed_b)], seed=1) as world:
        result = world.run(record)          # async def record(world): ... bleak as ever ...

`World` gives a bleak client and scanner class; everything above them is what users run.

Rules of this room: the firmware is the real one, in a real MicroPython; time passes only in the
loop; the same seed gives the same bytes, and the truth of whatever is simulated can be asked for.

Start reading at `world`, then `loop`; `device` is a wearable, `radio` the air between, `people` the
two bodies. `chaos` and `jig` are what befalls them.
"""

from dyadkit.sim.device.feed import SensorFeed
from dyadkit.sim.device.oscillator import DeviceClockModel
from dyadkit.sim.device.wearable import FifoLog, VirtualWearable
from dyadkit.sim.loop import Pace, VirtualDeadlockError
from dyadkit.sim.radio.quality import RadioModel
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
