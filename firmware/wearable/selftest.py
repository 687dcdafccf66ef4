"""What the wearable finds of itself at boot, before it samples."""

from micropython import const

from dyadwire import messages
from wearable.sensors import skin

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from wearable.device import Wearable

REFERENCE_MV = 1240, 1360
SKIN_MV = 450, 550
HARDLY_LOADED_MV = 600  # over 150 kohm: 4 uA, where the driver still holds its voltage
MIN_BATTERY_MV = 3500


class CheckResults:
    """Checks made and failed so far."""

    def __init__(self) -> None:
        self.made = 0
        self.failed = 0
        self.skin_mv = self.reference_mv = 0

    def note(self, check: int, *, passed: bool) -> None:
        """Remember a check."""
        self.made |= check
        if not passed:
            self.failed |= check


def run(wearable: "Wearable") -> "messages.SelfTest":
    """Test everything that can be tested without a person's help; takes 60 ms."""
    found = CheckResults()
    sensing = wearable.sensing
    found.note(messages.CHECK_BUS, passed=bool(sensing.samplers))
    found.note(messages.CHECK_PPG, passed=sensing.ppg.takes_settings())
    found.note(messages.CHECK_CONVERTER, passed=sensing.has(sensing.skin))
    if sensing.has(sensing.skin):
        _test_front_end(found, sensing.skin)
    power = sensing.power
    if power.millivolts:
        found.note(messages.CHECK_BATTERY, passed=power.millivolts >= MIN_BATTERY_MV)
    if wearable.hardware.can_tell_usb():
        found.note(messages.CHECK_USB, passed=not power.has_usb)
    found.note(messages.CHECK_FLASH, passed=wearable.hours_left() >= 1)
    found.note(messages.CHECK_CALIBRATION, passed=wearable.calibration.day > 0)
    return messages.SelfTest(
        wearable.clock.now_us(),
        found.made,
        found.failed,
        found.skin_mv,
        found.reference_mv,
        power.millivolts,
    )


def _test_front_end(found: CheckResults, converter: skin.Skin) -> None:
    try:
        found.reference_mv = max(0, converter.millivolts(skin.REFERENCE))
        found.skin_mv = converter.millivolts(skin.VOLTAGE)
        current_mv = -converter.millivolts(skin.CURRENT)
    except OSError:
        found.note(messages.CHECK_CONVERTER, passed=False)
        return
    low, high = REFERENCE_MV
    found.note(messages.CHECK_REFERENCE, passed=low <= found.reference_mv <= high)
    if current_mv < HARDLY_LOADED_MV:
        low, high = SKIN_MV
        found.note(messages.CHECK_SKIN_VOLTAGE, passed=low <= found.skin_mv <= high)
