"""Report section on each person: in numbers and over time."""

import numpy as np

from dyadkit.analysis.findings import Findings
from dyadkit.report.figures import Panel
from dyadkit.report.words import Table, median, number
from dyadkit.signals import Physiology
from dyadkit.signals.hrv import Hrv


def persons(findings: Findings) -> Table:
    """Table of each person: heart rate, RMSSD, SDNN, breathing, median SCL, SCR per minute."""
    minutes = findings.duration_s / 60
    rows = []
    for name in ("a", "b"):
        body: Physiology = getattr(findings.physiology, name)
        rows.append(
            (
                name,
                number(body.hrv.mean_bpm, "{:.1f} bpm"),
                _rmssd(body.hrv),
                number(body.hrv.sdnn_ms, "{:.0f} ms"),
                number(median(body.respiration.breaths_per_minute), "{:.1f} /min"),
                number(median(body.tonic_usiemens), "{:.2f} µS"),
                f"{len(body.responses) / minutes:.1f} /min",
            )
        )
    head = ("person", "heart rate", "RMSSD", "SDNN", "breathing", "tonic level", "responses")
    return Table("Rhythm and arousal of each person over the whole session", head, rows)


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
