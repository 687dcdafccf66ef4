"""Figures of the bring-up's steps from recordings of both boards."""

from collections.abc import Callable
from typing import Any

import numpy as np

from dyadkit.decoding.decode import Decoded
from dyadkit.decoding.runs import Run
from dyadkit.devices.bench.bringup import Figures, Measure
from dyadkit.devices.bench.clock_bench import Benched, measure
from dyadwire import messages, streams

NOMINAL_PPG_MILLIHZ = 100_000


def radio(session: Benched) -> Figures:
    """What the radio did: blocks that flash had to give later, what never came, and how fast."""
    both = list(session.decoded.values())
    blocks = sum(len(run.sequences) for one in both for run in one.runs.values())
    fetched = sum(
        message.stop - message.first
        for one in both
        for message in _of(one, messages.Fetched)
        if message.stop != messages.OPEN_END
    )
    return {
        "samples that came late": _percent(fetched, blocks),
        "samples lost in the end": _percent(_missing(both), _samples(both)),
        "throughput": sum(_bytes_per_s(one) for one in both) * 1e-3,
    }


def bus_timing(session: Benched) -> Figures:
    """What the bus and its interrupts did: the pulse's rate, pauses bridged, samples lost."""
    both = list(session.decoded.values())
    rates = [
        100 * (one.ppg_millihz / NOMINAL_PPG_MILLIHZ - 1)
        for each in both
        for one in _of(each, messages.Status)
        if one.ppg_millihz
    ]
    skin = [r for one in both for (_, kind), r in one.runs.items() if kind == streams.EDA_CURRENT]
    bridged = sum(int(run.counts[run.status & streams.BRIDGED != 0].sum()) for run in skin)
    lost = sum(max((one.lost for one in _of(each, messages.Status)), default=0) for each in both)
    return {
        "PPG rate off its nominal": max(rates, key=abs, default=float("nan")),
        "skin conductance that bridges a pause": _percent(bridged, _total(skin)),
        "samples lost at the sensors": 10 * _percent(lost, _samples(both)),
    }


def alignment(session: Benched) -> Figures:
    """The clock map against a wire."""
    found = measure(session)
    return {
        "map minus wire, p95": found.p95_ms,
        "falls within the stated bound": 100 * found.covered,
    }


def soak(session: Benched) -> Figures:
    """What a long recording lost, and how often a board started over or complained."""
    both = list(session.decoded.values())
    return {
        "samples missing in the end": 1e4 * _percent(_missing(both), _samples(both)),
        "restarts": float(sum(len(one.boots()) - 1 for one in both)),
        "faults": float(sum(len(_of(one, messages.Fault)) for one in both)),
    }


MEASURES: dict[str, Measure] = {
    "radio-1m": radio,
    "radio-5m": radio,
    "radio-10m": radio,
    "bus-timing": bus_timing,
    "alignment": alignment,
    "soak": soak,
}
"""By the name of the step."""


def _of(decoded: Decoded, kind: Callable[..., object]) -> list[Any]:
    return [one for _, one in decoded.others if type(one) is kind]


def _samples(both: list[Decoded]) -> int:
    return sum(_total(list(one.runs.values())) for one in both) + _missing(both)


def _total(runs: list[Run]) -> int:
    return sum(int(run.counts.sum()) for run in runs)


def _missing(both: list[Decoded]) -> int:
    return sum(run.missing_samples() for one in both for run in one.runs.values())


def _bytes_per_s(decoded: Decoded) -> float:
    """What one board's radio carried at its fastest: the best ten seconds of notifications."""
    if len(decoded.sends) < 2:
        return float("nan")
    at_s = np.array([one[2] for one in decoded.sends]) * 1e-9
    size = np.array([one[3] for one in decoded.sends], dtype=float)
    bins = np.bincount(((at_s - at_s[0]) / 10.0).astype(int), weights=size)
    return float(bins.max() / 10.0)


def _percent(part: float, whole: float) -> float:
    return 100.0 * part / whole if whole else float("nan")
