"""Report section on each person: in numbers and over time."""

import numpy as np

from dyadkit.analysis.findings import Findings
from dyadkit.dyad.arrays import Floats
from dyadkit.report.figures import Panel
from dyadkit.report.words import Table, median, number
from dyadkit.signals import Physiology
from dyadkit.signals.hrv import Hrv
from dyadkit.signals.physiology import SERIES_HZ
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
                number(body.hrv.sdnn_ms, "{:.0f} ms"),
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
    known = number(found.rmssd_ms, "{:.0f} ms")
    if not np.isfinite(found.rmssd_error_ms):
        return known
    return f"{known} ± {found.rmssd_error_ms:.0f} ms, noise {found.rmssd_noise_ms:.0f} ms"


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
