"""Settings that a lab may make without touching code: `settings.json` beside `main.py`."""

import json

from dyadwire.gatt import MAX_NAME_BYTES
from wearable.board import BOARDS
from wearable.sensors.light import MAX_MICROAMPERES

FILE = "settings.json"
DIMMEST = "infant"
"""Who wears it where the file cannot say: the lowest cap hurts nobody."""


class Settings:
    """All settings, as they leave the factory.

    `ppg_rate_millihz` is what the host is told; `ppg_adc_hz / ppg_average` makes it so. A board is
    a row of `board.BOARDS`. An empty name becomes `dyad-` and the end of the address. `bench`
    measures skin conductance even while USB powers the board: never with a person on it.
    `wearer` is "adult", "child" or "infant" and caps the LEDs' current; of another word it is the
    lowest cap. `sync_wire` is "drive" or "listen" on the clock bench only. `refused` names what
    was given and cannot be, or not in full.
    """

    def __init__(self) -> None:
        self.refused: list[str] = []
        self.board = "feathers3"
        self.name = ""
        self.ppg_rate_millihz = 100_000
        self.ppg_adc_hz = 400
        self.ppg_average = 4
        self.ppg_pulse_us = 411
        self.ppg_range_nanoamperes = 4096
        self.ppg_microamperes = 6200
        self.ppg_green = False
        self.wearer = "adult"
        self.eda_pair_hz = 160
        self.eda_pairs_per_output = 10
        self.eda_pairs_per_sum = 16
        self.acc_hz = 50
        self.bench = False
        self.live_ms = 200
        self.flash_reserve_kib = 128
        self.sync_wire = ""


def load() -> Settings:
    """Settings from the file, as from the factory where it is silent; unknown names do nothing.

    A board that is not known is taken for any ESP32-S3: its pins are there on every one. Of a name
    too long for an advertisement the radio shows the beginning.
    """
    settings = Settings()
    try:
        with open(FILE) as file:
            given = json.load(file).items()
    except OSError:
        return settings
    except (ValueError, AttributeError, MemoryError, RuntimeError):
        settings.refused.append(FILE)
        settings.wearer = DIMMEST
        return settings
    for name, value in given:
        usual = getattr(settings, name, None)
        if type(value) is type(usual) and name != "refused":
            setattr(settings, name, value)
        elif usual is not None:
            settings.refused.append(name)
    _check(settings)
    return settings


def _check(settings: Settings) -> None:
    """Replace what no wearable can be by what every one can, and tell it."""
    if settings.board not in BOARDS:
        settings.board = "esp32s3"
        settings.refused.append("board")
    if settings.wearer not in MAX_MICROAMPERES and "wearer" not in settings.refused:
        settings.refused.append("wearer")
    if "wearer" in settings.refused:
        settings.wearer = DIMMEST
    if len(settings.name.encode()) > MAX_NAME_BYTES:
        settings.refused.append("name")


def safe(given: Settings) -> Settings:
    """As from the factory but for board and wearer: what else is set may be what makes it fall."""
    settings = Settings()
    settings.board = given.board
    settings.wearer = given.wearer
    return settings
