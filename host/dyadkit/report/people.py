"""Report section on each person: in numbers and over time."""

import numpy as np

from dyadkit.analysis.findings import Findings
from dyadkit.dyad.arrays import Floats
from dyadkit.report.figures import Panel
from dyadkit.report.words import UNKNOWN, Table, median, number
from dyadkit.signals import Physiology
from dyadkit.signals.hrv import Hrv
from dyadkit.signals.physiology import SERIES_HZ
from dyadkit.signals.rhythm import HeartRhythm
from dyadkit.signals.seconds import trusted_share

ALL = 0.9
"""Of the time: what a number comes from is said where it is less."""


def persons(findings: Findings) -> Table:
    """Table of each person: heart rate, RMSSD, SDNN, breathing, median SCL, SCR per minute."""
    rows = []
    for name in ("a", "b"):
        body: Physiology = getattr(findings.physiology, name)
        breathing = body.respiration.breaths_per_minute
        rows.append(
            (
                name,
                _of_part(body.hrv.mean_bpm, "{:.1f} bpm", body.heart_rate_bpm),
                _rmssd(body.hrv),
                _between(body.hrv.sdnn_ms, body.hrv.sdnn_interval_ms),
                _of_part(median(breathing), "{:.1f} /min", breathing),
                number(median(body.tonic_usiemens), "{:.2f} µS"),
                _responses(body),
            )
        )
    head = ("person", "heart rate", "RMSSD", "SDNN", "breathing", "tonic level", "responses")
    return Table("Rhythm and arousal of each person over the whole session", head, rows)


def _of_part(value: float, form: str, series: Floats) -> str:
    """A number, with the share of the time it comes from where that is not nearly all of it."""
    known = trusted_share(series)
    whence = f", from {known:.0%} of the time" * (known < ALL)
    return number(value, form) + whence * bool(np.isfinite(value))


def _responses(body: Physiology) -> str:
    """Responses and the minutes in which they could be seen: a count is said as one."""
    minutes = float(np.isfinite(body.tonic_usiemens).sum()) / SERIES_HZ / 60
    if not minutes:
        return "–"
    count = len(body.responses)
    return f"{count / minutes:.1f} /min ({count} in {minutes:.1f} min)"


def _rmssd(found: Hrv) -> str:
    if not found.rhythm.vagal:
        return "irregular rhythm: variability is not vagal here"
    stated = _between(found.rmssd_ms, found.rmssd_interval_ms)
    early = stated != UNKNOWN and found.rhythm is HeartRhythm.EARLY_BEATS
    return f"{stated}, between many early beats" if early else stated


def _between(stated_ms: float, limits_ms: tuple[float, float]) -> str:
    """The limits of a figure; the upper alone where the doubt exceeds the figure."""
    low_ms, high_ms = limits_ms
    if not np.isfinite(high_ms):
        return UNKNOWN
    if not np.isfinite(stated_ms):
        return f"at most {high_ms:.0f} ms"
    if round(low_ms) == round(high_ms):
        return f"{high_ms:.0f} ms"
    return f"{low_ms:.0f}–{high_ms:.0f} ms"


def assays(findings: Findings) -> Table | None:
    """Table of what a laboratory found, as it was given; None where nothing was."""
    if not findings.assays:
        return None
    rows = [
        (one.person, f"{one.at_s / 60:.1f}", one.analyte, f"{one.value:g} {one.unit}".strip())
        for one in findings.assays
    ]
    head = ("person", "minute", "analyte", "value")
    return Table("Single measures of a laboratory, as they were given", head, rows)


def panels(findings: Findings) -> list[Panel]:
    """Strips of the figure over time: heart rate, skin conductance, its phasic part."""
    a, b = findings.physiology.a, findings.physiology.b
    return [
        Panel("heart rate (bpm)", (a.times_s, a.heart_rate_bpm), (b.times_s, b.heart_rate_bpm)),
        Panel(
            "skin conductance (µS)",
            (a.times_s, a.tonic_usiemens + a.phasic_usiemens),
            (b.times_s, b.tonic_usiemens + b.phasic_usiemens),
        ),
        Panel("phasic (µS)", (a.times_s, a.phasic_usiemens), (b.times_s, b.phasic_usiemens)),
    ]
