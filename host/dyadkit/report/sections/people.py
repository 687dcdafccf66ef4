"""Report section on each person: in numbers and over time."""

from typing import Any

import numpy as np
from markupsafe import Markup

from dyadkit import plot
from dyadkit.analysis.findings import Findings
from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.report.drawing import Alt, Space, figure
from dyadkit.report.sections.data_quality import ALL
from dyadkit.report.words import UNKNOWN, Table, median, number
from dyadkit.signals import Physiology
from dyadkit.signals.hrv import Hrv
from dyadkit.signals.physiology import SERIES_HZ
from dyadkit.signals.rhythm import HeartRhythm
from dyadkit.signals.seconds import trusted_share


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
    head = ("person", "heart rate", "RMSSD", "SDNN", "breathing", "SCL, median", "NS-SCR")
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


def together(findings: Findings) -> Markup:
    """Figure of both people on one time line."""
    rates = [median(body.heart_rate_bpm) for body in _bodies(findings)]
    counts = [len(body.responses) for body in _bodies(findings)]
    alt = Alt(
        "Heart rate, skin conductance and skin responses of both people over the session",
        f"Median heart rate a {number(rates[0], '{:.0f}')}, b {number(rates[1], '{:.0f}')} beats a "
        f"minute; {counts[0]} skin responses of a, {counts[1]} of b.",
    )
    space = Space(430, 40, 26, 20, 40)
    return figure(lambda axes: plot.pair(findings, axes=axes), alt, space)


def details(findings: Findings) -> list[dict[str, Any]]:
    """Of each person: raw pulse with its beats, the course of everything, and what is missing."""
    return [_detail(findings, name) for name in PERSONS]


def _detail(findings: Findings, name: PersonName) -> dict[str, Any]:
    raw, course = Space(96, 16, 16, 6, 40), Space(470, 44, 16, 20, 40)
    beats = Alt(
        f"Raw pulse wave of {name}, some seconds, with the beats found in it",
        "A tick below each beat; dashed where it is a guess from its neighbours.",
    )
    whole = Alt(
        f"Inter-beat intervals, skin conductance, skin responses and breathing of {name}",
        "Each over the whole session; a broken line was not trusted.",
    )
    return {
        "name": name,
        "raw": figure(lambda axes: plot.excerpt(findings, name, axes=axes), beats, raw)
        if name in findings.excerpts
        else "",
        "course": figure(lambda axes: plot.person(findings, name, axes=axes), whole, course),
        "note": _no_responder(getattr(findings.physiology, name), name),
        "notes": getattr(findings.quality, name).notes,
    }


def _no_responder(body: Physiology, name: str) -> str:
    """What a skin without responses may be; empty where there are some, or none could be seen."""
    if body.responses or not np.isfinite(body.phasic_usiemens).any():
        return ""
    return (
        f"No skin conductance response was seen in {name}. Some people show none (non-responders), "
        "and a dry or loose electrode looks the same: nothing is said of this person's responses."
    )


def _bodies(findings: Findings) -> tuple[Physiology, Physiology]:
    return findings.physiology.a, findings.physiology.b
