"""Report section on data quality: what can be trusted, the clock, and each person's signals."""

from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from dyadkit import plot
from dyadkit.analysis.findings import Findings
from dyadkit.analysis.whole import MIN_TRUSTED
from dyadkit.clock import Spell, spells
from dyadkit.dyad.traces import PERSONS, Alignment
from dyadkit.report.drawing import Alt, Space, figure
from dyadkit.report.words import Table, listed, number

ALL = 0.9
"""Of the time: what a number comes from is said where it is less."""


_ALWAYS = 0.995
"""What is printed as 100 %."""


@dataclass(frozen=True, slots=True)
class Trusted:
    """Answer to whether the data can be trusted, and the share of each person's worse signal."""

    answer: str
    sentence: str
    worst: dict[str, float]


def trusted(findings: Findings) -> Trusted:
    """How far the four signals can be trusted, in words."""
    shares = {
        f"{name}'s {signal}": getattr(getattr(findings.quality, name), field)
        for name in PERSONS
        for signal, field in (("pulse", "pulse_trusted"), ("skin conductance", "skin_trusted"))
    }
    worst: dict[str, float] = {
        name: min(one.pulse_trusted, one.skin_trusted)
        for name, one in zip(PERSONS, (findings.quality.a, findings.quality.b), strict=True)
    }
    absent = [
        f"{name}'s {signal}"
        for name in PERSONS
        for signal in ("pulse", "skin conductance")
        if f"no {signal} was recorded" in getattr(findings.quality, name).notes
    ]
    poor = [
        f"{name} ({share:.0%})"
        for name, share in shares.items()
        if share < MIN_TRUSTED and name not in absent
    ]
    partly = [
        f"{name} ({share:.0%})" for name, share in shares.items() if MIN_TRUSTED <= share < ALL
    ]
    sentences = [f"Not measured: {listed(absent)}."] * bool(absent)
    sentences += [f"Too little can be trusted of {listed(poor)}."] * bool(poor)
    sentences += [f"Only part of the time: {listed(partly)}."] * bool(partly)
    if len(poor) + len(absent) == len(shares):
        return Trusted("no", " ".join(sentences), worst)
    if not sentences:
        sentences = [f"All four signals can be trusted at least {ALL:.0%} of the time."]
    answer = "in part" if poor or absent else "yes, with caution" if partly else "yes"
    return Trusted(answer, " ".join(sentences), worst)


def bars(findings: Findings) -> Markup:
    """Figure of when each signal could be trusted."""
    words = ", ".join(
        f"{name} at least {share:.0%}" for name, share in trusted(findings).worst.items()
    )
    alt = Alt("When each signal of each person could be trusted", f"Four bars: {words}.")
    space = Space(118, 62, 16, 6, 38)
    return figure(lambda axes: plot.quality(findings, axes=axes), alt, space)


def alignment(findings: Findings) -> str:
    """Alignment of both people's clocks, in a sentence."""
    clock = findings.clock
    if not np.isfinite(clock.median_bound_s):
        return "The alignment of the two recordings is not stated."
    if not clock.median_bound_s:
        return "Both recordings are on one clock, as they were given."
    bound, finest = time_words(clock.median_bound_s), time_words(clock.finest_lag_s)
    if findings.replayed:
        return (
            "The two people are aligned only by the times that their files begin with, "
            f"{bound} at best; nobody measured how right those clocks were. "
            f"Lags finer than {finest} are not reported."
        )
    if clock.alignment is None:
        return (
            f"Both recordings are on one clock within {bound} (95 % bound). Lags finer than three "
            f"times this ({finest}) are not reported."
        )
    return (
        f"Both wearables are on one clock within {bound} (95 % bound, median over the session; at "
        f"worst {time_words(clock.worst_bound_s)}). Lags finer than three times this bound "
        f"({finest}) are not reported." + _shares(clock.alignment)
    )


def time_words(seconds: float) -> str:
    """A short time in two digits."""
    return f"{seconds:.2g} s" if seconds >= 0.1 else f"{seconds * 1e3:.2g} ms"


def _shares(found: Alignment | None) -> str:
    if found is None:
        return ""
    if found.in_sync.mean() > _ALWAYS:
        return " They were in contact all the time."
    parts = (found.in_sync, found.extrapolated, found.unknown)
    synced, carried, unknown = (f"{part.mean():.0%}" for part in parts)
    return (
        f" They were in contact for {synced} of the time; for {carried} a crystal carried the "
        f"time on; for {unknown} it is unknown."
    )


def clock_course(findings: Findings) -> Markup:
    """Figure of the alignment's bound, minute by minute; empty where nobody measured it."""
    found = findings.clock.alignment
    if found is None or not found.known_share > 0:
        return Markup("")
    alt = Alt(
        "How far apart the two clocks may be, minute by minute",
        f"Usually {time_words(found.median_bound_s)}, at worst {time_words(found.worst_bound_s)}.",
    )
    space = Space(120, 52, 16, 8, 38)
    return figure(lambda axes: plot.alignment(findings, axes=axes), alt, space)


def clock_table(findings: Findings) -> Table | None:
    """Table of the alignment by minute, alike minutes in one row; None where nobody measured it."""
    found = findings.clock.alignment
    if found is None:
        return None
    head = ("minutes", "state", "bound", "exchanges/min a, b", "interval a, b", "last contact a, b")
    return Table("Alignment of the two clocks", head, [_row(one) for one in spells(found)])


def _row(one: Spell) -> tuple[str, ...]:
    return (
        f"{one.first} to {one.last + 1}",
        one.state,
        number(one.bound_s * 1e3, "{:.2f} ms"),
        ", ".join(f"{count:.0f}" for count in one.exchanges),
        ", ".join(number(interval * 1e3, "{:g} ms") for interval in one.interval_s),
        ", ".join(number(since, "{:.0f} s before") for since in one.since_contact_s),
    )


def quality(findings: Findings) -> Table:
    """Table of the share of each person's signals that can be trusted."""
    rows = []
    for name in ("a", "b"):
        one = getattr(findings.quality, name)
        rows.append(
            (name, f"{one.pulse_trusted:.0%}", f"{one.skin_trusted:.0%}", "; ".join(one.notes))
        )
    head = ("person", "pulse trusted", "skin conductance trusted", "notes")
    return Table("Share of the session in which each signal can be trusted", head, rows)
