"""Report section on coupling: whether the two move together beyond chance, and who leads."""

from dyadkit.analysis.decision import About, Statement
from dyadkit.analysis.findings import RATE_HZ, SIGNAL_WORDS, Findings, series_of
from dyadkit.report.figures import Surface, coupling_surface
from dyadkit.report.words import Table
from dyadkit.synchrony.chance.correction import printed_p
from dyadkit.synchrony.coupling import windowed_correlation

WINDOW_S, STEP_S = 30.0, 5.0


def coupling(findings: Findings) -> Table:
    """Table of every signal's test; lag and leader only where the statements claim them."""
    rows = [
        _row(findings, one)
        for one in findings.about(About.COUPLING)
        if one.signal in findings.coupling or one.p == one.p
    ]
    head = (
        *("signal", "beyond chance", "p", "p, corrected", "shared variance (95 %)"),
        *("lag (95 %)", "leader", "p, same-time partners"),
    )
    return Table("Coupling. A positive lag means b follows a", head, rows)


def _row(findings: Findings, one: Statement) -> tuple[str, ...]:
    leads = findings.leads(one.signal)
    low, high = leads.interval if leads else one.interval
    size = findings.strength.get(one.signal)
    return (
        SIGNAL_WORDS[one.signal],
        "yes" if one.positive else "no",
        printed_p(one.p),
        printed_p(one.p_corrected),
        "–"
        if size is None
        else f"{size.value:.2f} ({size.interval[0]:.2f} to {size.interval[1]:.2f})",
        f"{leads.estimate:+.2f} s ({low:+.1f} to {high:+.1f})" if leads else "–",
        leads.person if leads else "–",
        _same_time(findings, one.signal),
    )


def _same_time(findings: Findings, name: str) -> str:
    found = findings.same_time.get(name)
    return "not compared" if found is None else f"{printed_p(found.p)} ({found.draws} pairs)"


def surfaces(findings: Findings) -> list[dict[str, str]]:
    """Figure of each signal, windowed correlation at every lag, with its caption."""
    shown = []
    for name, one in findings.coupling.items():
        a, b = (series_of(body, name) for body in (findings.physiology.a, findings.physiology.b))
        found = windowed_correlation(a, b, RATE_HZ, WINDOW_S, STEP_S, one.max_lag_s)
        surface = Surface(found.times_s, found.lags_s, found.r)
        leads = findings.leads(name)
        svg = coupling_surface(surface, leads.estimate if leads else None)
        caption = (
            f"{SIGNAL_WORDS[name].capitalize()}: correlation in {WINDOW_S:.0f} s windows at every "
            "lag (left) and its mean over the session (right). Single windows vary by chance; "
            "only the test above tells whether the whole exceeds it."
        )
        shown.append({"svg": svg, "caption": caption})
    return shown
