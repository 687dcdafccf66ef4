"""Part of a page that a notebook shows of a session: its box in short, and both people."""

from html import escape

from dyadkit import plot
from dyadkit.analysis.findings import Findings
from dyadkit.dyad.display import html_list
from dyadkit.report.drawing import LIGHT, Alt, Space, single
from dyadkit.report.header import head_of, short_name


def fragment(findings: Findings) -> str:
    """What was found, in sentences, and both people on one time line; no style sheet."""
    head = head_of(findings)
    title = (
        f"Session {short_name(findings.source)}, {findings.duration_s / 60:.1f} minutes, "
        f"{findings.whence or head.origin_words}"
    )
    unanswered = [f"Not answered, {name}: {why}." for name, why in findings.refusals.items() if why]
    alt = Alt("Both people over the session", "Heart rate, skin conductance and its responses.")
    picture = single(lambda axes: plot.pair(findings, axes=axes), alt, Space(400, 40, 26, 20, 40))
    said = html_list([*findings.sentences(), *unanswered])
    return f'<div style="{LIGHT}"><p><b>{escape(title)}</b></p>{said}{picture}</div>'
