"""Look of every figure: colours, sizes of journals, and the canvas that a function draws on.

A figure is drawn on the axes it is given. Without any it makes its own, as wide as a journal's page
is. What needs several strips divides its axes into `axes.child_axes`.
"""

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.traces import Mark

INK = {"a": "#0072b2", "b": "#d55e00"}
"""Of people and nothing else: blue and vermilion of Okabe & Ito, told apart by the colour-blind."""
WRITTEN = {"a": "#00609a", "b": "#9c4300"}
"""The same, dark enough for small letters (5:1 on every ground)."""
BLACK, MUTED, LINE, PAPER = "#1b1d1f", "#565c62", "#d9dce0", "#ffffff"
CHANCE = "#d4d7db"
"""What chance gives, and nothing else."""
GROUNDS = ("#fafafa", "#eff0f2", "#f6f7f8")
"""Of conditions, in turn; their borders are dotted and their names written."""

SINGLE_MM, DOUBLE_MM = 85.0, 174.0
"""Widths of one and of two columns, as most journals ask."""
_MM_AN_INCH = 25.4
STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "dyadkit",
    "font.family": "sans-serif",
    "font.size": 8.0,
    "axes.linewidth": 0.8,
    "axes.unicode_minus": True,
    "lines.linewidth": 1.0,
}
MAX_POINTS = 1200
"""More than a page has pixels: of longer series smallest and largest of each part are drawn."""

Drawing: TypeAlias = Callable[..., Axes]


def canvas(width_mm: float, height_mm: float) -> Callable[[Drawing], Drawing]:
    """Let a drawing make its own axes, of this size, where it is called without any."""

    def dressed(draw: Drawing) -> Drawing:
        @functools.wraps(draw)
        def drawn(*given: Any, axes: Axes | None = None, **options: Any) -> Axes:
            if axes is not None:
                return draw(*given, axes=axes, **options)
            with mpl.rc_context(STYLE):
                size = (width_mm / _MM_AN_INCH, height_mm / _MM_AN_INCH)
                own = Figure(figsize=size, layout="constrained").subplots()
                return draw(*given, axes=own, **options)

        return drawn

    return dressed


