"""Power budget and battery life: a model with a range, and how each end of it is known."""

from typing import NamedTuple

from dyadwire import frontend
from hardware import design

USABLE_SHARE = 0.85
CAPACITY_MAH = 500.0  # a cell of 5 x 30 x 40 mm, which the case has room for
PROMISED_HOURS = 4.0
_LIGHT_V = 1.2  # across a relay's light


class Load(NamedTuple):
    """Something that draws current: the least and the most of it, mA, and how that is known."""

    name: str
    min_ma: float
    max_ma: float
    known: str


_RELAY_MA = 2e3 * (frontend.SUPPLY_V - _LIGHT_V) / design.part("R19").amount
_LED_MA = 2 * 6.2 * 411e-6 * 400

LOADS = (
    Load("FeatherS3 at 80 MHz, Bluetooth connected, 244 bytes a notification", 45.0, 85.0,
         "from others' measurements: 46 mA idle without radio (FeatherS3), 77 mA with BLE and "
         "without modem sleep (ESP32-C3); not measured here"),
    Load("infrared and red LED, 6.2 mA each, 411 us 400 times a second", _LED_MA, 3 * _LED_MA,
         "computed from the datasheet's pulse; three times that on a dark or cold finger"),
    Load("two relays", _RELAY_MA, _RELAY_MA, "computed from R19, R20"),
    Load("MAX30102 itself", 0.6, 1.2, "datasheet, typical and most [K]"),
    Load("four amplifiers", 0.44, 0.68, "datasheet, typical and most [K]"),
    Load("ADS1115, converting", 0.15, 0.3, "datasheet, typical (checked) and most [K]"),
    Load("accelerometer, temperature", 0.02, 0.15, "datasheets, typical [K]"),
    Load("levels and battery divider", 0.01, 0.01, "computed"),
)  # fmt: skip
MODEM_SLEEP = Load(
    "the same with modem sleep in the image (CONFIG_BT_CTRL_MODEM_SLEEP)", 20.0, 45.0,
    "from others' measurements: 25 mA instead of 77 (ESP32-C3); an S3 not measured",
)  # fmt: skip


def total_ma(loads: tuple[Load, ...] = LOADS) -> tuple[float, float]:
    """Mean current from the battery: the least and the most, mA."""
    return sum(load.min_ma for load in loads), sum(load.max_ma for load in loads)


def hours(
    capacity_mah: float = CAPACITY_MAH, loads: tuple[Load, ...] = LOADS
) -> tuple[float, float]:
    """Running time from full to empty: the shortest and the longest, hours."""
    min_ma, max_ma = total_ma(loads)
    return USABLE_SHARE * capacity_mah / max_ma, USABLE_SHARE * capacity_mah / min_ma
