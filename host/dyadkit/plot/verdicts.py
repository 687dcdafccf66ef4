"""Figures of verdicts: how much each varies with this partner, and the beliefs along a session."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from dyadkit.analysis.findings import Findings
from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.plot.style import (
    BLACK,
    CHANCE,
    DOUBLE_MM,
    INK,
    MUTED,
    WRITTEN,
    bare,
    canvas,
    grounds,
    minutes_below,
    panels,
    strips,
)
from dyadkit.synchrony.verdicts import NAMED_AT, PersonVerdict
from dyadkit.synchrony.verdicts.estimate import CALMED, WOUND_UP

RATIOS = (0.5, 0.67, 1.0, 1.5, 2.0)
_LENGTH = 1.0
_TILT = 0.9 / math.log(2.5)
"""Radians a unit of the ratio's logarithm: two and a half times the variance is a steep beam."""
_STEEPEST = 1.15


@canvas(DOUBLE_MM, 50.0)
def verdicts(result: Findings, *, axes: Axes) -> Axes:
    """A lever a person: how much slow arousal varies with this partner against a constant one.

    Up is wound up, down is calmed; the fan is the 95 % interval, grey counts as no change.

    Examples
    --------
    >>> from dyadkit.plot.example import session
    >>> len(verdicts(session()).child_axes)
    2
    """
    pair = result.person
    for panel, name in zip(panels(axes, len(PERSONS)), PERSONS, strict=True):
        bare(panel)
        one = None if pair is None else (pair.a if name == "a" else pair.b)
        words = "cannot be told" if one is None else str(one.verdict)
        panel.text(
            0.0, 1.0, f"{name}: {words}", transform=panel.transAxes, weight="bold",
            color=WRITTEN[name],
        )  # fmt: skip
        panel.set(xlim=(-0.08, 1.35), ylim=(-1.0, 1.0))
        _lever(panel, one, name)
    return axes


def _lever(axes: Axes, one: PersonVerdict | None, name: PersonName) -> None:
    axes.plot([0.0], [-0.09], "^", color=MUTED, ms=10, mec="none")
    for ratio in RATIOS:
        x, y = _end(ratio, 1.06)
        words = f"×{ratio:g}" + {RATIOS[0]: " calmed", RATIOS[-1]: " wound up"}.get(ratio, "")
        axes.text(x, y, words, color=MUTED, va="center", size="small")
    if one is not None and np.isfinite(one.variance_ratio):
        low, high = one.variance_ratio_interval
        axes.add_patch(Polygon(_fan(low, high), color=INK[name], alpha=0.24, lw=0))
        axes.plot(*zip((0.0, 0.0), _end(one.variance_ratio), strict=True), color=INK[name], lw=4)
    axes.add_patch(Polygon(_fan(CALMED, WOUND_UP), color=CHANCE, lw=0, zorder=3, alpha=0.9))
    if one is None or not np.isfinite(one.variance_ratio):
        axes.plot([0.0, _LENGTH], [0.0, 0.0], color=BLACK, lw=1.2, ls=(0, (2, 3)), zorder=4)


def _angle(ratio: float) -> float:
    return float(np.clip(_TILT * math.log(max(ratio, 1e-3)), -_STEEPEST, _STEEPEST))


def _end(ratio: float, length: float = _LENGTH) -> tuple[float, float]:
    return length * math.cos(_angle(ratio)), length * math.sin(_angle(ratio)) * 0.85


def _fan(low: float, high: float) -> list[tuple[float, float]]:
    edges = np.exp(np.linspace(math.log(max(low, 1e-3)), math.log(max(high, 1e-3)), 24))
    return [(0.0, 0.0), *(_end(float(ratio)) for ratio in edges)]


@canvas(DOUBLE_MM, 60.0)
def verdict_course(result: Findings, *, axes: Axes) -> Axes:
    """Beliefs that each is wound up (up) or calmed (down), in overlapping windows of ten minutes.

    No window is corrected for their number: it is for looking.

    Examples
    --------
    >>> from dyadkit.plot.example import session
    >>> len(verdict_course(session()).child_axes)
    2
    """
    found = strips(axes, (1.0, 1.0))
    course = result.person_course
    if course is None:
        return axes
    minutes, half = course.times_s / 60, course.window_s / 120
    for column, (strip, name) in enumerate(zip(found, PERSONS, strict=True)):
        wound, calmed = course.wound_up[:, column], course.calmed[:, column]
        belief = np.where(wound >= calmed, wound, -calmed)
        strip.axhspan(-NAMED_AT, NAMED_AT, color=CHANCE, lw=0, zorder=-3)
        strip.hlines(belief, minutes - half, minutes + half, color=INK[name], lw=2)
        strip.plot(minutes, belief, "o", color=INK[name], ms=5)
        strip.set(ylim=(-1.05, 1.05), yticks=(-1, 0, 1))
        strip.set_yticklabels(["calmed", "0", "wound up"])
        strip.set_title(name, loc="left", color=WRITTEN[name], weight="bold", size="medium", pad=3)
        minutes_below(strip, result.duration_s)
    grounds(found, ())
    found[0].set_xlabel("")
    return axes
