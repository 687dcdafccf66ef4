"""Power budget and battery life: a model, with what in it was measured and what guessed."""

from typing import NamedTuple

USABLE_SHARE = 0.85
CAPACITY_MAH = 400.0
PROMISED_HOURS = 4.0


class Load(NamedTuple):
    """Something that draws current, in mA, and how well that is known."""

    name: str
    milliamperes: float
    known: str


LOADS = (
    Load("ESP32-S3 at 80 MHz, Bluetooth connected, 244 bytes a notification", 45.0, "guessed"),
    Load("infrared and red LED, 6.2 mA each, 411 us 400 times a second", 2 * 6.2 * 411e-6 * 400,
         "computed from the datasheet's pulse"),
    Load("MAX30102 itself", 0.6, "datasheet, typical [K]"),
    Load("four amplifiers", 0.44, "datasheet, typical [K]"),
    Load("ADS1115, converting", 0.15, "datasheet, typical (checked)"),
    Load("levels and battery divider", 1e3 * (3.3 / 329.9e3 + 3.9 / 2e6), "computed"),
)  # fmt: skip


def total_ma(loads: tuple[Load, ...] = LOADS) -> float:
    """Mean current from the battery, mA."""
    return sum(load.milliamperes for load in loads)


def hours(capacity_mah: float = CAPACITY_MAH, loads: tuple[Load, ...] = LOADS) -> float:
    """Running time from full to empty, hours."""
    return USABLE_SHARE * capacity_mah / total_ma(loads)
