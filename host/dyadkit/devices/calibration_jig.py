"""Calibration of one wearable with the jig: read each of its positions, check, store.

The wearable measures as it does on a person; nothing of what it measures here is kept.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from dyadkit.decoding.samples import unpack_samples
from dyadkit.devices.calibration import CalibrationCheck, JigReading, checks, constants
from dyadkit.errors import LinkError, SignalError
from dyadkit.links import Link
from dyadwire import MAJOR, MINOR, frames, frontend, meanings, messages, streams
from dyadwire.errors import WireError

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


class SkinMeasurement:
    """A wearable that measures skin conductance for as long as the context lasts."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._received: asyncio.Queue[bytes | LinkError] = asyncio.Queue()
        self._units: dict[int, float] = {}
        self._ranges: dict[tuple[int, int], list[int]] = {}

    async def __aenter__(self) -> Self:
        await self._link.open()
        self._listening = asyncio.create_task(self._listen())
        await self._say(messages.Hello(MAJOR, MINOR, 0, 0, bytes(6), 0, bytes(4)))
        await self._say(messages.Start(_SESSION, sum(1 << stream for stream in _EDA)))
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            await self._say(messages.Stop(_SESSION))
            for (boot, stream), (first, last) in self._ranges.items():
                await self._say(messages.Ack(boot, stream, first, last + 1))
        except LinkError:
            pass  # the wearable stops by itself; what matters was said before
        finally:
            self._listening.cancel()
            await self._link.close()

    async def reading(self, place: Place, ohms: float | None) -> JigReading:
        """Mean voltages of one position, V, once it is settled."""
        await place(ohms)
        while not self._received.empty():
            self._note(self._received.get_nowait())
        seen: dict[int, list[np.ndarray]] = {stream: [] for stream in _EDA}
        wanted = SETTLE_OUTPUTS + READ_OUTPUTS
        while any(sum(map(len, seen[stream])) < wanted for stream in _EDA):
            message = self._note(await self._next_frame())
            if isinstance(message, messages.Block) and message.stream in seen:
                _complain(message.status)
                samples = unpack_samples(message.samples, np.array([message.count]))
                seen[message.stream].append(samples)
        current_v, voltage_v = (self._mean_v(stream, seen[stream]) for stream in _EDA)
        return JigReading(ohms, current_v, voltage_v)

    async def store(self, found: messages.Calibration) -> None:
        """Have the wearable keep these constants; it repeats what it keeps."""
        await self._say(found)
        while True:
            message = self._note(await self._next_frame())
            if message == found:
                return

    def _mean_v(self, stream: int, parts: Sequence[np.ndarray]) -> float:
        if stream not in self._units:
            raise LinkError("the wearable did not say the unit of its skin conductance")
        return float(np.concatenate(parts)[SETTLE_OUTPUTS:].mean()) * self._units[stream]

    def _note(self, received: bytes | LinkError) -> Any:
        """The message of a frame; units and the last blocks are remembered."""
        if isinstance(received, LinkError):
            raise received
        try:
            message = messages.unpack(frames.kind_of(received), frames.payload_of(received))
        except WireError:
            return None
        if isinstance(message, messages.StreamInfo):
            self._units[message.stream] = message.unit_numerator / message.unit_denominator
        elif isinstance(message, messages.Block):
            begun = self._ranges.setdefault(
                (message.boot, message.stream), [message.sequence, message.sequence]
            )
            begun[1] = message.sequence
        elif isinstance(message, messages.Refusal):
            reason = dict(meanings.REASONS).get(message.reason, "it gave no known reason")
            raise LinkError(f"the wearable refuses: {reason}")
        return message

    async def _next_frame(self) -> bytes | LinkError:
        try:
            return await asyncio.wait_for(self._received.get(), SILENCE_TIMEOUT_S)
        except TimeoutError:
            raise LinkError(
                f"the wearable sent nothing for {SILENCE_TIMEOUT_S:g} s: is its front end there?"
            ) from None

    async def _say(self, message: Any) -> None:
        await self._link.write(frames.frame(message.KIND, messages.pack(message)))

    async def _listen(self) -> None:
        try:
            while True:
                _, framed = await self._link.read()
                self._received.put_nowait(framed)
        except LinkError as error:
            self._received.put_nowait(error)


def _complain(status: int) -> None:
    if status & streams.USB_POWERED:
        raise SignalError("USB is plugged in: calibrate on the battery, as on a person")
    if status & streams.SENSOR_FAULT:
        raise SignalError("the converter of the front end does not answer: check its wiring")
