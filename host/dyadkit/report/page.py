"""Page of a session: findings in sections of tables, figures and sentences."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape

from dyadkit.analysis.findings import Findings
from dyadkit.report import coupling, data_quality, people, regulation
from dyadkit.report.figures import time_courses
from dyadkit.synchrony.profile import Topic

_SAID_BY_COUPLING = (Topic.STRENGTH, Topic.DIRECTION)


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
        "sentences": _sentences(findings),
        "notes": findings.notes,
        "alignment": data_quality.alignment(findings),
        "clock_course": data_quality.clock_course(findings),
        "clock_table": data_quality.clock_table(findings),
        "quality": data_quality.quality(findings),
        "persons": people.persons(findings),
        "courses": time_courses(people.panels(findings)),
        "coupling": coupling.coupling(findings),
        "surfaces": coupling.surfaces(findings),
        "regulation": regulation.regulation(findings),
        "dynamics": regulation.dynamics(findings.dynamics),
        "regulation_course": regulation.course(findings),
        "responsiveness": regulation.responsiveness(findings),
        "recovery": regulation.recovery(findings),
        "profile": regulation.profile(findings),
        "cautions": regulation.cautions(findings),
        "not_judged": findings.profile.not_judged if findings.profile else "",
        "disclaimer": findings.profile.disclaimer if findings.profile else "",
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


def _sentences(findings: Findings) -> list[str]:
    if findings.profile is None:
        return findings.sentences()
    reported = [
        one.sentence
        for one in findings.profile.statements
        if one.decided and one.topic not in _SAID_BY_COUPLING
    ]
    return [*findings.sentences(), *reported]


def _methods(findings: Findings) -> list[str]:
    lines = [
        f"dyadkit {findings.version}, seed {findings.seed}; source {short_name(findings.source)}. "
        "Equal data, version and seed give equal numbers.",
        "Beats: band-passed pulse, upslope candidates, dynamic programming over the beat period; "
        "heart rate at 4 Hz only where the pulse can be trusted.",
        "Skin conductance: convex decomposition into tonic level and phasic responses, both "
        "non-negative (after Greco et al. 2016).",
        "Coupling: whitened band scan over all lags, tested against every admissible circular "
        "shift. Circular shifts cannot tell coupling from a schedule or stimulus that both people "
        "share; to claim influence, compare with partners from other sessions under the same "
        "schedule, at the same time (analyze --others).",
        "A lag describes order in time, not cause.",
        "Answers: mean change that the answering person's own past does not foretell, 1 to 5 s "
        "after the other's peaks; only peaks without an own rise in the 3 s before; chance by all "
        "circular shifts under the same rule.",
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
