"""The calibration jig at a virtual wearable's leads: one resistor after the other, in true time."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from dyadkit.sim.device.feed import SensorFeed
from dyadwire import frontend

if TYPE_CHECKING:
    from dyadkit.sim.world import World

STEP_S = 9.0
_FEED_HZ = 4.0
_PPG_HZ = 100.0
_HANDLING_S = 0.3


class VirtualJig:
    """A calibration jig that turns by itself; `place` waits until it is at the next position.

    Parameters
    ----------
    ohms : resistors in the order in which they are asked for; None is an open circuit
    """

    def __init__(self, ohms: Sequence[float | None] = frontend.JIG_OHM) -> None:
        self._ohms = tuple(ohms)
        self._at = -1

    def feed(self) -> SensorFeed:
        """What the wearable's sensors feel meanwhile: no finger, the jig at the leads."""
        levels = [0.0 if one is None else 1e6 / one for one in self._ohms]
        usiemens = np.repeat(levels, round(STEP_S * _FEED_HZ))
        darkness = np.zeros((round(len(levels) * STEP_S * _PPG_HZ), 2), np.int64)
        return SensorFeed(darkness, _PPG_HZ, usiemens, _FEED_HZ)

    async def place(self, world: "World", _: float | None) -> None:
        """Wait until the next position's time has come."""
        self._at += 1
        await asyncio.sleep(max(0.0, self._at * STEP_S + _HANDLING_S - world.now_s()))
