"""Reference outputs of other tools on fixed inputs.

Simulated inputs and their figures are shipped in `reference/`. Those of real people (`in3`) are
read from the optional data folder, and a test that needs them is skipped loudly without it.
"""

import gzip
import json
import os
from pathlib import Path

import numpy as np
import pytest

SHIPPED = Path(__file__).parents[1] / "host" / "synchrony" / "reference"
REAL = {"in3": "in3_emopair_D1_1_team1_r1_puzzle_eda_4hz.csv"}


def pair(name: str, every: int = 1):
    """Both series of an input, every so many rows."""
    path = optional("inputs", REAL[name]) if name in REAL else SHIPPED / f"{name}.csv.gz"
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    return table[::every, 1], table[::every, 2]


def figures(tool: str, name: str = "in1"):
    """All that a tool gave, on inputs of the kind that `name` is."""
    if name in REAL:
        return json.loads(optional(f"{tool}.json").read_text())
    return json.loads(gzip.decompress((SHIPPED / f"{tool}.json.gz").read_bytes()))


def optional(*parts: str) -> Path:
    """A file of the optional data folder."""
    folder = os.environ.get("DYADKIT_DATA")
    if not folder:
        pytest.skip("DYADKIT_DATA is not set: tests on optional recordings are skipped")
    return Path(folder, "oracles", *parts)


def z(series):
    """Standardised as R's `scale` does."""
    return (series - series.mean()) / series.std(ddof=1)
