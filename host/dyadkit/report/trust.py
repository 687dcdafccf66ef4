"""Section: whether these data can be trusted: the clock first, then each person's signals."""

import numpy as np

from dyadkit.findings import Findings
from dyadkit.report.words import Table


def trust(findings: Findings) -> str:
    """How well both are on one clock, in a sentence."""
    bound_ms = findings.clock.median_bound_s * 1e3
    if not np.isfinite(bound_ms):
        return "The alignment of the two wearables is not stated for this recording."
    return (
        f"Both wearables are on one clock within {bound_ms:.1f} ms (95 % bound, median over the "
        f"session; at worst {findings.clock.worst_bound_s * 1e3:.1f} ms). Lags finer than three "
        "times this bound are not reported."
    )


def quality(findings: Findings) -> Table:
    """Each person's trusted shares."""
    rows = []
    for name in ("a", "b"):
        one = getattr(findings.quality, name)
        rows.append(
            (name, f"{one.pulse_trusted:.0%}", f"{one.skin_trusted:.0%}", "; ".join(one.notes))
        )
    head = ("person", "pulse trusted", "skin conductance trusted", "notes")
    return Table("Share of the session in which each signal can be trusted", head, rows)
