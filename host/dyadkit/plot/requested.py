"""Figures that only an expert asks for: coherence over periods, phases, recurrence of a session.

They compute what they show when they are called; none is on the default page.
"""

import numpy as np
from matplotlib.axes import Axes

from dyadkit.analysis.findings import RATE_HZ, Findings, series_of
from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.plot.style import BLACK, DOUBLE_MM, INK, MUTED, SINGLE_MM, canvas, plain
from dyadkit.synchrony.grid import bridged
from dyadkit.synchrony.phase.band import analytic_in_band
from dyadkit.synchrony.wavelet import Periods
from dyadkit.synchrony.wavelet import coherence as wavelet_coherence

PERIODS_S = (4.0, 64.0)
"""From a breath to a slow wave of arousal."""
BAND_HZ = (0.04, 0.15)
"""Where the slow waves of heart rate and skin lie (the band of Task Force 1996 called LF)."""
MAX_STATES = 1200
BINS = 24


def _both(result: Findings, signal: str) -> tuple[Floats, Floats]:
    a, b = (series_of(body, signal) for body in (result.physiology.a, result.physiology.b))
    return a, b


@canvas(DOUBLE_MM, 65.0)
def coherence(result: Findings, signal: str, *, axes: Axes) -> Axes:
    """Squared wavelet coherence over periods and time; pale where the ends of the session reach.

    Chance is high in single places: it is for looking, and claims nothing.

    Examples
    --------
    >>> from dyadkit.plot.example import session
    >>> coherence(session(), "eda").get_yscale()
    'log'
    """
    plain(axes)
    a, b = _both(result, signal)
    max_period_s = min(PERIODS_S[1], result.duration_s / 4)
    found = wavelet_coherence(a, b, RATE_HZ, Periods(PERIODS_S[0], max_period_s))
    minutes = found.times_s / 60
    step = max(1, len(minutes) // 600)
    shown = axes.pcolormesh(
        minutes[::step], found.periods_s, found.coherence[:, ::step], cmap="viridis", vmin=0,
        vmax=1, shading="nearest", rasterized=True,
    )  # fmt: skip
    edge = np.minimum(found.cone_s[::step], max_period_s)
    axes.fill_between(minutes[::step], edge, max_period_s, color="#ffffff", alpha=0.6, lw=0)
    axes.set(yscale="log", ylim=(PERIODS_S[0], max_period_s), xlabel="session time (min)")
    axes.set_ylabel("period (s)")
    axes.set_yticks([4, 8, 16, 32, 64], ["4", "8", "16", "32", "64"])
    axes.set_ylim(PERIODS_S[0], max_period_s)
    axes.minorticks_off()
    beside = axes.inset_axes((1.02, 0.1, 0.018, 0.8))
    bar = axes.figure.colorbar(shown, cax=beside, ticks=(0, 1))
    bar.outline.set_visible(False)
    beside.tick_params(colors=MUTED, length=0)
    return axes


@canvas(SINGLE_MM, 85.0)
def phase(result: Findings, signal: str, *, axes: Axes) -> Axes:
    """Rose of phase differences in the slow band: how often b is so far behind a in its wave.

    Area is share of time; right is in step, up is b behind by a quarter. It claims nothing.

    Examples
    --------
    >>> from dyadkit.plot.example import session
    >>> [text.get_text() for text in phase(session(), "heart_rate").texts]
    ['in step', 'b behind', 'opposite', 'a behind']
    """
    axes.set(xticks=(), yticks=(), aspect="equal", xlim=(-1.25, 1.25), ylim=(-1.25, 1.25))
    for spine in axes.spines.values():
        spine.set_visible(False)
    a, b = (analytic_in_band(bridged(one), RATE_HZ, BAND_HZ) for one in _both(result, signal))
    turned = np.angle(a * np.conj(b))
    known = np.isfinite(turned) & _known(result, signal)
    share, edges = np.histogram(turned[known], BINS, (-np.pi, np.pi))
    radius = np.sqrt(share / max(share.max(), 1))
    for r, low, high in zip(radius, edges[:-1], edges[1:], strict=True):
        arc = np.linspace(low, high, 8)
        axes.fill([0, *(r * np.cos(arc))], [0, *(r * np.sin(arc))], color=BLACK, alpha=0.75, lw=0)
    whole = np.linspace(0, 2 * np.pi, 200)
    axes.plot(np.cos(whole), np.sin(whole), color=MUTED, lw=0.8)
    for angle, words in ((0, "in step"), (90, "b behind"), (180, "opposite"), (270, "a behind")):
        at = np.deg2rad(angle)
        axes.text(
            1.14 * np.cos(at), 1.14 * np.sin(at), words, color=MUTED, ha="center", va="center",
            size="small",
        )  # fmt: skip
    return axes


def _known(result: Findings, signal: str) -> Bools:
    a, b = _both(result, signal)
    return np.asarray(np.isfinite(a) & np.isfinite(b))


@canvas(SINGLE_MM, 85.0)
def recurrence(result: Findings, signal: str, *, axes: Axes) -> Axes:
    """Cross-recurrence plot: when a (across) and b (up) were in about the same state.

    States are ranks, so that the tenth of pairs that lie nearest recur. It claims nothing.

    Examples
    --------
    >>> from dyadkit.plot.example import session
    >>> recurrence(session(), "eda").get_xlabel()
    'a (min)'
    """
    plain(axes)
    a, b = _both(result, signal)
    step = max(1, len(a) // MAX_STATES)
    first, second = (_ranks(one[::step]) for one in (a, b))
    near = np.abs(first[:, None] - second[None, :]) < 0.05
    end = result.duration_s / 60
    axes.imshow(
        near.T, origin="lower", cmap="Greys", extent=(0, end, 0, end), interpolation="nearest",
        vmin=0, vmax=1.4,
    )  # fmt: skip
    axes.set(xlabel="a (min)", ylabel="b (min)")
    axes.plot([0, end], [0, end], color=INK["b"], lw=0.8, ls=(0, (2, 3)))
    return axes


def _ranks(values: Floats) -> Floats:
    known = np.isfinite(values)
    found = np.full(len(values), np.nan)
    found[known] = np.argsort(np.argsort(values[known])) / max(known.sum(), 1)
    return found
