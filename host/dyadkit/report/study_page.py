"""Page of a study: answers, flow of sessions, every dyad beside strangers, sensitivity."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from markupsafe import Markup

from dyadkit import plot
from dyadkit.plot.dyads import MAX_SHOWN
from dyadkit.report.drawing import Alt, Space, figure
from dyadkit.report.header import Head, whence_of
from dyadkit.report.page import page
from dyadkit.report.words import Table, number
from dyadkit.study.answers import Answer
from dyadkit.study.measures import MEASURES
from dyadkit.study.specifications import GroupSpecification
from dyadkit.study.whole_report import DyadEffect, StudyReport
from dyadkit.synchrony.chance.correction import printed_p

ROW, NAMES = 18, 190
"""Pixels of a dyad's row in a forest plot, and of its name."""
CUT = (0.05, 0.25, 0.5, 0.75, 0.95)


def render(study: StudyReport) -> str:
    """Page of a study as HTML: one file, no network, readable without JavaScript."""
    return page(
        "study.html",
        {
            "title": study.name,
            "head": _head(study),
            "sentences": study.sentences(),
            "answers": _answers(study.answers),
            "limits": list(dict.fromkeys(n for one in study.answers for n in one.limits)),
            "flow": study.flow.sentences(),
            "quality": _quality(study),
            "forests": _forests(study.effects),
            "verdicts": _verdicts(study),
            "curve": _curve(study.specifications),
            "methods": study.methods(),
        },
    )


def _head(study: StudyReport) -> Head:
    dyads = len({row.dyad for row in study.rows})
    kicker = (
        f"{study.flow.included} sessions of {dyads} dyads, {study.roles[0]} (a) and "
        f"{study.roles[1]} (b)"
    )
    kicker += f" · {study.whence}" * bool(study.whence)
    facts = (("Plan", study.frozen or "not frozen before"),)
    return Head(whence_of(study), ("", ""), "", kicker, facts)


def _answers(found: Sequence[Answer]) -> Table | None:
    rows = [
        (
            one.name,
            one.test,
            "primary" if one.primary else "secondary",
            number(one.estimate, "{:+.3f}"),
            _interval(one.interval),
            printed_p(one.p),
            printed_p(one.p_corrected),
            str(one.dyads),
            f"{one.frailest} ({printed_p(one.p_without)})" if one.frailest else "–",
        )
        for one in found
    ]
    head = ("question", "test", "kind", "estimate", "95 %", "p", "corrected", "dyads",
            "least sure without (p)")  # fmt: skip
    return Table("Every question with the test that answers it", head, rows) if rows else None


def _interval(interval: tuple[float, float]) -> str:
    low, high = interval
    return f"{low:+.3f} to {high:+.3f}" if np.isfinite(low + high) else "–"


def _quality(study: StudyReport) -> Table | None:
    rows = [
        (name, *(f"{np.quantile(shares, cut):.0%}" for cut in CUT))
        for name, shares in study.trusted.items()
        if shares
    ]
    head = ("share that can be trusted", *(f"{cut:.0%} of sessions" for cut in CUT))
    return Table("Quality: in so many sessions at most that much", head, rows) if rows else None


def _forests(effects: Sequence[DyadEffect]) -> list[tuple[Markup, str]]:
    """Figure and caption of each measure in each condition."""
    groups: dict[tuple[str, str], list[DyadEffect]] = {}
    for one in effects:
        groups.setdefault((one.measure, one.condition), []).append(one)
    return [_forest(*place, each) for place, each in groups.items()]


def _forest(measure: str, condition: str, effects: list[DyadEffect]) -> tuple[Markup, str]:
    where = f" in “{condition}”" if condition else ""
    more = f"; the {MAX_SHOWN} largest of {len(effects)}" if len(effects) > MAX_SHOWN else ""
    caption = f"{MEASURES[measure][0].capitalize()}{where}, every dyad{more}"
    alt = Alt(caption, f"{len(effects)} dyads, each with its interval and its people's strangers.")
    space = Space(ROW * min(len(effects), MAX_SHOWN) + 60, NAMES, 24, 10, 40)
    narrow = replace(space, left=110)
    return figure(lambda axes: plot.dyads(effects, axes=axes), alt, space, narrow), caption


def _verdicts(study: StudyReport) -> Table | None:
    rows = [
        (role, word, str(count))
        for role, counts in study.verdicts.items()
        for word, count in counts.items()
    ]
    head = ("role", "by the partner", "sessions")
    return Table("Verdicts on persons, session by session", head, rows) if rows else None


def _curve(found: Sequence[GroupSpecification]) -> Table | None:
    rows = [
        (
            MEASURES[one.measure][0],
            one.condition or "–",
            one.part,
            one.gate,
            one.estimator,
            f"{one.value:+.3f}",
            _interval(one.interval),
            printed_p(one.p),
            str(one.dyads),
        )
        for one in found
    ]
    head = ("measure", "condition", "part", "gates", "estimator", "mean", "95 %", "p", "dyads")
    caption = "Specification curve: the mean under every choice, in order; p is not corrected"
    return Table(caption, head, rows) if rows else None
