"""Report section on coupling: whether the two move together beyond chance, and who leads."""

from dyadkit.analysis.findings import RATE_HZ, SIGNAL_WORDS, Findings, series_of
from dyadkit.report.figures import Surface, coupling_surface
from dyadkit.report.words import Table
from dyadkit.synchrony.chance.correction import printed_p
from dyadkit.synchrony.coupling import windowed_correlation

WINDOW_S, STEP_S = 30.0, 5.0


def coupling(findings: Findings) -> Table:
    """Table of every signal's test; lag and leader only beyond chance and where clocks can tell."""
    kept = findings.beyond_chance()
    rows = []
    for name, one in findings.coupling.items():
        low, high = one.lag_interval_s
        reported = name in kept and findings.can_order(name)
        rows.append(
            (
                SIGNAL_WORDS[name],
                "yes" if name in kept else "no",
                printed_p(one.p),
                f"{one.strength:+.2f}",
                f"{one.lag_s:+.2f} s ({low:+.1f} to {high:+.1f})" if reported else "–",
                one.leader.value if reported else "–",
                f"{one.coverage:.0%}",
                _same_time(findings, name),
            )
        )
    head = (
        *("signal", "beyond chance", "p", "correlation", "lag (95 %)", "leader", "data used"),
        "p, same-time partners",
    )
    return Table("Coupling. A positive lag means b follows a", head, rows)


def _same_time(findings: Findings, name: str) -> str:
    found = findings.same_time.get(name)
    return "not compared" if found is None else f"{printed_p(found.p)} ({found.draws} pairs)"


def surfaces(findings: Findings) -> list[dict[str, str]]:
    """Figure of each signal, windowed correlation at every lag, with its caption."""
    shown = []
    kept = findings.beyond_chance()
    for name, one in findings.coupling.items():
        a, b = (series_of(body, name) for body in (findings.physiology.a, findings.physiology.b))
        found = windowed_correlation(a, b, RATE_HZ, WINDOW_S, STEP_S, one.max_lag_s)
        surface = Surface(found.times_s, found.lags_s, found.r)
        reported = name in kept and findings.can_order(name)
        svg = coupling_surface(surface, one.lag_s if reported else None)
        caption = (
            f"{SIGNAL_WORDS[name].capitalize()}: correlation in {WINDOW_S:.0f} s windows at every "
            "lag (left) and its mean over the session (right). Single windows vary by chance; "
            "only the test above tells whether the whole exceeds it."
        )
        shown.append({"svg": svg, "caption": caption})
    return shown
