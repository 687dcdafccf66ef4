"""Chaos by a seed: what befalls the wearables of a world, and when.

The same seed gives the same troubles at the same moments, so that whatever they break can be seen
again. What happens inside of a wearable (late interrupts, slow flash) is `VirtualWearable.chaos`.
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from dyadkit.sim.world import World


class Kind(Enum):
    """A kind of trouble that can befall a wearable."""

    DROP = "drop"
    BLACKOUT = "blackout"
    REBOOT = "reboot"
    BROWN_OUT = "brown-out"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One trouble: `seconds` out of reach, 0 for those of power."""

    at_s: float
    name: str
    kind: Kind
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Chaos:
    """Rates of trouble: mean seconds between two of a kind for each wearable."""

    seed: int
    drop_each_s: float = 900.0
    blackout_each_s: float = 900.0
    reboot_each_s: float = 3600.0
    brown_out_each_s: float = 3600.0
    max_outage_s: float = 60.0


def plan(chaos: Chaos, names: Sequence[str], seconds: float) -> list[Trouble]:
    """All troubles of a world of this length, in their order."""
    dice = random.Random(f"chaos {chaos.seed}")
    means = {
        Kind.DROP: chaos.drop_each_s,
        Kind.BLACKOUT: chaos.blackout_each_s,
        Kind.REBOOT: chaos.reboot_each_s,
        Kind.BROWN_OUT: chaos.brown_out_each_s,
    }
    planned = []
    for name in names:
        for kind, mean_s in means.items():
            at_s = dice.expovariate(1 / mean_s)
            while at_s < seconds:
                is_outage = kind in (Kind.DROP, Kind.BLACKOUT)
                lasts_s = dice.uniform(0.1, chaos.max_outage_s) if is_outage else 0.0
                planned.append(Trouble(at_s, name, kind, lasts_s))
                at_s += dice.expovariate(1 / mean_s)
    return sorted(planned, key=lambda trouble: trouble.at_s)


async def unleash(world: World, troubles: Sequence[Trouble]) -> None:
    """Let troubles happen, each at its time after now."""
    began_s = world.now_s()
    for trouble in troubles:
        await asyncio.sleep(max(0.0, began_s + trouble.at_s - world.now_s()))
        if trouble.kind is Kind.DROP:
            world.drop(trouble.name, trouble.seconds)
        elif trouble.kind is Kind.BLACKOUT:
            world.blackout(trouble.name, trouble.seconds)
        elif trouble.kind is Kind.REBOOT:
            world.reboot(trouble.name)
        else:
            world.brown_out(trouble.name)
