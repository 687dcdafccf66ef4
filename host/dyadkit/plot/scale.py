"""Figures of what was decided, each on one scale: how far a statement stands from chance.

0 is what chance gives on average, 1 what it reaches where all tests of the session are counted. A
mark in the grey is not counted, a mark outside is: that holds because the place is computed from
what the decision itself used, a corrected p or a belief.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from scipy.stats import norm

from dyadkit.analysis.decision import ALPHA, About, Statement
from dyadkit.analysis.findings import Findings
from dyadkit.dyad.traces import PERSONS
from dyadkit.plot.style import (
    BLACK,
    CHANCE,
    INK,
    MUTED,
    SINGLE_MM,
    WRITTEN,
    bare,
    canvas,
)
from dyadkit.synchrony.verdicts import NAMED_AT

REACH = 3.0
"""A mark further out stands at the rim, with an arrow."""
ENDS = {
    About.COUPLING: ("opposite", "together"),
    About.LEADER: ("a after b", "b after a"),
    About.PERSON: ("calmed", "wound up"),
    About.CONTEXT: ("lower", "higher"),
}
"""What lies left and right of chance, by what is asked."""
_MARK = 0.12
"""Half of a mark, in units of the scale."""
_SHAPES = {"eda": "o", "heart_rate": "s", "": "D"}
_SIGNALS = {"eda": "skin", "heart_rate": "heart", "": ""}


@dataclass(frozen=True, slots=True)
class OnScale:
    """OnScale of one statement on the scale, -3 to 3 and beyond; what is written beside it."""

    at: float
    words: str
    shape: str
    ink: str = BLACK
    written: str = BLACK


def places(result: Findings, about: About) -> list[OnScale]:
    """Places of the statements on a topic; one that was not asked or has no size has none.

    Who is first is asked of skin conductance by two directions, a's to the right.
    """
    if about is About.PERSON:
        return _persons(result)
    if about is About.LEADER:
        found = [_answer(one) for one in result.about(About.ANSWERS)]
        found += [_led(one) for one in result.about(About.LEADER) if one.signal != "eda"]
        return [one for one in found if np.isfinite(one.at)]
    found = [_tested(result, one) for one in result.about(about)]
    return [one for one in found if np.isfinite(one.at)]


def height(p_corrected: float) -> float:
    """How far a corrected p stands from chance, in units of what chance reaches.

    Examples
    --------
    >>> height(1.0), height(0.05), height(0.001) > 1.0
    (0.0, 1.0, True)
    """
    return float(norm.isf(np.clip(p_corrected, 1e-12, 1.0) / 2) / norm.isf(ALPHA / 2))


def _tested(result: Findings, one: Statement) -> OnScale:
    way = 1.0
    if one.about is About.COUPLING and one.signal in result.coupling:
        events = one.signal == "eda" and result.events is not None
        way = 1.0 if events else float(np.sign(result.coupling[one.signal].strength) or 1.0)
    elif one.about is About.CONTEXT:
        way = float(np.sign(one.estimate) or 1.0)
    at = _height_of(one)
    return OnScale(way * at, _SIGNALS[one.signal], _SHAPES[one.signal])


def _height_of(one: Statement) -> float:
    """By a corrected p; by a belief where a verdict on persons is what the coupling rests on."""
    if np.isfinite(one.p_corrected):
        return height(one.p_corrected)
    return one.estimate / NAMED_AT if one.positive else float("nan")


def _answer(one: Statement) -> OnScale:
    """OnScale of a direction: b after a is to the right, for then a is first."""
    way = 1.0 if one.person == "b" else -1.0
    return OnScale(way * height(one.p_corrected), _SIGNALS["eda"], _SHAPES["eda"])


def _led(one: Statement) -> OnScale:
    """A lag in units of its own doubt, on the side of the decision, which asks for more."""
    low, high = one.interval
    half = max((high - low) / 2, 1e-9)
    at = one.estimate / half
    at = np.sign(at) * (max(abs(at), 1.0 + _MARK) if one.positive else min(abs(at), 1.0))
    return OnScale(float(at), _SIGNALS[one.signal], _SHAPES[one.signal])


def _persons(result: Findings) -> list[OnScale]:
    if result.person is None:
        return []
    found = []
    for name, one in zip(PERSONS, (result.person.a, result.person.b), strict=True):
        if np.isfinite(one.calmed) and np.isfinite(one.wound_up):
            belief = one.wound_up if one.wound_up >= one.calmed else -one.calmed
            found.append(OnScale(belief / NAMED_AT, name, "o", INK[name], WRITTEN[name]))
    return found


@canvas(SINGLE_MM, 22.0)
def against_chance(result: Findings, about: str = "coupling", *, axes: Axes) -> Axes:
    """What was decided on a topic, as marks against chance: coupling, leader, person or context.

    Examples
    --------
    >>> from dyadkit.plot.example import session
    >>> against_chance(session(), "coupling").get_xlim()
    (np.float64(-3.0), np.float64(3.0))
    """
    topic = About(about)
    _scaled(axes, places(result, topic), ENDS[topic])
    return axes


def _scaled(axes: Axes, found: Sequence[OnScale], ends: tuple[str, str]) -> None:
    bare(axes)
    axes.set(xlim=(-REACH, REACH), ylim=(-max(len(found), 1), 0.0))
    axes.axvspan(-1.0, 1.0, color=CHANCE, lw=0, zorder=-2)
    axes.axvline(0.0, color=MUTED, lw=0.8, ls=(0, (2, 3)), zorder=-1)
    axes.axhline(-max(len(found), 1), color=MUTED, lw=1.0, clip_on=False)
    for row, one in enumerate(found):
        _mark(axes, one, -row - 0.5)
    for x, words, side in ((0.0, ends[0], "left"), (1.0, ends[1], "right")):
        axes.annotate(
            words, (x, 0.0), (0, -4), xycoords="axes fraction", textcoords="offset points",
            ha=side, va="top", color=MUTED,
        )  # fmt: skip


def _mark(axes: Axes, one: OnScale, y: float) -> None:
    at = float(np.sign(one.at)) * _clear(abs(one.at))
    beyond = abs(one.at) > REACH
    shape = (">" if one.at > 0 else "<") if beyond else one.shape
    axes.plot([at], [y], shape, color=one.ink, ms=7, mec="none", clip_on=False)
    side = -1 if at > 0 else 1
    axes.annotate(
        one.words, (at, y), (side * 8, 0), textcoords="offset points",
        ha="right" if side < 0 else "left", va="center", color=one.written,
    )  # fmt: skip


def _clear(height: float) -> float:
    """A height at which a mark does not lie on the edge of the grey, nor on the rim."""
    if height > 1.0:
        return float(np.clip(height, 1.0 + _MARK, REACH - _MARK))
    return min(height, 1.0 - _MARK)


@canvas(SINGLE_MM, 22.0)
def trust(result: Findings, *, axes: Axes) -> Axes:
    """Share of the session in which the worse of each person's signals could be trusted.

    Examples
    --------
    >>> from dyadkit.plot.example import session
    >>> trust(session()).get_xlim()
    (np.float64(0.0), np.float64(1.0))
    """
    bare(axes)
    axes.set(xlim=(0.0, 1.0), ylim=(-2.0, 0.0))
    axes.axvspan(0.0, 0.5, color=CHANCE, lw=0, zorder=-2)
    axes.axhline(-2.0, color=MUTED, lw=1.0, clip_on=False)
    axes.text(0.25, -1.0, "too little", color=MUTED, ha="center", va="center")
    for row, name in enumerate(PERSONS):
        one = result.quality.a if name == "a" else result.quality.b
        at = min(one.pulse_trusted, one.skin_trusted)
        near = at < 0.25
        axes.plot([at], [-row - 0.5], "o", color=INK[name], ms=7, mec="none", clip_on=False)
        axes.annotate(
            name, (at, -row - 0.5), (8 if near else -8, 0), textcoords="offset points",
            ha="left" if near else "right", va="center", color=WRITTEN[name], weight="bold",
        )  # fmt: skip
    for x, words, side in ((0.0, "0 %", "left"), (1.0, "100 % trusted, worse signal", "right")):
        axes.annotate(
            words, (x, 0.0), (0, -4), xycoords="axes fraction", textcoords="offset points",
            ha=side, va="top", color=MUTED,
        )  # fmt: skip
    return axes