def bare(axes: Axes) -> None:
    """Axes of no lines and no ticks: a ground for what is drawn on it."""
    axes.set(xticks=(), yticks=())
    axes.patch.set_alpha(0.0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def plain(axes: Axes) -> None:
    """Axes with a line below and muted ticks."""
    axes.patch.set_alpha(0.0)
    for name, spine in axes.spines.items():
        spine.set_visible(name == "bottom")
        spine.set_color(MUTED)
    axes.tick_params(colors=MUTED, labelcolor=MUTED, length=3, width=0.8)
    axes.xaxis.label.set_color(MUTED)
    axes.yaxis.label.set_color(MUTED)


def strips(axes: Axes, heights: Sequence[float], gap: float = 0.1) -> list[Axes]:
    """Strips from top to bottom on one ground, of these relative heights, with gaps between."""
    bare(axes)
    room = (1.0 - gap * (len(heights) - 1)) / sum(heights)
    top, found = 1.0, []
    for height in heights:
        top -= height * room
        found.append(axes.inset_axes((0.0, top, 1.0, height * room)))
        top -= gap
    for one in found:
        plain(one)
        one.grid(axis="y", color=LINE, lw=0.8)
        one.set_axisbelow(True)
        one.tick_params(axis="y", length=0)
        one.margins(x=0)
    for one in found[:-1]:
        one.spines["bottom"].set_visible(False)
        one.tick_params(axis="x", length=0, labelbottom=False)
    return found


def panels(axes: Axes, count: int) -> list[Axes]:
    """Panels of equal size on one ground: beside each other, or below where that is too narrow."""
    bare(axes)
    box = axes.get_window_extent()
    if box.width > 1.5 * box.height:
        width = 1.0 / (count + 0.12 * (count - 1))
        places = [(1.12 * k * width, 0.0, width, 0.9) for k in range(count)]
    else:
        height = 1.0 / (count + 0.45 * (count - 1))
        places = [(0.0, 1.45 * k * height, 1.0, 0.92 * height) for k in reversed(range(count))]
    return [axes.inset_axes(place) for place in places]


def named(axes: Axes, words: str, ink: str = BLACK) -> None:
    """Name of a strip, above it at the left."""
    axes.text(
        0.0, 1.02, words, transform=axes.transAxes, color=ink, va="bottom", weight="bold",
        size="small",
    )  # fmt: skip


def grounds(every: Iterable[Axes], marks: Sequence[Mark]) -> None:
    """Conditions as grounds with dotted borders over all strips; their names on the first."""
    spans = [one for one in marks if one.kind == "condition" and one.stop_s > one.start_s]
    kinds = list(dict.fromkeys(one.label for one in spans))
    for k, axes in enumerate(every):
        for one in spans:
            start, stop = one.start_s / 60, one.stop_s / 60
            colour = GROUNDS[kinds.index(one.label) % len(GROUNDS)]
            axes.axvspan(start, stop, color=colour, lw=0, zorder=-2)
            axes.axvline(start, color=MUTED, lw=0.8, ls=(0, (2, 3)), zorder=-1)
            if not k:
                axes.annotate(
                    one.label, (start, 1.0), (3, -1), xycoords=("data", "axes fraction"),
                    textcoords="offset points", color=MUTED, size="small", va="top",
                )  # fmt: skip


def unless_known(axes: Axes, *series: Floats) -> bool:
    """Whether there is nothing to draw; it is then written instead, without a scale."""
    if any(np.isfinite(values).any() for values in series):
        return False
    axes.set_yticks(())
    axes.grid(visible=False)
    axes.text(
        0.5, 0.5, "not measured, or nothing of it can be trusted", transform=axes.transAxes,
        color=MUTED, ha="center", va="center", size="small",
    )  # fmt: skip
    return True


def minutes_below(axes: Axes, duration_s: float) -> None:
    """Session time in minutes along the bottom."""
    axes.set_xlim(0.0, duration_s / 60)
    axes.set_xlabel("session time (min)")


def at_the_end(axes: Axes, name: str, y: float) -> None:
    """A person's letter at the right end of a line."""
    if np.isfinite(y):
        axes.annotate(
            name, (1.0, y), (5, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", color=WRITTEN[name], weight="bold", va="center",
        )  # fmt: skip


def apart(first: float, second: float, axes: Axes) -> tuple[float, float]:
    """Two heights for letters that would lie on each other, moved apart where they would."""
    low, high = axes.get_ylim()
    min_gap = 0.16 * (high - low)
    if not abs(first - second) < min_gap:
        return first, second
    middle, way = (first + second) / 2, 1.0 if first >= second else -1.0
    return middle + way * min_gap / 2, middle - way * min_gap / 2


def last_known(values: Floats) -> float:
    """Mean of the end of a line, which its letter stands beside; NaN where nothing is known."""
    known = values[np.isfinite(values)]
    return float(known[-max(1, len(known) // 50) :].mean()) if len(known) else float("nan")


def thinned(x: Floats, values: Floats) -> tuple[Floats, Floats]:
    """A series as the smallest and largest value of each of its parts, in their order.

    A part in which nothing is known is a gap.
    """
    if len(values) <= 2 * MAX_POINTS:
        return x, values
    size = -(-len(values) // (MAX_POINTS // 2))
    parts = -(-len(values) // size)
    rows = np.pad(values, (0, size * parts - len(values)), constant_values=np.nan)
    rows = rows.reshape(parts, size)
    low = np.where(np.isfinite(rows), rows, np.inf).argmin(axis=1)
    high = np.where(np.isfinite(rows), rows, -np.inf).argmax(axis=1)
    chosen = np.sort(np.stack([low, high], axis=1), axis=1) + size * np.arange(parts)[:, None]
    places = np.minimum(chosen.ravel(), len(values) - 1)
    return x[places], values[places]
