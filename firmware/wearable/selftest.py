"""The self-test at boot, before anything is sampled."""

import time

from micropython import const

from dyadwire import messages
from wearable.sensors import skin

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable

    from dyadwire.ticks import DeviceClock
    from wearable.board import Board
    from wearable.drivers import Drivers
    from wearable.sensing import Sensing

REFERENCE_MV = 1240, 1360
SKIN_MV = 450, 550
HARDLY_LOADED_MV = 600  # over 150 kohm: 4 uA, where the driver still holds its voltage
MIN_BATTERY_MV = 3500


class CheckResults:
    """Bits of the checks made and of those that failed, and the voltages they found."""

    def __init__(self) -> None:
        self.made = 0
        self.failed = 0
        self.skin_mv = self.reference_mv = 0

    def note(self, check: int, *, passed: bool) -> None:
        """Remember a check."""
        self.made |= check
        if not passed:
            self.failed |= check


def run(
    drivers: "Drivers",
    sensing: "Sensing",
    hardware: "Board",
    clock: "DeviceClock",
    hours_left: "Callable[[], int]",
    calibration: "messages.Calibration",
) -> "messages.SelfTest":
    """Test everything that can be tested without a person's help; takes 0.5 s."""
    results = CheckResults()
    power = drivers.power
    has_converter = sensing.has(drivers.skin)
    results.note(messages.CHECK_BUS, passed=bool(sensing.samplers))
    results.note(messages.CHECK_PPG, passed=drivers.ppg.takes_settings())
    results.note(messages.CHECK_CONVERTER, passed=has_converter)
    if has_converter:
        power.look()
        drivers.forbid_skin_on_usb()
        if drivers.skin.is_allowed:
            time.sleep_ms(skin.SETTLE_MS)
            _test_front_end(results, drivers.skin)
        drivers.stop_pacing()
    if power.millivolts:
        results.note(messages.CHECK_BATTERY, passed=power.millivolts >= MIN_BATTERY_MV)
    if hardware.can_tell_usb():
        results.note(messages.CHECK_USB, passed=not power.has_usb)
    results.note(messages.CHECK_FLASH, passed=hours_left() >= 1)
    results.note(messages.CHECK_CALIBRATION, passed=calibration.day > 0)
    return messages.SelfTest(
        clock.now_us(),
        results.made,
        results.failed,
        results.skin_mv,
        results.reference_mv,
        power.millivolts,
    )


def _test_front_end(results: CheckResults, converter: skin.Skin) -> None:
    try:
        results.reference_mv = max(0, converter.millivolts(skin.REFERENCE))
        results.skin_mv = converter.millivolts(skin.VOLTAGE)
        current_mv = -converter.millivolts(skin.CURRENT)
    except OSError:
        results.note(messages.CHECK_CONVERTER, passed=False)
        return
    low, high = REFERENCE_MV
    results.note(messages.CHECK_REFERENCE, passed=low <= results.reference_mv <= high)
    if current_mv < HARDLY_LOADED_MV:
        low, high = SKIN_MV
        results.note(messages.CHECK_SKIN_VOLTAGE, passed=low <= results.skin_mv <= high)
