"""Findings become a page: tables, figures and sentences for a reader who knows no code."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, select_autoescape

from dyadkit.findings import SIGNAL_WORDS, Findings
from dyadkit.report.figures import Panel, Surface, coupling_surface, time_courses
from dyadkit.signals import Physiology
from dyadkit.synchrony.coupling import windowed_correlation
from dyadkit.synchrony.dynamics import OscillatorFit

WINDOW_S, STEP_S = 30.0, 5.0
RATE_HZ = 4.0


@dataclass(frozen=True, slots=True)
class Table:
    """A table of words."""

    caption: str
    head: tuple[str, ...]
    body: Sequence[tuple[str, ...]]


def render(findings: Findings) -> str:
    """The report as HTML: one file, no network, readable without JavaScript."""
    environment = Environment(
        loader=PackageLoader("dyadkit.report", ""), autoescape=select_autoescape(["html"])
    )
    return environment.get_template("template.html").render(**_content(findings))


def _content(findings: Findings) -> dict[str, Any]:
    return {
        "title": f"Session report: {_name(findings.source)}",
        "subtitle": _subtitle(findings),
        "simulated": findings.simulated,
        "sentences": _sentences(findings),
        "trust": _trust(findings),
        "quality": _quality(findings),
        "persons": _persons(findings),
        "courses": time_courses(_panels(findings)),
        "coupling": _coupling(findings),
        "surfaces": _surfaces(findings),
        "regulation": _regulation(findings),
        "dynamics": _dynamics(findings.dynamics),
        "methods": _methods(findings),
    }


def _name(source: str) -> str:
    path = Path(source)
    return path.parent.name if path.suffix == ".mcap" else path.name


def _subtitle(findings: Findings) -> str:
    codes = [code for code in findings.participants if code]
    who = f"participants {' and '.join(codes)}, " if codes else ""
    return f"{who}{findings.duration_s / 60:.1f} minutes, persons a and b"


def _sentences(findings: Findings) -> list[str]:
    if findings.profile is None:
        return findings.sentences()
    told = [one.sentence for one in findings.profile.statements if one.decided]
    return [*findings.sentences(), *told]


def _trust(findings: Findings) -> str:
    bound_ms = findings.clock.median_bound_s * 1e3
    if not np.isfinite(bound_ms):
        return "The alignment of the two wearables is not stated for this recording."
    return (
        f"Both wearables are on one clock within {bound_ms:.1f} ms (95 % bound, median over the "
        f"session; at worst {findings.clock.worst_bound_s * 1e3:.1f} ms). Lags finer than three "
        "times this bound are not reported."
    )


def _quality(findings: Findings) -> Table:
    rows = []
    for name in ("a", "b"):
        one = getattr(findings.quality, name)
        rows.append(
            (name, f"{one.pulse_trusted:.0%}", f"{one.skin_trusted:.0%}", "; ".join(one.notes))
        )
    head = ("person", "pulse trusted", "skin conductance trusted", "notes")
    return Table("Share of the session in which each signal can be trusted", head, rows)


def _persons(findings: Findings) -> Table:
    minutes = findings.duration_s / 60
    rows = []
    for name in ("a", "b"):
        body: Physiology = getattr(findings.physiology, name)
        rows.append(
            (
                name,
                _number(body.hrv.mean_bpm, "{:.1f} bpm"),
                _number(body.hrv.rmssd_ms, "{:.0f} ms"),
                _number(body.hrv.sdnn_ms, "{:.0f} ms"),
                _number(_median(body.respiration.breaths_per_minute), "{:.1f} /min"),
                _number(_median(body.tonic_usiemens), "{:.2f} µS"),
                f"{len(body.responses) / minutes:.1f} /min",
            )
        )
    head = ("person", "heart rate", "RMSSD", "SDNN", "breathing", "tonic level", "responses")
    return Table("Rhythm and arousal of each person over the whole session", head, rows)


def _panels(findings: Findings) -> list[Panel]:
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


def _coupling(findings: Findings) -> Table:
    kept = findings.beyond_chance()
    rows = []
    for name, one in findings.coupling.items():
        low, high = one.lag_interval_s
        told = name in kept
        rows.append(
            (
                SIGNAL_WORDS[name],
                "yes" if told else "no",
                f"{one.p:.3f}" if one.p >= 0.001 else "< 0.001",
                f"{one.strength:+.2f}",
                f"{one.lag_s:+.2f} s ({low:+.1f} to {high:+.1f})" if told else "–",
                one.leader.value if told else "–",
                f"{one.coverage:.0%}",
            )
        )
    head = ("signal", "beyond chance", "p", "correlation", "lag (95 %)", "leader", "data used")
    return Table("Coupling. A positive lag means b follows a", head, rows)


def _surfaces(findings: Findings) -> list[dict[str, str]]:
    shown = []
    kept = findings.beyond_chance()
    for name, one in findings.coupling.items():
        a, b = (_series(body, name) for body in (findings.physiology.a, findings.physiology.b))
        found = windowed_correlation(a, b, RATE_HZ, WINDOW_S, STEP_S, one.max_lag_s)
        surface = Surface(found.times_s, found.lags_s, found.r)
        svg = coupling_surface(surface, one.lag_s if name in kept else None)
        caption = (
            f"{SIGNAL_WORDS[name].capitalize()}: correlation in {WINDOW_S:.0f} s windows at every "
            "lag (left) and its mean over the session (right). Single windows vary by chance; "
            "only the test above tells whether the whole exceeds it."
        )
        shown.append({"svg": svg, "caption": caption})
    return shown


def _series(body: Physiology, name: str) -> Any:
    return body.tonic_usiemens + body.phasic_usiemens if name == "eda" else body.heart_rate_bpm


def _regulation(findings: Findings) -> list[str]:
    fit = findings.dynamics
    if fit is None:
        why = findings.refusals.get("dynamics", "no model was fitted")
        return [f"How the two regulate each other cannot be said: {why}."]
    told = [
        "Heart rate of both is described as two coupled, noise-driven oscillators; the question is "
        "whether each varies less (calmed) or more (wound up) with the partner than alone.",
        f"Regime: {fit.regime} (probability {fit.regime_probability:.0%})."
        if np.isfinite(fit.regime_probability)
        else f"Regime: {fit.regime}.",
    ]
    return told + ([fit.note] if fit.note else [])


def _dynamics(fit: OscillatorFit | None) -> Table | None:
    if fit is None or not np.isfinite(fit.period_s[0]):
        return None
    rows = [
        (
            name,
            _number(fit.period_s[k], "{:.0f} s"),
            _number(fit.damping_ratio[k], "{:.2f}"),
            _number(fit.variance_ratio[k], "{:.2f}"),
            "{:.2f} to {:.2f}".format(*fit.variance_ratio_interval[k]),
            f"{(fit.p_b_to_a, fit.p_a_to_b)[k]:.3f}",
        )
        for k, name in enumerate(("a", "b"))
    ]
    head = ("person", "own period", "damping ratio", "variance with / without partner",
            "95 %", "p, driven by partner")  # fmt: skip
    return Table("Below 1 the partner calms, above 1 the partner winds up", head, rows)


def _methods(findings: Findings) -> list[str]:
    lines = [
        f"dyadkit {findings.version}, seed {findings.seed}; source {_name(findings.source)}. "
        "Equal data, version and seed give equal numbers.",
        "Beats: band-passed pulse, upslope candidates, dynamic programming over the beat period; "
        "heart rate at 4 Hz only where the pulse can be trusted.",
        "Skin conductance: convex decomposition into tonic level and phasic responses, both "
        "non-negative (after Greco et al. 2016).",
        "Coupling: whitened band scan over all lags, tested against every admissible circular "
        "shift. Circular shifts cannot tell coupling from a schedule or stimulus that both people "
        "share; to claim influence, compare with other pairs recorded at the same time.",
        "A lag describes order in time, not cause.",
    ]
    if findings.simulated:
        lines.append("The people, sensors, radio and clocks of this session are simulated.")
    return lines


def _median(values: Any) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")


def _number(value: float, form: str) -> str:
    return form.format(value) if np.isfinite(value) else "–"
