"""Reference outputs of other tools on fixed inputs, read from the optional data folder."""

import json
from pathlib import Path

import numpy as np

FILES = {
    "in1": "in1_coupled_scr_4hz.csv",
    "in2": "in2_indep_ar97_4hz.csv",
    "in3": "in3_emopair_D1_1_team1_r1_puzzle_eda_4hz.csv",
    "in4": "in4_short200_1hz.csv",
}


def pair(data: Path, name: str, every: int = 1):
    """Both series of an input, every so many rows."""
    table = np.loadtxt(data / "oracles" / "inputs" / FILES[name], delimiter=",", skiprows=1)
    return table[::every, 1], table[::every, 2]


def figures(data: Path, tool: str):
    """What a tool gave."""
    return json.loads((data / "oracles" / f"{tool}.json").read_text())


def z(series):
    """Standardised as R's `scale` does."""
    return (series - series.mean()) / series.std(ddof=1)
