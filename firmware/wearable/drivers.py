"""The drivers of a board's sensors, and what only they share: bus, timer, interrupt pin."""

import asyncio

from micropython import const

from wearable.power import Power
from wearable.sensors import LIS3DH_ADDRESS, LSM6DS3_ADDRESS, WHO_AM_I, max3010x, skin
from wearable.sensors.max3010x import Max3010x
from wearable.sensors.skin import Skin

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from wearable.board import Board
    from wearable.sampler import Source
    from wearable.settings import Settings


class Drivers:
    """The set of drivers for all sensors a board may have.

    `ppg`, `skin` and `power` exist also where no chip does.
    """

    def __init__(
        self,
        hardware: "Board",
        settings: "Settings",
        ticks_us: "Callable[[], int]",
        is_cabled: "Callable[[], bool]",
    ) -> None:
        self._hardware = hardware
        self._settings = settings
        self._ticks_us = ticks_us
        self.bus = hardware.bus()
        per_drain = settings.ppg_rate_millihz * settings.live_ms // 1_000_000
        self.ppg = Max3010x(
            self.bus, max3010x.optics(settings), ticks_us, settings.ppg_rate_millihz, per_drain
        )
        timing = skin.PairTiming(
            settings.eda_pair_hz, settings.eda_pairs_per_output, settings.eda_pairs_per_sum
        )
        self.skin = Skin(self.bus, timing, ticks_us)
        self.power = Power(hardware, self.bus, self.skin, ticks_us, is_cabled)
        self._wakes_itself = (
            max3010x.MIN_TO_WAKE <= per_drain <= max3010x.MAX_TO_WAKE
            and hardware.pins.ppg_interrupt is not None
        )
        self._woken = asyncio.ThreadSafeFlag()
        self._timer: Any = None

    def accelerometers(self) -> "list[Source]":
        """Drivers of accelerometers, if anything answers where one may be.

        Only these two addresses are asked: each that does not answer may cost 25 ms.
        """
        if not any([self._answers(place) for place in (LIS3DH_ADDRESS, LSM6DS3_ADDRESS)]):
            return []
        from wearable.sensors import motion  # a board without one spares the memory

        rate_hz = self._settings.acc_hz
        return [motion.Motion(self.bus, chip, self._ticks_us, rate_hz) for chip in motion.CHIPS]

    def free_bus(self) -> None:
        """Free a bus that a chip holds."""
        self._hardware.free_bus()

    def watch_ppg(self) -> None:
        """Let the PPG sensor's interrupt pin say when a drain is due, where it is wired."""
        if self._wakes_itself:
            self._hardware.call_on_fall(self._hardware.pins.ppg_interrupt, self._wake)

    async def wait_until_due(self, source: "Source") -> None:
        """Until the sensor says that a drain is due, or it should have."""
        wait_ms = self._settings.live_ms
        if source is not self.ppg or not self._wakes_itself:
            await asyncio.sleep_ms(wait_ms)
            return
        try:
            await asyncio.wait_for_ms(self._woken.wait(), wait_ms + wait_ms // 4)
        except asyncio.TimeoutError:
            pass  # the pin is not wired, or the chip silent

    def pace_skin(self) -> None:
        """Let a hardware timer pace skin conductance, from when its front end has settled."""
        self.skin.settle()
        rate_hz = 2 * self._settings.eda_pair_hz
        self._timer = self._hardware.call_at_rate(rate_hz, self.skin.convert)

    def stop_pacing(self) -> None:
        """End the timer, if it runs, and the front end's supply: the electrodes are parted."""
        self._hardware.front_end.value(0)
        if self._timer is not None:
            self._timer.deinit()
            self._timer = None

    def forbid_skin_on_usb(self) -> bool:
        """Let skin conductance rest while USB powers the board; whether that is new.

        Mains could reach a person. The front end is supplied where it may measure.
        """
        self.skin.power = self.power.marks()
        is_allowed = self._settings.bench or not self.power.has_usb
        was_allowed = self.skin.is_allowed
        self.skin.is_allowed = is_allowed
        self._hardware.front_end.value(int(is_allowed))
        if is_allowed and not was_allowed:
            self.skin.settle()
        return was_allowed and not is_allowed

    def _answers(self, address: int) -> bool:
        try:
            self.bus.readfrom_mem_into(address, WHO_AM_I, bytearray(1))
        except OSError:
            return False
        return True

    def _wake(self, _: "Any") -> None:
        self._woken.set()
