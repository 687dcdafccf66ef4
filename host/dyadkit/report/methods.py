"""Methods text ready to paste: of what was measured, how it was read, tested and decided."""

import importlib.metadata
import platform
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dyadkit.analysis.decision import ALPHA, About
from dyadkit.analysis.findings import BOUNDS_PER_CLAIM, RATE_HZ, Findings
from dyadkit.analysis.provenance import lag_searched_s
from dyadkit.analysis.regulation import EVENT_LAG_S
from dyadkit.analysis.schema import PUBLISHED
from dyadkit.dyad.provenance import Whence, Worn
from dyadkit.report.references import OF_A_SESSION, Reference, software_entry
from dyadkit.report.sections.data_quality import time_words
from dyadkit.report.words import listed
from dyadkit.signals.eda.responses import MIN_USIEMENS
from dyadkit.signals.ppg import TRUSTED
from dyadkit.synchrony.chance.question import MIN_SHIFT_S
from dyadkit.synchrony.coupling.strength import BAND_HZ, SEGMENT_S
from dyadkit.synchrony.profile.contexts import WINDOW_S
from dyadkit.synchrony.verdicts import NAMED_AT
from dyadkit.synchrony.verdicts.estimate import CALMED, WOUND_UP
from dyadkit.synchrony.verdicts.laplace import DRAWS, HIGHEST_HZ

_LIBRARIES = ("numpy", "scipy", "matplotlib")
_PULSE, _SKIN = ("ppg", "ppg_ir", "ppg_green", "ppg_red"), ("eda",)
_PEOPLE = {
    Whence.RECORDED: "Two people wore a pair of dyadkit wearables for {}.",
    Whence.IMPORTED: "Recordings of two people by other devices, {} long, were imported.",
    Whence.REPLAYED: "Recordings of two people by other devices, {} long, were replayed through "
    "simulated dyadkit wearables.",
    Whence.SIMULATED: "Two people, their sensors and clocks were simulated for {}; no one was "
    "recorded.",
}


@dataclass(frozen=True, slots=True)
class Methods:
    """Methods of a session: paragraphs and references to paste, and how to get the same again."""

    paragraphs: Sequence[str]
    references: Sequence[Reference]
    bibtex: str
    again: str


def methods(findings: Findings) -> Methods:
    """The methods of one session."""
    paragraphs = [_measured(findings), _read(), _tested(findings), _decided(findings)]
    bibtex = "\n\n".join([software_entry(), *(one.bibtex for one in OF_A_SESSION)])
    return Methods(paragraphs, OF_A_SESSION, bibtex, _again(findings))


def _measured(findings: Findings) -> str:
    origin = findings.origin
    people = _PEOPLE[origin.whence] if origin else "Two people were recorded for {}."
    parts = [people.format(f"{findings.duration_s / 60:.1f} minutes")]
    if origin is not None:
        parts += [
            f"{what} was sampled at {rates} (person a, person b)."
            for what, names in (("The pulse wave", _PULSE), ("Skin conductance", _SKIN))
            if (rates := _rates(origin.a, origin.b, names))
        ]
    spans = [one for one in findings.marks if one.kind == "condition"]
    if spans:
        named = [f"{one.label} ({(one.stop_s - one.start_s) / 60:.1f} min)" for one in spans]
        parts.append(f"Marked conditions, in order: {', '.join(named)}.")
    bound_s = findings.clock.median_bound_s
    if np.isfinite(bound_s) and bound_s > 0:
        parts.append(
            f"Both were on one time line within {time_words(bound_s)} (95 % bound, median); lags "
            f"below {BOUNDS_PER_CLAIM:.0f} bounds were not interpreted."
        )
    return " ".join(parts)


def _rates(a: Worn, b: Worn, names: Sequence[str]) -> str:
    for name in names:
        if name in a.rates_hz and name in b.rates_hz:
            return f"{a.rates_hz[name]:.4g} and {b.rates_hz[name]:.4g} Hz"
    return ""


def _read() -> str:
    return (
        "Beats were placed at the middle of the pulse's rise; seconds and beats of a quality below "
        f"{TRUSTED:g} (scale 0 to 1) were left out. Heart rate was put on a grid of {RATE_HZ:g} Hz "
        "where it was trusted; nothing was interpolated over gaps. Variability of inter-beat "
        "intervals follows the Task Force (1996), with a standard error by block jackknife "
        "(Künsch, 1989). Skin conductance was decomposed into tonic level (SCL) and responses "
        f"(SCR) by a convex model (Greco et al., 2016); responses of at least {MIN_USIEMENS:g} µS "
        "count (Boucsein et al., 2012)."
    )


