"""What stands in the end: how usable a session is, condition by condition, and its report."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import numpy as np

from dyadkit.capture.outcome import Outcome
from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.traces import PERSONS, Dyad
from dyadkit.errors import DyadkitError
from dyadkit.sessions.extraction import extraction_of
from dyadkit.sessions.loading import load
from dyadkit.sessions.overview import describe
from dyadkit.sessions.usability import MIN_TRUSTED

REPORT_NAME = "report.html"
SIGNALS = {"pulse": "heart_rate_bpm", "skin": "tonic_usiemens"}


def ending_of(folder: Path, outcome: Outcome) -> dict[str, Any]:
    """How a session ended, as the page shows it.

    coverage : share of each condition that each signal of each person is known in
    """
    try:
        found, dyad = describe(folder), load(folder)
        coverage = _coverage(dyad)
    except DyadkitError as error:
        return {"usability": "not usable", "reasons": [str(error)], "coverage": [], "notes": []}
    return {
        "usability": found.usability,
        "reasons": list(found.reasons),
        "duration_s": round(outcome.duration_s, 1),
        "notes": outcome.sentences()[1:],
        "min_trusted": MIN_TRUSTED,
        "coverage": coverage,
    }


async def write_report(folder: Path) -> str:
    """Have the session analyzed beside this process; why there is no report, or nothing."""
    report = folder / REPORT_NAME
    words = (sys.executable, "-m", "dyadkit", "analyze", str(folder), "--report", str(report))
    nothing = asyncio.subprocess.DEVNULL
    made = await asyncio.create_subprocess_exec(
        *words, stdin=nothing, stdout=nothing, stderr=asyncio.subprocess.PIPE
    )
    _, said = await made.communicate()
    return "" if report.is_file() else said.decode("utf-8", "replace").strip()[-300:]


def _coverage(dyad: Dyad) -> list[dict[str, Any]]:
    bodies = extraction_of(dyad)
    spans = [(one.label, one.start_s, one.stop_s) for one in dyad.marks if one.kind == "condition"]
    spans = spans or [("Whole session", 0.0, dyad.duration_s)]
    rows = []
    for person in PERSONS:
        body = bodies.person(person)
        for signal, name in SIGNALS.items():
            series: Floats = getattr(body, name)
            shares = [_known(body.times_s, series, start, stop) for _, start, stop in spans]
            rows.append({"person": person, "signal": signal, "known": shares})
    named = [{"label": label, "seconds": round(stop - start, 1)} for label, start, stop in spans]
    return [{"conditions": named}, *rows]


def _known(times_s: Floats, series: Floats, start_s: float, stop_s: float) -> float | None:
    inside = (times_s >= start_s) & (times_s < stop_s)
    return round(float(np.isfinite(series[inside]).mean()), 3) if inside.any() else None
