"""Figures over minutes and over weeks: the two clocks, and one dyad's sessions."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from dyadkit.analysis.findings import Findings
from dyadkit.dyad.arrays import Floats
from dyadkit.plot.style import (
    BLACK,
    CHANCE,
    DOUBLE_MM,
    INK,
    MUTED,
    WRITTEN,
    at_the_end,
    canvas,
    minutes_below,
    named,
    plain,
    strips,
)

if TYPE_CHECKING:
    from dyadkit.study.weeks import Weeks

PAIRED = (
    ("shared variance", {"skin": "coupling_eda", "heart": "coupling_heart_rate"}),
    ("answers beyond the own rate", {"a": "answers_a", "b": "answers_b"}),
    ("settles again (1/s)", {"a": "settling_rate_a", "b": "settling_rate_b"}),
    ("damping ratio", {"a": "damping_a", "b": "damping_b"}),
)
"""Measures of the weeks that share a strip, by what their line is called."""
_LOOKS = {"skin": ("o", BLACK), "heart": ("s", MUTED)}


@canvas(DOUBLE_MM, 35.0)
def alignment(result: Findings, *, axes: Axes) -> Axes:
    """How far apart the two clocks may be (95 % bound), minute by minute.

    Grey: no contact, a crystal carried the time on. Where the line is missing nothing is known.

    Examples
    --------
    >>> from dyadkit.plot.example import session
    >>> alignment(session()).get_ylim()[0]   # one clock: nothing to draw
    np.float64(0.0)
    """
    plain(axes)
    found = result.clock.alignment
    if found is None:
        return axes
    minutes = np.arange(len(found.minutes_s) + 1)
    axes.stairs(found.bound_s * 1e3, minutes, baseline=None, color=BLACK, lw=1.4)
    apart = np.append(found.in_sync, found.in_sync[-1:]) < 0.5
    axes.fill_between(
        minutes, 0, 1, where=apart, step="post", transform=axes.get_xaxis_transform(),
        color=CHANCE, lw=0, zorder=-2,
    )  # fmt: skip
    axes.set_ylim(0, None)
    axes.set_ylabel("bound (ms)")
    axes.locator_params(axis="y", nbins=3)
    minutes_below(axes, result.duration_s)
    return axes


@canvas(DOUBLE_MM, 110.0)
def weeks(result: "Weeks", *, axes: Axes) -> Axes:
    """Measures of one dyad over its sessions; a session that could not tell has no mark.

    Examples
    --------
    >>> from dyadkit.plot import example
    >>> len(weeks(example.weeks()).child_axes) >= 2
    True
    """
    shown = strips_of(result)
    if not shown:
        plain(axes)
        return axes
    found = strips(axes, [1.0] * len(shown), gap=0.12)
    for strip, (words, lines) in zip(found, shown, strict=True):
        named(strip, words)
        for name, values in lines.items():
            _sessions(strip, name, result.days / 7, values)
        strip.locator_params(axis="y", nbins=3)
        strip.margins(x=0.02, y=0.15)
    found[-1].set_xlabel("weeks since the first session")
    return axes


def strips_of(result: "Weeks") -> list[tuple[str, dict[str, Floats]]]:
    """Words and lines of every strip in which some session has a value."""
    every = [
        (words, {line: result.values[name] for line, name in lines.items()})
        for words, lines in PAIRED
    ]
    return [
        (words, lines)
        for words, lines in every
        if any(np.isfinite(values).any() for values in lines.values())
    ]


def _sessions(axes: Axes, name: str, at: Floats, values: Floats) -> None:
    known = np.isfinite(values)
    if not known.any():
        return
    shape, ink = _LOOKS.get(name, ("o", INK.get(name, BLACK)))
    axes.plot(at[known], values[known], color=ink, marker=shape, lw=1.0, ms=5)
    if name in WRITTEN:
        at_the_end(axes, name, float(values[known][-1]))
    else:
        axes.annotate(
            name, (1.0, values[known][-1]), (5, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", color=BLACK, va="center",
        )  # fmt: skip
