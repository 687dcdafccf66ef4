"""Report section on data quality: the clock first, then each person's signals."""

import numpy as np

from dyadkit.analysis.findings import Findings
from dyadkit.clock import Spell, spells
from dyadkit.dyad.traces import Alignment
from dyadkit.report.figures import alignment_course
from dyadkit.report.words import Table, number


def alignment(findings: Findings) -> str:
    """Alignment of both people's clocks, in a sentence."""
    clock = findings.clock
    if not np.isfinite(clock.median_bound_s):
        return "The alignment of the two recordings is not stated."
    if findings.replayed:
        return (
            "The two people are aligned only by the times that their files begin with, "
            f"{_time(clock.median_bound_s)} at best; nobody measured how right those clocks were. "
            f"Lags finer than {_time(clock.finest_lag_s)} are not reported."
        )
    if clock.alignment is None:
        return (
            f"Both recordings are on one clock within {_time(clock.median_bound_s)} (95 % bound). "
            f"Lags finer than three times this ({_time(clock.finest_lag_s)}) are not reported."
        )
    return (
        f"Both wearables are on one clock within {_time(clock.median_bound_s)} (95 % bound, median "
        f"over the session; at worst {_time(clock.worst_bound_s)}). Lags finer than three times "
        f"this bound ({_time(clock.finest_lag_s)}) are not reported." + _shares(clock.alignment)
    )


def _time(seconds: float) -> str:
    return f"{seconds:.2g} s" if seconds >= 0.1 else f"{seconds * 1e3:.2g} ms"


def _shares(found: Alignment | None) -> str:
    if found is None:
        return ""
    parts = (found.in_sync, found.extrapolated, found.unknown)
    synced, carried, unknown = (f"{part.mean():.0%}" for part in parts)
    return (
        f" They were in contact for {synced} of the time; for {carried} a crystal carried the "
        f"time on; for {unknown} it is unknown."
    )


def clock_course(findings: Findings) -> str:
    """Figure of the alignment's bound, minute by minute; empty where nobody measured it."""
    found = findings.clock.alignment
    return alignment_course(found) if found is not None and found.known_share > 0 else ""


def clock_table(findings: Findings) -> Table | None:
    """Table of the alignment by minute, alike minutes in one row; None where nobody measured it."""
    found = findings.clock.alignment
    if found is None:
        return None
    head = ("minutes", "state", "bound", "exchanges/min a, b", "interval a, b", "last contact a, b")
    return Table("Alignment of the two clocks", head, [_row(one) for one in spells(found)])


def _row(one: Spell) -> tuple[str, ...]:
    return (
        f"{one.first}" if one.first == one.last else f"{one.first} to {one.last}",
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
