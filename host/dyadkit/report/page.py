"""Page of a session: findings in sections of tables, figures and sentences."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape

from dyadkit.analysis.findings import Findings
from dyadkit.report import coupling, data_quality, people, regulation, reported
from dyadkit.report.figures import time_courses

NOT_A_DIAGNOSIS = (
    "This profile describes one recording of two bodies. It is not a diagnosis of a person or a "
    "relationship: the same pattern can help in one context and harm in another."
)


def render(findings: Findings) -> str:
    """Report of a session as HTML: one file, no network, readable without JavaScript.

    Parameters
    ----------
    findings : what `dyadkit.analyze` gives, or findings read back from JSON

    Returns
    -------
    the page; what is not known is a dash, a gap in a line, or a section that is not there

    Examples
    --------
    A minute is too short to test synchrony; the page says so, and shows each person:

    >>> from dyadkit import analyze
    >>> from dyadkit.sim.people import bodies
    >>> minute = bodies.perfect_dyad(bodies.meet(bodies.Encounter(), 60.0, seed=1))
    >>> page = render(analyze(minute))
    >>> page.startswith("<!DOCTYPE html>"), "<script" in page
    (True, False)
    >>> "Skin conductance could not be tested" in page
    True
    """
    return page("template.html", _content(findings))


def page(template: str, content: dict[str, Any]) -> str:
    """One of the templates, filled."""
    environment = Environment(
        loader=PackageLoader("dyadkit.report"), autoescape=select_autoescape(["html"])
    )
    return environment.get_template(template).render(**content)


def _content(findings: Findings) -> dict[str, Any]:
    return {
        "title": f"Session report: {short_name(findings.source)}",
        "subtitle": _subtitle(findings),
        "whence": findings.whence,
        "sentences": findings.sentences(),
        "notes": findings.notes,
        "alignment": data_quality.alignment(findings),
        "clock_course": data_quality.clock_course(findings),
        "clock_table": data_quality.clock_table(findings),
        "quality": data_quality.quality(findings),
        "persons": people.persons(findings),
        "assays": people.assays(findings),
        "courses": time_courses(people.panels(findings)),
        "coupling": coupling.coupling(findings),
        "surfaces": coupling.surfaces(findings),
        "regulation": regulation.regulation(findings),
        "dynamics": regulation.dynamics(findings.dynamics),
        "regulation_course": regulation.course(findings),
        "responsiveness": regulation.responsiveness(findings),
        "recovery": regulation.recovery(findings),
        "profile": regulation.profile(findings),
        "reported": reported.reported(findings),
        "cautions": regulation.cautions(findings),
        "not_judged": regulation.not_judged(findings),
        "disclaimer": NOT_A_DIAGNOSIS,
        "methods": _methods(findings),
    }


def short_name(source: str) -> str:
    """A session's own name, without the folders it lies in."""
    path = Path(source)
    return path.parent.name if path.suffix == ".mcap" else path.name


def _subtitle(findings: Findings) -> str:
    codes = [code for code in findings.participants if code]
    who = f"participants {' and '.join(codes)}, " if codes else ""
    return f"{who}{findings.duration_s / 60:.1f} minutes, persons a and b"


def _methods(findings: Findings) -> list[str]:
    lines = [
        f"dyadkit {findings.version}, seed {findings.seed}; source {short_name(findings.source)}. "
        "Equal data, version and seed give equal numbers.",
        "Beats: band-passed pulse, upslope candidates, dynamic programming over the beat period; "
        "heart rate at 4 Hz only where the pulse can be trusted.",
        "Skin conductance: convex decomposition into tonic level and phasic responses, both "
        "non-negative (after Greco et al. 2016).",
        "What may be said: all tests of the session share one error rate of 5 % (closed procedure "
        "on a graph, Bretz et al. 2009; recovery is asked only once coupling in the skin is shown, "
        "contrasts have a share of their own); every sentence on this page is one of its "
        "statements. p, corrected, is comparable with 0.05.",
        "Coupling in skin conductance: a score test of responses that follow the partner's, beyond "
        "the own rate with its drifts and the marked conditions. In heart rate: whitened band scan "
        "over all lags against every admissible circular shift. Neither can tell coupling from an "
        "unmarked schedule or stimulus that both share; to claim influence, compare with partners "
        "from other sessions under the same schedule, at the same time (analyze --others).",
        "Shared variance: coherence at 0.033 to 0.25 Hz from products of segments that do not "
        "overlap, zero on average by chance; 95 % by jackknife.",
        "A lag describes order in time, not cause.",
        "Calmed and wound up: a spectral model of slow heart rate with correlated drives, beliefs "
        "by Laplace's method; named at a belief of 70 %.",
        "Recovery: the response that all sudden rises have in common, without overlaps and slow "
        "swings; alone and together: Kaplan–Meier medians of single peaks.",
    ]
    if findings.simulated:
        lines.append("The people, sensors, radio and clocks of this session are simulated.")
    if findings.replayed:
        lines.append(
            f"A {findings.whence}: people were recorded by another device; sensors, radio and "
            "clocks of this session are simulated."
        )
    return lines
