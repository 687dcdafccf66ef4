"""Section: whether the two calm each other or wind each other up."""

import numpy as np

from dyadkit.findings import Findings
from dyadkit.report.words import Table, number
from dyadkit.synchrony.dynamics import OscillatorFit


def regulation(findings: Findings) -> list[str]:
    """The regime in sentences, or why it cannot be told."""
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


def dynamics(fit: OscillatorFit | None) -> Table | None:
    """What the model says of each person; None where it has no parameters to show."""
    if fit is None or not np.isfinite(fit.period_s[0]):
        return None
    rows = [
        (
            name,
            number(fit.period_s[k], "{:.0f} s"),
            number(fit.damping_ratio[k], "{:.2f}"),
            number(fit.variance_ratio[k], "{:.2f}"),
            "{:.2f} to {:.2f}".format(*fit.variance_ratio_interval[k]),
            f"{(fit.p_b_to_a, fit.p_a_to_b)[k]:.3f}",
        )
        for k, name in enumerate(("a", "b"))
    ]
    head = ("person", "own period", "damping ratio", "variance with / without partner",
            "95 %", "p, driven by partner")  # fmt: skip
    return Table("Below 1 the partner calms, above 1 the partner winds up", head, rows)
