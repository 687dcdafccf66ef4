"""Report section on regulation: whether the two calm each other or wind each other up."""

import numpy as np

from dyadkit.analysis.findings import Findings
from dyadkit.report.figures import regulation_course
from dyadkit.report.words import Table, number
from dyadkit.synchrony.chance.correction import printed_p
from dyadkit.synchrony.dynamics import DECIDED, OscillatorFit, Regime

_LONGER = (
    "Of simulated dyads whose arousal swings in 25 s, five minutes name the regime in 58 %, ten in "
    "78 %, twenty in 84 %: record longer if that is what matters."
)


def regulation(findings: Findings) -> list[str]:
    """Sentences on the regime, or on why it cannot be told."""
    fit = findings.dynamics
    if fit is None:
        why = findings.refusals.get("dynamics", "no model was fitted")
        return [f"How the two regulate each other cannot be said: {why}."]
    reported = [
        "Heart rate of both, without breathing, is described as two coupled, noise-driven "
        "oscillators; the question is whether each varies less (calmed) or more (wound up) with "
        "the partner than alone.",
        _verdict(fit),
    ]
    reported += [f"Why: {fit.note}."] if fit.note else []
    return reported + _along(findings)


def _verdict(fit: OscillatorFit) -> str:
    if fit.regime is not Regime.UNDECIDED:
        return f"Regime: {fit.regime} (belief {fit.regime_probability:.0%})."
    if fit.note or not np.isfinite(fit.regime_probability):
        return "Regime: undecided."
    return (
        f"Regime: undecided. The likeliest, {fit.belief.likeliest()}, is believed "
        f"{fit.regime_probability:.0%}; {DECIDED:.0%} are needed to name it. {_LONGER}"
    )


def _along(findings: Findings) -> list[str]:
    """The regimes along the session, where they change."""
    stretches = findings.course.stretches() if findings.course else []
    if len({regime for _, _, regime in stretches}) < 2:
        return []
    reported = ", ".join(
        f"{regime} from minute {first_s / 60:.0f} to {last_s / 60:.0f}"
        for first_s, last_s, regime in stretches
    )
    return [f"Along the session, by the middles of windows of five minutes: {reported}."]


def dynamics(fit: OscillatorFit | None) -> Table | None:
    """Table of the oscillator model of each person; None where it has no parameters to show."""
    if fit is None or not np.isfinite(fit.period_s[0]):
        return None
    rows = [
        (
            name,
            number(fit.period_s[k], "{:.0f} s"),
            number(fit.damping_ratio[k], "{:.2f}"),
            number(fit.variance_ratio[k], "{:.2f}"),
            "{:.2f} to {:.2f}".format(*fit.variance_ratio_interval[k]),
            printed_p((fit.p_b_to_a, fit.p_a_to_b)[k]),
        )
        for k, name in enumerate(("a", "b"))
    ]
    head = ("person", "own period", "damping ratio", "variance with / without partner",
            "95 %", "p, driven by partner")  # fmt: skip
    return Table("Below 1 the partner calms, above 1 the partner winds up", head, rows)


def course(findings: Findings) -> str:
    """Figure of regimes and variance ratios along the session; empty where no window could tell."""
    found = findings.course
    if found is None or not np.isfinite(found.variance_ratio).any():
        return ""
    return regulation_course(found)


def responsiveness(findings: Findings) -> Table | None:
    """Table of who answers whom: how often, against chance, how soon, which way."""
    found = findings.responses
    if found is None:
        return None
    rows = [
        (
            words,
            f"{one.events} of {one.peaks}",
            number(one.probability, "{:.0%}"),
            number(one.chance_probability, "{:.0%}"),
            printed_p(one.p),
            one.direction.value,
            number(one.latency_s, "{:.1f} s"),
        )
        for words, one in (("a answers b", found.b_to_a), ("b answers a", found.a_to_b))
    ]
    head = ("who", "peaks that count", "answered", "by chance", "p", "direction", "latency")
    return Table("Answers to the other's arousal peaks in skin conductance", head, rows)


def recovery(findings: Findings) -> Table | None:
    """Table of how fast each person settles after an own arousal peak."""
    found = findings.responses
    if found is None:
        return None
    rows = [
        (
            name,
            number(one.usual_s, "{:.1f} s"),
            f"{number(one.alone_s, '{:.1f} s')} ({one.alone})",
            f"{number(one.together_s, '{:.1f} s')} ({one.together})",
            printed_p(one.p),
        )
        for name, one in (("a", found.recovery_a), ("b", found.recovery_b))
    ]
    head = ("person", "settles in", "alone (peaks)", "with the partner's peak", "p, difference")
    caption = "Time until 63 % of a rise are gone: of the typical rise; medians of single ones"
    return Table(caption, head, rows)


def profile(findings: Findings) -> Table | None:
    """Table of every statement of the profile with what it does not mean."""
    if findings.profile is None:
        return None
    rows = [(one.topic.value, one.sentence, one.limits) for one in findings.profile.statements]
    return Table("What this session shows", ("about", "finding", "what it does not mean"), rows)


def cautions(findings: Findings) -> list[dict[str, str]]:
    """Patterns that passed their threshold, each with what it does not mean."""
    if findings.profile is None:
        return []
    return [
        {
            "name": one.pattern.value,
            "evidence": one.evidence,
            "threshold": one.threshold,
            "not": one.does_not_mean,
        }
        for one in findings.profile.cautions
    ]
