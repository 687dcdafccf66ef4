"""Calibration of one wearable with the jig: read each of its positions, check, store.

The wearable measures as it does on a person; nothing of what it measures here is kept.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from dyadkit.decoding.messages import Message
from dyadkit.decoding.samples import unpack_samples
from dyadkit.devices.calibration import CalibrationCheck, JigReading, checks, constants
from dyadkit.errors import LinkError, SignalError
from dyadkit.links import Link
from dyadkit.links.conversation import Conversation, Onlooker
from dyadwire import frontend, messages, streams

Place = Callable[[float | None], Awaitable[None]]
SETTLE_OUTPUTS = 32  # two seconds: the filters, and blocks on their way
READ_OUTPUTS = 80
SILENCE_TIMEOUT_S = 5.0
_SESSION = 0xCA11B
_EDA = (streams.EDA_CURRENT, streams.EDA_VOLTAGE)


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Result of a calibration: the constants, and how well the unused positions agree."""

    calibration: messages.Calibration
    readings: tuple[JigReading, ...]
    checks: tuple[CalibrationCheck, ...]

    @property
    def is_accepted(self) -> bool:
        """Whether every unused position is within its limits."""
        return all(check.is_within_limits for check in self.checks)


async def calibrate(link: Link, place: Place, *, day: int, jig: int) -> Calibrated:
    """Read every position of the jig and store the constants if the checks accept them.

    Parameters
    ----------
    link : to the wearable; opened and closed here
    place : returns once the jig stands at the position with this resistor (None: open)
    day, jig : see `dyadkit.devices.calibration.constants`

    Raises
    ------
    LinkError
        the wearable fell silent or did not store the constants
    SignalError
        USB is plugged in, or the readings cannot come from this circuit and jig
    """
    async with SkinMeasurement(link) as bench:
        readings = [await bench.reading(place, ohms) for ohms in frontend.JIG_OHM]
        found = constants(readings, day=day, jig=jig)
        result = Calibrated(found, tuple(readings), checks(readings, found))
        if result.is_accepted:
            await bench.store(found)
        return result


class SkinMeasurement(Onlooker):
    """A wearable that measures skin conductance for as long as the context lasts."""

    def __init__(self, link: Link) -> None:
        self._conversation = Conversation(link, observer=self)
        self._units: dict[int, float] = {}
        self._ranges: dict[tuple[int, int], list[int]] = {}

    async def __aenter__(self) -> Self:
        await self._conversation.link.open()
        self._listening = asyncio.create_task(self._listen())
        await self._conversation.greet()
        streams_wanted = sum(1 << stream for stream in _EDA)
        await self._conversation.say(messages.Start(_SESSION, streams_wanted))
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            await self._conversation.say(messages.Stop(_SESSION))
            for (boot, stream), (first, last) in self._ranges.items():
                await self._conversation.say(messages.Ack(boot, stream, first, last + 1))
        except LinkError:
            pass  # the wearable stops by itself; what matters was said before
        finally:
            self._listening.cancel()
            await self._conversation.link.close()

    async def reading(self, place: Place, ohms: float | None) -> JigReading:
        """Mean voltages of one position, V, once it is settled."""
        await place(ohms)
        self._conversation.forget()
        seen: dict[int, list[np.ndarray]] = {stream: [] for stream in _EDA}
        wanted = SETTLE_OUTPUTS + READ_OUTPUTS
        while any(sum(map(len, seen[stream])) < wanted for stream in _EDA):
            block = await self._conversation.answer(
                messages.Block,
                timeout_s=SILENCE_TIMEOUT_S,
                matching=lambda one: one.stream in _EDA,
            )
            _complain(block.status)
            samples = unpack_samples(block.samples, np.array([block.count]))
            seen[block.stream].append(samples)
        current_v, voltage_v = (self._mean_v(stream, seen[stream]) for stream in _EDA)
        return JigReading(ohms, current_v, voltage_v)

    async def store(self, found: messages.Calibration) -> None:
        """Have the wearable keep these constants; it repeats what it keeps."""
        await self._conversation.say(found)
        await self._conversation.answer(
            messages.Calibration, timeout_s=SILENCE_TIMEOUT_S, matching=lambda one: one == found
        )

    def _mean_v(self, stream: int, parts: Sequence[np.ndarray]) -> float:
        if stream not in self._units:
            raise LinkError("the wearable did not say the unit of its skin conductance")
        return float(np.concatenate(parts)[SETTLE_OUTPUTS:].mean()) * self._units[stream]

    def take(self, message: Message | None) -> None:
        """Remember units, and which blocks to set free at the end."""
        if isinstance(message, messages.StreamInfo):
            self._units[message.stream] = message.unit_numerator / message.unit_denominator
        elif isinstance(message, messages.Block):
            begun = self._ranges.setdefault(
                (message.boot, message.stream), [message.sequence, message.sequence]
            )
            begun[1] = message.sequence

    async def _listen(self) -> None:
        with contextlib.suppress(LinkError):  # whoever waits for an answer is told
            await self._conversation.listen()


def _complain(status: int) -> None:
    if status & streams.USB_POWERED:
        raise SignalError("USB is plugged in: calibrate on the battery, as on a person")
    if status & streams.SENSOR_FAULT:
        raise SignalError("the converter of the front end does not answer: check its wiring")
