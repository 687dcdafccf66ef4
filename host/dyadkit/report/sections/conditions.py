"""Report section on conditions: every measure in each, reactivity, recovery, and the epochs."""

from collections.abc import Iterable

import numpy as np

from dyadkit.analysis.findings import Findings
from dyadkit.analysis.tables import Reaction, TableCell
from dyadkit.dyad.traces import PERSONS
from dyadkit.report.words import UNKNOWN, Table, number

COLUMNS = {
    "heart_rate": ("heart rate, bpm", "{:.1f}"),
    "ibi": ("IBI, ms", "{:.0f}"),
    "ln_rsa": ("ln RSA, ln ms²", "{:.2f}"),
    "rmssd": ("RMSSD, ms", "{:.0f}"),
    "scl": ("SCL, µS", "{:.2f}"),
    "ns_scr": ("NS-SCR /min", "{:.1f}"),
    "respiration": ("breaths /min", "{:.1f}"),
    "motion": ("motion, g", "{:.3f}"),
}
"""By measure, what stands over its column, and its form."""
SEEN = 0.9
"""A number from less of its stretch carries the share that was seen."""
MAX_EPOCHS = 240
"""Two hours of 30 s a person; more are for programs, not for reading."""
WORDS = {
    "heart_rate": "heart rate",
    "ln_rsa": "ln RSA",
    "rmssd": "RMSSD",
    "scl": "SCL",
    "ns_scr": "NS-SCR",
}


def condition_tables(findings: Findings) -> list[Table]:
    """Tables of conditions and of reactivity; empty where nothing was marked."""
    found = [
        _table(
            "Each condition: a share in brackets is how much of it was seen, a dash is too little",
            ("person", "condition"),
            findings.conditions,
        )
        if findings.conditions
        else None,
        _reactivity(findings.reactions),
    ]
    return [one for one in found if one is not None]


def epoch_tables(findings: Findings) -> list[Table]:
    """Tables of the epochs of each person; empty where they are too many to be read."""
    found = []
    for person in PERSONS:
        cells = [one for one in findings.epochs if one.person == person]
        if cells and len({one.epoch for one in cells}) <= MAX_EPOCHS:
            caption = f"{person} in epochs of {cells[0].stop_s - cells[0].start_s:.0f} s"
            found.append(_table(caption, ("begins, s", "condition"), cells))
    return found


def _table(caption: str, head: tuple[str, str], cells: Iterable[TableCell]) -> Table:
    rows: dict[tuple[str, str, int], dict[str, TableCell]] = {}
    for one in cells:
        rows.setdefault((one.person, one.condition, one.epoch), {})[one.measure] = one
    there = [name for name in COLUMNS if any(name in row for row in rows.values())]
    body = [
        (
            f"{next(iter(row.values())).start_s:.0f}" if epoch else person,
            condition or UNKNOWN,
            *(_cell(row.get(name), COLUMNS[name][1]) for name in there),
        )
        for (person, condition, epoch), row in rows.items()
    ]
    return Table(caption, (*head, *(COLUMNS[name][0] for name in there)), body)


def _cell(one: TableCell | None, form: str) -> str:
    if one is None:
        return UNKNOWN
    share = f" ({one.coverage:.0%})" * (one.coverage < SEEN)
    return number(one.value, form) + share


def _reactivity(reactions: Iterable[Reaction]) -> Table | None:
    """Change from the baseline, with the half time of what rose; None where there is none."""
    rows = [
        (
            one.person,
            f"{one.condition} against {one.baseline}",
            WORDS[one.measure],
            f"{one.difference:+.2f} {one.unit}",
            f"{one.interval[0]:+.2f} to {one.interval[1]:+.2f}"
            if np.isfinite(one.interval).all()
            else UNKNOWN,
            number(one.half_time_s, "{:.0f} s"),
        )
        for one in reactions
        if np.isfinite(one.difference)
    ]
    if not rows:
        return None
    head = ("person", "condition", "measure", "difference", "95 %", "half time of recovery")
    return Table("Reactivity, and recovery after it; nothing is claimed by these", head, rows)
