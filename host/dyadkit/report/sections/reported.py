"""Report section of numbers as papers report them."""

from dyadkit.analysis.findings import Findings
from dyadkit.report.words import UNKNOWN, Table, number
from dyadkit.synchrony.chance.correction import printed_p


def reported(findings: Findings) -> Table | None:
    """Table of reported numbers; None where there is none."""
    if not findings.reported:
        return None
    rows = [
        (
            one.measure,
            f"{one.signal}{f', {one.person}' if one.person else ''}",
            number(one.value, "{:+.2f}"),
            f"{number(one.interval[0], '{:+.2f}')} to {number(one.interval[1], '{:+.2f}')}"
            if one.interval[0] == one.interval[0]
            else UNKNOWN,
            number(one.lag_s, "{:+.1f} s"),
            printed_p(one.p) if one.p == one.p else UNKNOWN,
            one.beware,
        )
        for one in findings.reported
    ]
    head = ("number", "of", "value", "95 %", "lag (b after a)", "p, alone", "beware")
    caption = "For comparison with the literature: nothing on this page is said because of these"
    return Table(caption, head, rows)