def _tested(findings: Findings) -> str:
    lag_s = lag_searched_s(findings)
    waveform = (
        "by a band scan of whitened series (after Haugh, 1976) at lags to "
        f"±{lag_s:g} s against all circular shifts of at least {MIN_SHIFT_S:.0f} s"
    )
    parts = [_skin_tested(findings, lag_s, waveform)]
    parts.append(
        f"Coupling of heart rate was tested {waveform}."
        if "heart_rate" in findings.coupling
        else "Coupling of heart rate could not be tested."
    )
    parts.append("A positive lag means b follows a.")
    if findings.strength:
        parts.append(
            f"Shared variance is the coherence between {BAND_HZ[0]:g} and {BAND_HZ[1]:g} Hz over "
            f"pairs of different {SEGMENT_S:.0f} s segments, which is zero on average without "
            "coupling, with a 95 % block-jackknife interval (Künsch, 1989)."
        )
    return " ".join(parts)


def _skin_tested(findings: Findings, lag_s: float, waveform: str) -> str:
    if findings.events is not None:
        return (
            "Coupling of skin conductance was tested by a directional score test on the onsets of "
            f"responses at lags to {max(EVENT_LAG_S, lag_s):g} s, given each person's own past, "
            "slow drifts and the marked conditions."
        )
    if "eda" in findings.coupling:
        return (
            "Responses were too few for a test on their onsets; skin conductance was tested "
            f"{waveform}."
        )
    return "Coupling of skin conductance could not be tested."


def _decided(findings: Findings) -> str:
    parts = [
        "Whether each is calmed or wound up by the other was judged by a bivariate spectral model "
        f"of heart rate below {HIGHEST_HZ:g} Hz with correlated drives (Whittle, 1953; "
        f"{DRAWS} Laplace draws a hypothesis), as the variance with this partner over that with a "
        f"partner who stays constant; named below {CALMED:g} or above {WOUND_UP:g} at a belief of "
        f"{NAMED_AT:.2f}."
    ]
    if any(one.about is About.CONTEXT for one in findings.said):
        parts.append(
            f"Conditions were contrasted by generalised least squares on {WINDOW_S:.0f} s windows "
            "with a linear drift."
        )
    parts.append(
        f"All tests of the session share one error rate of {ALPHA:g} (closed procedure on a graph; "
        f"Bretz et al., 2009). Seed {findings.seed}; dyadkit {findings.version}."
    )
    return " ".join(parts)


def _again(findings: Findings) -> str:
    versions = [f"Python {platform.python_version()}"]
    versions += [f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES]
    origin = findings.origin
    sha256 = origin.sha256 if origin and origin.sha256 else "not stored"
    firmware = (
        sorted({one.firmware for one in (origin.a, origin.b) if one.firmware}) if origin else []
    )
    lines = [
        f"dyadkit analyze {findings.source} --seed {findings.seed} --max-lag-s "
        f"{lag_searched_s(findings):g} --report report.html --report report.json",
        f"data      sha256 {sha256}",
        f"dyadkit   {findings.version}, page drawn with {', '.join(versions)}",
        f"firmware  {listed(firmware) if firmware else 'not told'}",
        f"format    report.json, schema version {findings.schema_version} ({PUBLISHED.name})",
    ]
    return "\n".join(lines)


def limits(findings: Findings) -> list[str]:
    """What one session can never say, and what this one could not."""
    found = [
        "One session of one pair: nothing here describes a person or a relationship in general.",
        "A lag is order in time, not cause.",
        "Shifts in time cannot tell contact from a shared schedule; partners from other sessions "
        "under the same schedule can (analyze --others).",
        "Each is compared with a partner who stays constant, not with being alone: a recording of "
        "each alone would say more.",
    ]
    spans = [one.label for one in findings.marks if one.kind == "condition"]
    if spans and len(set(spans)) == len(spans):
        found.append("Each condition came once: condition and time cannot be told apart.")
    if findings.simulated:
        found.append("The people, sensors, radio and clocks of this session are simulated.")
    elif findings.replayed:
        found.append(
            "People were recorded by another device; sensors, radio and clocks are simulated."
        )
    return found
