"""Report section on regulation: whether the two calm each other or wind each other up."""

import numpy as np

from dyadkit.analysis.decision import About
from dyadkit.analysis.findings import Findings
from dyadkit.report.figures import verdict_course
from dyadkit.report.words import Table, number
from dyadkit.synchrony.chance.correction import printed_p
from dyadkit.synchrony.dynamics import FitOutcome, OscillatorFit


def regulation(findings: Findings) -> list[str]:
    """Sentences on both people and the pair, as decided."""
    opening = (
        "Slow heart rate of both, without breathing, is described by a model in which each may be "
        "pulled by the other; the question is whether each varies less (calmed) or more (wound up) "
        "than with a partner who stays constant."
    )
    topics = (About.PERSON, About.PAIR)
    return [opening, *(one.sentence for one in findings.said if one.about in topics)]


def dynamics(fit: OscillatorFit | None) -> Table | None:
    """Table of the oscillator model of each person; None where it does not describe them."""
    if fit is None or fit.outcome is not FitOutcome.FITTED or fit.note:
        return None
    rows = [
        (name, number(fit.period_s[k], "{:.0f} s"), number(fit.damping_ratio[k], "{:.2f}"))
        for k, name in enumerate(("a", "b"))
    ]
    caption = "Both swing: own periods, and damping ratios (1 does not swing at all)"
    return Table(caption, ("person", "own period", "damping ratio"), rows)


def course(findings: Findings) -> str:
    """Figure of the beliefs along the session; empty below twenty minutes."""
    found = findings.person_course
    if found is None or not np.isfinite(found.calmed).any():
        return ""
    return verdict_course(found)


def responsiveness(findings: Findings) -> Table | None:
    """Table of who answers whom: how often, how soon, p alone and corrected."""
    if findings.events is None:
        return None
    rows = []
    for way, statement in zip(
        (findings.events.a_to_b, findings.events.b_to_a), findings.about(About.ANSWERS), strict=True
    ):
        who, whom = ("b", "a") if statement.person == "b" else ("a", "b")
        low, high = way.share_interval
        rows.append(
            (
                f"{who} answers {whom}",
                "yes" if statement.positive else "not shown",
                f"{way.leader_events}",
                f"{way.share:.0%} ({low:.0%} to {high:.0%})",
                printed_p(statement.p),
                printed_p(statement.p_corrected),
                f"{way.latency_s:.1f} s" if statement.positive else "–",
            )
        )
    head = ("who", "shown", "responses", "answered beyond own rate (95 %)", "p", "p, corrected",
            "latency")  # fmt: skip
    return Table("Answers to the other's skin conductance responses", head, rows)


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
    """Table of every statement with what it does not mean."""
    kept = [one for one in findings.said if one.about is not About.CAUTION]
    rows = [(one.about.value, one.sentence, one.limits) for one in kept]
    return Table("What this session shows", ("about", "finding", "what it does not mean"), rows)


def cautions(findings: Findings) -> list[dict[str, str]]:
    """Patterns that passed their threshold, each with what it does not mean."""
    return [
        {"name": one.sentence.split(":")[0].lower(), "evidence": one.sentence, "not": one.limits}
        for one in findings.about(About.CAUTION)
    ]


def not_judged(findings: Findings) -> str:
    """Why cautions were not judged; empty where they were."""
    return " ".join(one.sentence for one in findings.about(About.LIMIT))
