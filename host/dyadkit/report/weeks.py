"""Page of one dyad over weeks: what changed, every measure over time, every session."""

from markupsafe import Markup

from dyadkit import plot
from dyadkit.dyad.provenance import provenance
from dyadkit.plot.timing import strips_of
from dyadkit.report.drawing import Alt, Space, figure
from dyadkit.report.header import Head, short_name, whence_of
from dyadkit.report.page import page
from dyadkit.report.references import TREND
from dyadkit.report.words import Table, number
from dyadkit.study.weeks import MEASURES, Weeks
from dyadkit.synchrony.chance.correction import printed_p

_STRIP = 96


def render(weeks: Weeks) -> str:
    """Page of one dyad over weeks as HTML: one file, no network, readable without JavaScript."""
    return page(
        "weeks.html",
        {
            "title": f"One dyad over {weeks.days[-1] / 7:.1f} weeks",
            "head": _head(weeks),
            "sentences": weeks.sentences(),
            "figure": _figure(weeks),
            "trends": _trends(weeks),
            "sessions": _sessions(weeks),
            "methods": _methods(weeks),
        },
    )


def _head(weeks: Weeks) -> Head:
    codes = [code for code in weeks.participants if code]
    who = f"Participants {' and '.join(codes)}, " if codes else ""
    kicker = f"{who}{len(weeks.days)} sessions, persons a and b"
    origin = provenance(weeks.simulated, weeks.replayed)
    return Head(whence_of(weeks), ("", ""), "", f"{kicker} · {origin}" if origin else kicker, ())


def _figure(weeks: Weeks) -> Markup:
    shown = strips_of(weeks)
    if not shown:
        return Markup("")
    alt = Alt(
        "Measures of one dyad over its sessions",
        f"{', '.join(words for words, _ in shown)}: one mark a session.",
    )
    space = Space(_STRIP * len(shown) + 60, 44, 40, 22, 42)
    return figure(lambda axes: plot.weeks(weeks, axes=axes), alt, space)


def _trends(weeks: Weeks) -> Table | None:
    rows = [
        (
            MEASURES[name][0],
            f"{found.slope_per_week:+.2g}",
            "{:+.2g} to {:+.2g}".format(*found.interval),
            printed_p(weeks.p_corrected[name]),
            str(found.sessions),
        )
        for name, found in weeks.trends.items()
    ]
    head = ("measure", "change a week", "95 %", "p, corrected", "sessions")
    caption = "Median slope over all pairs of sessions; p corrected for the number of measures"
    return Table(caption, head, rows) if rows else None


def _sessions(weeks: Weeks) -> Table:
    rows = [
        (
            short_name(source),
            f"{weeks.days[k]:.1f}",
            f"{weeks.durations_s[k] / 60:.1f}",
            *(number(weeks.values[name][k], "{:.2f}") for name in MEASURES),
            weeks.regimes[k],
        )
        for k, source in enumerate(weeks.sources)
    ]
    head = ("session", "day", "minutes", "skin", "heart", "a answers", "b answers", "a settles",
            "b settles", "a damps", "b damps", "pair")  # fmt: skip
    return Table("Every session; a dash where it could not tell", head, rows)


def _methods(weeks: Weeks) -> list[str]:
    lines = [
        f"dyadkit {weeks.version}, seed {weeks.seed}. Every session is analysed as by `dyadkit "
        "analyze`; its own report says what each number rests on.",
        "Change: median slope over all pairs of sessions (Sen 1968) with its 95 % interval; p by "
        "Kendall's rank test, corrected by Holm; at least five sessions on different days.",
        "From shared to self-regulation: the coupling of skin conductance falls while both people "
        "come to settle faster, each with a corrected p ≤ 0.05.",
        "Sessions differ in task, hour and mood; a change over weeks is not a change made by what "
        "happened in between.",
        TREND.text,
    ]
    if weeks.simulated:
        lines.append("The people, sensors, radio and clocks of these sessions are simulated.")
    return lines
