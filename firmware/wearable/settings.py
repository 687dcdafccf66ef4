"""What a lab may set without touching code: `settings.json` beside `main.py`."""

import json

FILE = "settings.json"


class Settings:
    """All settings, as they leave the factory.

    `ppg_rate_millihz` is what the host is told; `ppg_adc_hz / ppg_average` makes it so. A board is
    a row of `board.BOARDS`. An empty name becomes `dyad-` and the end of the address. `bench`
    measures skin conductance even while USB powers the board: never with a person on it.
    `sync_wire` is "drive" or "listen" on the clock bench only.
    """

    def __init__(self) -> None:
        self.board = "feathers3"
        self.name = ""
        self.ppg_rate_millihz = 100_000
        self.ppg_adc_hz = 400
        self.ppg_average = 4
        self.ppg_pulse_us = 411
        self.ppg_range_nanoamperes = 4096
        self.ppg_microamperes = 6200
        self.ppg_green = False
        self.eda_pair_hz = 160
        self.eda_pairs_per_output = 10
        self.eda_pairs_per_sum = 16
        self.acc_hz = 50
        self.bench = False
        self.live_ms = 200
        self.flash_reserve_kib = 256
        self.sync_wire = ""


def load() -> Settings:
    """Settings from the file, as from the factory where it is silent; unknown names do nothing."""
    settings = Settings()
    try:
        with open(FILE) as file:
            given = json.load(file)
    except (OSError, ValueError):
        return settings
    for name, value in given.items():
        if hasattr(settings, name):
            setattr(settings, name, value)
    return settings
