"""A wearable that comes back is taken back at once, whatever its partner does meanwhile."""

import asyncio

import pytest

from dyadkit.capture.reconnect import FIRST_PAUSE_S, MAX_PAUSE_S, ReconnectPause
from dyadkit.errors import LinkError, NoWearableError
from dyadkit.sim.loop import VirtualLoop
from fakes.trial import NOTHING_LOST, Trial

MAX_BACK_S = 3.0
"""From the first advertisement until the link stands: what a lab is promised."""


@pytest.mark.parametrize("away_s", [13.0, 34.0])
def test_a_wearable_is_back_within_three_seconds_while_its_partner_is_away(tmp_path, away_s):
    back_s = []

    async def fault(scene):
        await scene.until("recording")
        await asyncio.sleep(3.0)
        scene.world.drop("a", 80.0)
        scene.world.drop("b", away_s)
        await asyncio.sleep(away_s)
        back_s.append(scene.world.now_s())

    came = Trial(seconds=60.0).run(tmp_path / "s", fault)
    connected_s = [one["at_ns"] * 1e-9 for one in came.events("connected") if one["person"] == "b"]
    assert len(connected_s) == 2
    assert 0.0 <= connected_s[1] - back_s[0] <= MAX_BACK_S
    assert came.survived["b"].losses() == NOTHING_LOST["b"]


def pauses(*errors):
    """Seconds paused after each of these failures."""

    async def host():
        pause, found = ReconnectPause(), []
        loop = asyncio.get_running_loop()
        for error in errors:
            pause.link_failed(error)
            before_s = loop.time()
            await pause.wait()
            found.append(round(loop.time() - before_s, 3))
        return found

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(host())


def test_pauses_double_while_a_wearable_that_is_there_cannot_be_linked():
    assert pauses(*[LinkError("busy")] * 7) == [0.25, 0.5, 1.0, 2.0, 4.0, MAX_PAUSE_S, MAX_PAUSE_S]


def test_who_waited_for_an_advertisement_in_vain_listens_on_soon():
    assert pauses(*[NoWearableError("nobody")] * 4) == [FIRST_PAUSE_S] * 4
