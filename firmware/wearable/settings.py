"""What a lab may set without touching code: `settings.json` beside `main.py`."""

import json
from collections import namedtuple

FILE = "settings.json"

DEFAULTS = {
    "board": "feathers3",
    "name": "",
    "ppg_rate_millihz": 100_000,
    "ppg_adc_hz": 400,
    "ppg_average": 4,
    "ppg_pulse_us": 411,
    "ppg_range_nanoamperes": 4096,
    "ppg_microamperes": 6200,
    "eda_pair_hz": 160,
    "eda_pairs_per_output": 10,
    "eda_pairs_per_sum": 16,
    "live_ms": 200,
    "flash_reserve_kib": 256,
}


class Settings(namedtuple("Settings", tuple(DEFAULTS))):
    """All settings; `ppg_rate_millihz` is what the host is told, the rest makes it so."""


def load() -> Settings:
    """Settings from the file, defaults where it is silent; unknown names are ignored."""
    try:
        with open(FILE) as file:
            given = json.load(file)
    except (OSError, ValueError):
        given = {}
    return Settings(*[given.get(name, default) for name, default in DEFAULTS.items()])
