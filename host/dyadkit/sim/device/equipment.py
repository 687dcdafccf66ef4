"""Equipment of a virtual wearable beside its two main sensors; what befalls its bus and power."""

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np

from dyadkit.dyad.arrays import Floats

_COUNTS_PER_G = 16384


class Accelerometer(Enum):
    """The type of accelerometer on the board."""

    NONE = ""
    LIS3DH = "lis3dh"
    LSM6DS3 = "lsm6ds3"


@dataclass(frozen=True, slots=True)
class Gauge:
    """A battery gauge, and how the battery is."""

    percent: float = 80.0
    percent_per_hour: float = 14.0


def _resting() -> Floats:
    return np.array([[0.0, 0.0, 1.0]])


@dataclass(frozen=True, slots=True, eq=False)
class Equipment:
    """The optional parts of a virtual wearable.

    acc_g : shape (n, 3), acceleration from the world's beginning on; the last row stays
    acc_off_percent : how far the accelerometer's own oscillator is off
    usual_led_microamperes : LED current at which the pulse feed is seen as it is, 0: at any current
    silent_s : spans (start, stop) of true time in which no chip answers on the bus
    ppg_hangs_s : spans in which the PPG sensor holds the clock line whenever it is asked
    stuck_s : times from which a chip holds the bus until it is clocked free
    converter_silent_s : spans in which the skin-conductance converter does not answer
    usb_s : spans in which USB powers the board
    battery_v : voltage of the cell
    front_end_pin : what supplies the front end; None: the pin of the board, -1: never driven
    """

    accelerometer: Accelerometer = Accelerometer.NONE
    acc_g: Floats = field(default_factory=_resting)
    acc_rate_hz: float = 50.0
    acc_off_percent: float = 0.0
    gauge: Gauge | None = None
    usual_led_microamperes: int = 0
    silent_s: tuple[tuple[float, float], ...] = ()
    ppg_hangs_s: tuple[tuple[float, float], ...] = ()
    stuck_s: tuple[float, ...] = ()
    converter_silent_s: tuple[tuple[float, float], ...] = ()
    usb_s: tuple[tuple[float, float], ...] = ()
    battery_v: float = 3.9
    usb_pin: int = 34
    front_end_pin: int | None = None
    clock_pin: int = 9


def equipment_config(equipment: Equipment, folder: Path) -> dict[str, Any]:
    """What the wearable's process is told of it; writes the acceleration into the folder."""
    gauge = equipment.gauge
    return {
        "acc": _acc_config(equipment, folder),
        "gauge": [gauge.percent, gauge.percent_per_hour] if gauge else None,
        "silent_us": _spans_us(equipment.silent_s),
        "ppg_hangs_us": _spans_us(equipment.ppg_hangs_s),
        "converter_silent_us": _spans_us(equipment.converter_silent_s),
        "stuck_us": [round(at_s * 1e6) for at_s in sorted(equipment.stuck_s)],
        "usb_us": _spans_us(equipment.usb_s),
        "usb_pin": equipment.usb_pin,
        "clock_pin": equipment.clock_pin,
    }


def _acc_config(equipment: Equipment, folder: Path) -> dict[str, Any] | None:
    if equipment.accelerometer is Accelerometer.NONE:
        return None
    path = folder / "acc.bin"
    np.rint(equipment.acc_g * _COUNTS_PER_G).astype("<i4").tofile(path)
    return {
        "chip": equipment.accelerometer.value,
        "path": str(path),
        "period_us": round(1e6 / equipment.acc_rate_hz),
        "oscillator": 1 + equipment.acc_off_percent / 100,
    }


def _spans_us(spans_s: tuple[tuple[float, float], ...]) -> list[list[int]]:
    return [[round(start * 1e6), round(stop * 1e6)] for start, stop in spans_s]
