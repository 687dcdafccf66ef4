"""Page of a session: the box of one minute, then its evidence, the decisions and the methods."""

import re
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape

from dyadkit.analysis.decision import ALPHA
from dyadkit.analysis.findings import Findings
from dyadkit.dyad.renderers import Audience
from dyadkit.report import methods
from dyadkit.report.header import head_of, short_name
from dyadkit.report.participant import participant_content
from dyadkit.report.sections import (
    conditions,
    data_quality,
    decisions,
    dyad_sections,
    minute,
    people,
    reported,
)
from dyadkit.version import __version__

STRANGERS = f"1 in {round(1 / ALPHA)}"
"""Sessions of people with nothing in common of which a page claims something."""


def render(findings: Findings, audience: Audience = Audience.RESEARCHER) -> str:
    """Report of a session as HTML: one file, no network, readable without JavaScript.

    Parameters
    ----------
    findings : what `dyadkit.analyze` gives, or findings read back from JSON
    audience : a researcher gets everything; participants, and a clinician who talks with them,
        one page in plain words of the same facts

    Returns
    -------
    the page; what is not known is a dash, a gap in a line, or a section that is not there. What
    claims something carries the number of its statement (`data-said`), and nothing else claims.

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
    if audience is Audience.PARTICIPANT:
        return page("participant.html", participant_content(findings))
    return page("session.html", content(findings))


def page(template: str, filling: dict[str, Any]) -> str:
    """One of the templates, filled."""
    environment = Environment(
        loader=PackageLoader("dyadkit.report"), autoescape=select_autoescape(["html"])
    )
    environment.filters |= {"for_css": _for_css, "opening": _opening}
    return environment.get_template(template).render(version=__version__, **filling)


def _for_css(text: str) -> str:
    """Text within quotes of a style sheet: what could end them is left out."""
    return re.sub(r"[^\w .,:;·()+-]", "", text)


def _opening(words: str) -> str:
    """Words at the beginning of a line; the names of the people stay as they are."""
    return words if words[:2] in ("a ", "b ") else words[:1].upper() + words[1:]


def content(findings: Findings) -> dict[str, Any]:
    """Everything that the page of a session shows, by its name in the template."""
    return {
        "title": f"Session report: {short_name(findings.source)}",
        "source": findings.source,
        "head": head_of(findings),
        "notes": findings.notes,
        "box": minute.rows(findings),
        "strangers": STRANGERS,
        "trusted": data_quality.trusted(findings),
        "alignment": data_quality.alignment(findings),
        "bars": data_quality.bars(findings),
        "clock_course": data_quality.clock_course(findings),
        "clock_table": data_quality.clock_table(findings),
        "quality": data_quality.quality(findings),
        "courses": people.together(findings),
        "persons": people.persons(findings),
        "details": people.details(findings),
        "assays": people.assays(findings),
        **dyad_sections.sections(findings),
        "condition_tables": conditions.condition_tables(findings),
        "epoch_tables": conditions.epoch_tables(findings),
        "reported": reported.reported(findings),
        "decisions": decisions.decisions(findings),
        "not_judged": decisions.not_judged(findings),
        "methods": methods.methods(findings),
        "limits": methods.limits(findings),
    }
