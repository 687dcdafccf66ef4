"""Figures of the report as SVG text: for print, without JavaScript, safe for the colour-blind."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.traces import Alignment
from dyadkit.synchrony.verdicts import NAMED_AT, VerdictCourse

INK = {"a": "#0072B2", "b": "#D55E00"}
_GREY = "#666666"
_MAX_POINTS = 1500
_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "dyadkit",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _GREY,
    "xtick.color": _GREY,
    "ytick.color": _GREY,
    "axes.labelcolor": "#333333",
}


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One strip of a time figure: both people's values over the session, and what they are."""

    label: str
    a: tuple[Floats, Floats]
    b: tuple[Floats, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """Windowed correlation, shape (windows, lags), on its time and lag axes in seconds."""

    times_s: Floats
    lags_s: Floats
    r: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """One strip over the weeks: values of each line, shape (sessions,), and what they are."""

    label: str
    lines: dict[str, Floats]

    def known(self) -> bool:
        """Whether any session has a value."""
        return any(np.isfinite(values).any() for values in self.lines.values())


def time_courses(panels: Sequence[Panel]) -> str:
    """Figure of both people over the session, one strip per signal; NaN leaves a gap."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(8.6, 1.75 * len(panels) + 0.4), layout="constrained")
        axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
        for axis, panel in zip(axes, panels, strict=True):
            for person in ("a", "b"):
                times_s, values = getattr(panel, person)
                axis.plot(*_thinned(times_s / 60, values), color=INK[person], lw=1, label=person)
            axis.set_ylabel(panel.label)
            axis.margins(x=0)
        _legend_above(axes[0])
        axes[-1].set_xlabel("session time (min)")
        return _svg(figure)


def alignment_course(found: Alignment) -> str:
    """Figure of the bound of a against b per minute; shaded where the two had no contact."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(8.6, 1.5), layout="constrained")
        axis = figure.subplots()
        minutes = np.arange(len(found.minutes_s) + 1)
        axis.stairs(found.bound_s * 1e3, minutes, baseline=None, color="#333333", lw=1.2)
        axis.fill_between(
            minutes,
            0,
            1,
            where=np.append(found.in_sync, found.in_sync[-1]) < 0.5,
            step="post",
            transform=axis.get_xaxis_transform(),
            color="#eeeeee",
            lw=0,
        )
        axis.set(xlabel="session time (min)", ylabel="bound (ms)", ylim=(0, None))
        axis.margins(x=0)
        return _svg(figure)


def verdict_course(course: VerdictCourse) -> str:
    """Figure of the beliefs that each is calmed (down) or wound up (up), window by window."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(8.6, 3.0), layout="constrained")
        axes = figure.subplots(2, 1, sharex=True)
        minutes = course.times_s / 60
        width = 0.8 * float(np.median(np.diff(minutes))) if len(minutes) > 1 else 5.0
        for column, (axis, person) in enumerate(zip(axes, ("a", "b"), strict=True)):
            axis.bar(minutes, np.nan_to_num(course.wound_up[:, column]), width, color=INK[person])
            calmed = -np.nan_to_num(course.calmed[:, column])
            axis.bar(minutes, calmed, width, color=INK[person], alpha=0.45)
            for level in (-NAMED_AT, 0.0, NAMED_AT):
                axis.axhline(level, color="#cccccc", lw=1)
            axis.set(ylim=(-1, 1), yticks=(-1, 0, 1), ylabel=f"{person}: belief")
            axis.set_yticklabels(["calmed", "", "wound up"])
        axes[-1].set_xlabel("middle of the window (min)")
        return _svg(figure)


def weeks_course(days: Floats, strips: Sequence[Strip]) -> str:
    """Figure of measures over the weeks, one strip each; empty where no session could tell."""
    if not strips:
        return ""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(8.6, 1.5 * len(strips) + 0.4), layout="constrained")
        axes = figure.subplots(len(strips), 1, sharex=True, squeeze=False)[:, 0]
        for axis, strip in zip(axes, strips, strict=True):
            for label, values in strip.lines.items():
                known = np.isfinite(values)
                colour = INK.get(label)
                axis.plot(
                    days[known] / 7, values[known], "o-", color=colour, lw=1, ms=4, label=label
                )
            axis.set_ylabel(strip.label, fontsize=8)
            _legend_above(axis)
        axes[-1].set_xlabel("weeks since the first session")
        return _svg(figure)


def coupling_surface(surface: Surface, lag_s: float | None) -> str:
    """Figure of windows against lags, and of their mean: where and how late the two go together."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(8.6, 3.2), layout="constrained")
        over_time, mean = figure.subplots(1, 2, width_ratios=(2.3, 1))
        shown = over_time.imshow(
            surface.r.T,
            aspect="auto",
            origin="lower",
            cmap="RdBu_r",
            vmin=-1,
            vmax=1,
            extent=(*_ends(surface.times_s / 60), *_ends(surface.lags_s)),
        )
        figure.colorbar(shown, ax=over_time, label="correlation", shrink=0.9)
        over_time.set(xlabel="session time (min)", ylabel="lag (s): up, b follows a")
        _mean_over_windows(mean, surface, lag_s)
        return _svg(figure)


def _mean_over_windows(axis: Axes, surface: Surface, lag_s: float | None) -> None:
    fisher = np.arctanh(np.clip(surface.r, -0.999, 0.999))
    known = np.isfinite(fisher).any(0)
    mean = np.full(len(surface.lags_s), np.nan)
    mean[known] = np.tanh(np.nanmean(fisher[:, known], 0))
    axis.axvline(0, color="#cccccc", lw=1)
    axis.axhline(0, color="#cccccc", lw=1)
    axis.plot(surface.lags_s, mean, color="#333333", lw=1.2)
    if lag_s is not None:
        axis.axvline(lag_s, color="#009E73", lw=1.5, ls="--")
        axis.annotate(f"{lag_s:+.1f} s", (lag_s, 1), xycoords=("data", "axes fraction"))
    axis.set(xlabel="lag (s): right, b follows a", ylabel="mean correlation")


def _legend_above(axis: Axes) -> None:
    """Names of the lines above the axis, where no line can cross them."""
    axis.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False, borderaxespad=0)


def _thinned(times: Floats, values: Floats) -> tuple[Floats, Floats]:
    """At most a few points per pixel, keeping each bucket's extremes so that peaks survive."""
    if len(values) <= _MAX_POINTS:
        return times, values
    size = -(-len(values) // (_MAX_POINTS // 2))
    padded = np.full(-(-len(values) // size) * size, np.nan)
    padded[: len(values)] = values
    buckets = padded.reshape(-1, size)
    empty = ~np.isfinite(buckets).any(1)
    filled = np.where(np.isfinite(buckets), buckets, np.nan)
    filled[empty] = 0
    first = np.minimum(np.nanargmin(filled, 1), np.nanargmax(filled, 1))
    second = np.maximum(np.nanargmin(filled, 1), np.nanargmax(filled, 1))
    picked = (np.stack([first, second], 1) + np.arange(len(buckets))[:, None] * size).ravel()
    picked = picked[picked < len(values)]
    return times[picked], values[picked]


def _ends(axis: Floats) -> tuple[float, float]:
    half = (axis[1] - axis[0]) / 2 if len(axis) > 1 else 0.5
    return float(axis[0] - half), float(axis[-1] + half)


def _svg(figure: Figure) -> str:
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    whole = text.getvalue()
    return whole[whole.index("<svg") :]
