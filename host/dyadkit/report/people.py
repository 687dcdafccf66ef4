"""Report section on each person: in numbers and over time."""

import numpy as np

from dyadkit.analysis.findings import Findings, trusted_share
from dyadkit.report.figures import Panel
from dyadkit.report.words import UNKNOWN, Table, median, number
from dyadkit.signals import Physiology
from dyadkit.signals.hrv import Hrv
from dyadkit.signals.rhythm import HeartRhythm

MIN_SHARE = 0.5  # of the session: a figure of less of it says of how much


def persons(findings: Findings) -> Table:
    """Table of each person: heart rate, RMSSD, SDNN, breathing, median SCL, SCR per minute."""
    minutes = findings.duration_s / 60
    rows = []
    for name in ("a", "b"):
        body: Physiology = getattr(findings.physiology, name)
        rate_share, breath_share = (
            trusted_share(series)
            for series in (body.heart_rate_bpm, body.respiration.breaths_per_minute)
        )
        breaths = number(median(body.respiration.breaths_per_minute), "{:.1f} /min")
        rows.append(
            (
                name,
                _of_share(number(body.hrv.mean_bpm, "{:.1f} bpm"), rate_share),
                _rmssd(body.hrv),
                _between(body.hrv.sdnn_ms, body.hrv.sdnn_interval_ms),
                _of_share(breaths, breath_share),
                number(median(body.tonic_usiemens), "{:.2f} µS"),
                f"{len(body.responses) / minutes:.1f} /min",
            )
        )
    head = ("person", "heart rate", "RMSSD", "SDNN", "breathing", "tonic level", "responses")
    return Table("Rhythm and arousal of each person over the whole session", head, rows)


def _of_share(words: str, share: float) -> str:
    """A figure, with the share of the session it is of where that is the smaller part."""
    if words == UNKNOWN or share >= MIN_SHARE:
        return words
    return f"{words} in the {share:.0%} of the session that could be trusted"


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
