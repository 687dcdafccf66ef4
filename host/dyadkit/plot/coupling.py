"""Figures of coupling: at which lag, when, and what each does after the other's responses."""

import numpy as np
from matplotlib.axes import Axes

from dyadkit.analysis.findings import RATE_HZ, Findings, series_of
from dyadkit.analysis.pictures import Around
from dyadkit.plot.style import (
    BLACK,
    CHANCE,
    DOUBLE_MM,
    INK,
    LINE,
    MUTED,
    SINGLE_MM,
    WRITTEN,
    canvas,
    panels,
    plain,
)
from dyadkit.synchrony.coupling import windowed_correlation

WINDOW_S, STEP_S = 30.0, 5.0
"""Windows of the surface: long enough for one slow wave, apart so that single ones can be told."""
_ENDS = ("← b first", "a first →")


@canvas(SINGLE_MM, 55.0)
def lag_profile(result: Findings, signal: str, *, axes: Axes) -> Axes:
    """Statistic of a signal's coupling at every lag; grey is what chance reaches.

    The mark is what the session's decision rests on; wiggles elsewhere are not findings.

    Examples
    --------
    >>> from dyadkit.plot.example import session
    >>> lag_profile(session(), "eda").get_xlim()
    (np.float64(-10.0), np.float64(10.0))
    """
    plain(axes)
    found = result.profiles[signal]
    top = max(1.6, float(np.nanmax(found.height)) * 1.12)
    bottom = min(-1.2, float(np.nanmin(found.height)) * 1.12)
    both_ways = signal in result.coupling and result.events is None or signal != "eda"
    axes.axhspan(-1.0 if both_ways else bottom, 1.0, color=CHANCE, lw=0, zorder=-2)
    axes.axvline(0.0, color=MUTED, lw=0.8, ls=(0, (2, 3)), zorder=-1)
    axes.plot(found.lags_s, found.height, color=BLACK, lw=1.4)
    axes.plot([found.lag_s], [found.top], "o", color=BLACK, ms=6, clip_on=False)
    axes.set(xlim=(found.lags_s[0], found.lags_s[-1]), ylim=(bottom, top), xlabel="lag (s)")
    axes.set_yticks([-1, 0, 1] if both_ways else [0, 1])
    _ends(axes)
    return axes


def _ends(axes: Axes) -> None:
    """What both ends of a lag axis mean, under it."""
    for x, words, side in ((0.0, _ENDS[0], "left"), (1.0, _ENDS[1], "right")):
        axes.annotate(
            words, (x, 0.0), (0, -26), xycoords="axes fraction", textcoords="offset points",
            color=BLACK, ha=side, va="top", size="small",
        )  # fmt: skip


@canvas(DOUBLE_MM, 60.0)
def coupling_surface(result: Findings, signal: str, *, axes: Axes) -> Axes:
    """Windowed correlation of a signal at every lag along the session, up where b follows a.

    Single windows vary by chance; only the test of the whole tells whether that is exceeded.

    Examples
    --------
    >>> from dyadkit.plot.example import session
    >>> coupling_surface(session(), "heart_rate").get_ylim()
    (np.float64(-5.0), np.float64(5.0))
    """
    plain(axes)
    a, b = (series_of(body, signal) for body in (result.physiology.a, result.physiology.b))
    reach_s = result.coupling[signal].max_lag_s
    found = windowed_correlation(a, b, RATE_HZ, WINDOW_S, STEP_S, reach_s)
    shown = axes.imshow(
        found.r.T,
        aspect="auto",
        origin="lower",
        cmap="RdBu_r",
        vmin=-1,
        vmax=1,
        extent=(0.0, result.duration_s / 60, -reach_s, reach_s),
        interpolation="nearest",
    )
    axes.axhline(0.0, color=MUTED, lw=0.8, ls=(0, (2, 3)))
    axes.set(xlabel="session time (min)", ylabel="lag (s)")
    beside = axes.inset_axes((1.02, 0.1, 0.018, 0.8))
    bar = axes.figure.colorbar(shown, cax=beside, ticks=(-1, 0, 1))
    bar.outline.set_visible(False)
    beside.tick_params(colors=MUTED, length=0)
    beside.set_title("r", color=MUTED, size="small")
    return axes


@canvas(DOUBLE_MM, 60.0)
def answers(result: Findings, *, axes: Axes) -> Axes:
    """Mean change of each one's skin conductance around the other's responses; grey is chance.

    Examples
    --------
    >>> from dyadkit.plot.example import session
    >>> len(answers(session()).child_axes)
    2
    """
    ways = (("b", "a"), ("a", "b"))
    tops = [float(np.nanmax([one.mean, one.high])) for one in result.around.values()]
    lows = [float(np.nanmin([one.mean, one.low])) for one in result.around.values()]
    for panel, (who, whom) in zip(panels(axes, len(ways)), ways, strict=True):
        plain(panel)
        panel.axvline(0.0, color=INK[whom], lw=1.6)
        panel.text(
            0.0, 1.04, f"{who} after a response of {whom}", transform=panel.transAxes,
            color=WRITTEN[who], weight="bold", size="small",
        )  # fmt: skip
        if who in result.around:
            _around(panel, result.around[who], INK[who])
            panel.set_ylim(min(lows) * 1.1, max(tops) * 1.1)
        else:
            panel.text(
                0.5, 0.5, "too few responses", transform=panel.transAxes, ha="center", color=MUTED
            )
            panel.set(xticks=(), yticks=())
    return axes


def _around(axes: Axes, found: Around, ink: str) -> None:
    axes.fill_between(found.times_s, found.low, found.high, color=CHANCE, lw=0)
    axes.axhline(0.0, color=LINE, lw=0.8, zorder=-1)
    axes.plot(found.times_s, found.mean, color=ink, lw=1.6)
    axes.set(xlabel="seconds", xlim=(found.times_s[0], found.times_s[-1]))
    axes.locator_params(axis="y", nbins=3)
    axes.set_title("µS", loc="right", color=MUTED, size="small")
