"""Figures of people: what could be trusted, both on one time line, and one in detail."""

import numpy as np
from matplotlib.axes import Axes

from dyadkit.analysis.findings import Findings
from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.plot.style import (
    BLACK,
    DOUBLE_MM,
    INK,
    LINE,
    MUTED,
    SINGLE_MM,
    WRITTEN,
    apart,
    at_the_end,
    canvas,
    grounds,
    last_known,
    minutes_below,
    named,
    plain,
    strips,
    thinned,
    unless_known,
)
from dyadkit.signals import Physiology
from dyadkit.signals.physiology import SERIES_HZ
from dyadkit.signals.ppg.intervals import IntervalKind

MINUTE = round(60 * SERIES_HZ)


def body_of(result: Findings, person: PersonName) -> Physiology:
    """The physiology of one person."""
    return result.physiology.person(person)


@canvas(DOUBLE_MM, 38.0)
def quality(result: Findings, *, axes: Axes) -> Axes:
    """Bars of when each signal of each person could be trusted; open where it could not.

    Examples
    --------
    >>> from dyadkit.plot.example import session
    >>> quality(session()).get_xlabel()
    'session time (min)'
    """
    plain(axes)
    rows = [(person, signal) for person in PERSONS for signal in ("pulse", "skin")]
    for row, (person, signal) in enumerate(rows):
        body = body_of(result, person)
        known = np.isfinite(body.heart_rate_bpm if signal == "pulse" else body.tonic_usiemens)
        y = -float(row)
        end = result.duration_s / 60
        axes.barh(y, end, 0.62, color="none", edgecolor=MUTED, lw=0.8, ls=(0, (2, 2)))
        axes.broken_barh(_spans(known), (y - 0.31, 0.62), facecolors=INK[person], lw=0)
        axes.annotate(
            f"{person} {signal}", (0.0, y), (-6, 0), textcoords="offset points",
            color=WRITTEN[person], ha="right", va="center",
        )  # fmt: skip
    axes.set(yticks=(), ylim=(-3.6, 0.6))
    minutes_below(axes, result.duration_s)
    return axes


def _spans(known: Bools) -> list[tuple[float, float]]:
    """Beginning and length, in minutes, of each stretch that is known."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(int)))
    return [
        (start / MINUTE, (stop - start) / MINUTE)
        for start, stop in zip(edges[::2], edges[1::2], strict=True)
    ]


@canvas(DOUBLE_MM, 95.0)
def pair(result: Findings, *, axes: Axes) -> Axes:
    """Heart rate, skin conductance and its responses (SCR) of both people on one time line.

    Examples
    --------
    >>> from dyadkit.plot.example import session
    >>> len(pair(session()).child_axes)
    3
    """
    heart, skin, ticks = found = strips(axes, (3.0, 3.0, 0.9))
    for strip, words in zip(
        found, ("heart rate (bpm)", "skin conductance (µS)", "skin responses, a tick each"),
        strict=True,
    ):  # fmt: skip
        named(strip, words)
    grounds(found, result.marks)
    bodies = {person: body_of(result, person) for person in PERSONS}
    _lines(heart, {person: _smooth(one.heart_rate_bpm) for person, one in bodies.items()})
    levels = {p: one.tonic_usiemens + one.phasic_usiemens for p, one in bodies.items()}
    _lines(skin, levels)
    ticks.grid(visible=False)
    for row, person in enumerate(PERSONS):
        onsets = [one.onset_s / 60 for one in bodies[person].responses]
        ticks.vlines(onsets, -row - 0.36, -row + 0.36, color=INK[person], lw=1)
        at_the_end(ticks, person, -float(row))
    ticks.set(ylim=(-1.5, 0.5), yticks=())
    for strip in found:
        minutes_below(strip, result.duration_s)
    heart.set_xlabel("")
    skin.set_xlabel("")
    return axes


@canvas(DOUBLE_MM, 45.0)
def heart_rates(result: Findings, *, axes: Axes) -> Axes:
    """Heart rates of both people over the session, with the names of its conditions.

    Examples
    --------
    >>> from dyadkit.plot.example import session
    >>> len(heart_rates(session()).lines) >= 2
    True
    """
    plain(axes)
    axes.grid(axis="y", color=LINE, lw=0.8)
    axes.tick_params(axis="y", length=0)
    grounds([axes], result.marks)
    bodies = {person: body_of(result, person) for person in PERSONS}
    _lines(axes, {person: _smooth(one.heart_rate_bpm, 8.0) for person, one in bodies.items()})
    minutes_below(axes, result.duration_s)
    return axes


def _lines(axes: Axes, series: dict[PersonName, Floats]) -> None:
    if unless_known(axes, *series.values()):
        return
    for person, values in series.items():
        minutes = np.arange(len(values)) / MINUTE
        axes.plot(*thinned(minutes, values), color=INK[person], lw=1.2)
    axes.locator_params(axis="y", nbins=4)
    ends = [last_known(values) for values in series.values()]
    for person, y in zip(series, apart(ends[0], ends[1], axes), strict=True):
        at_the_end(axes, person, y)


def _smooth(values: Floats, seconds: float = 4.0) -> Floats:
    """Means over some seconds; NaN where less than half is known."""
    width = min(round(seconds * SERIES_HZ), len(values))
    if not width:
        return values
    known = np.isfinite(values)
    kernel = np.ones(width)
    count = np.convolve(known, kernel, "same")
    total = np.convolve(np.where(known, values, 0.0), kernel, "same")
    return np.where(known & (count >= width / 2), total / np.maximum(count, 1.0), np.nan)


@canvas(SINGLE_MM, 35.0)
def excerpt(result: Findings, person: PersonName, *, axes: Axes) -> Axes:
    """Some seconds of a person's raw pulse wave with the beats that were found in it.

    Examples
    --------
    >>> from dyadkit.plot.example import session
    >>> excerpt(session(), "a").get_xlabel()[:12]
    'seconds from'
    """
    plain(axes)
    one = result.excerpts.get(person)
    if one is None:
        axes.set(xticks=(), yticks=())
        axes.text(0.5, 0.5, "no pulse wave", color=MUTED, ha="center", transform=axes.transAxes)
        return axes
    beats = body_of(result, person).beats
    at = one.times_s - one.start_s
    axes.plot(at, one.values, color=INK[person], lw=1.2)
    inside = (beats.times_s >= one.start_s) & (beats.times_s < one.start_s + at[-1])
    for trusted, style in ((True, "-"), (False, (0, (2, 2)))):
        when = beats.times_s[inside & (beats.trusted == trusted)] - one.start_s
        axes.vlines(
            when, 0.0, 0.12, transform=axes.get_xaxis_transform(), color=BLACK, ls=style, lw=1.2
        )
    axes.set(yticks=(), xlabel=f"seconds from {one.start_s / 60:.1f} min")
    axes.margins(x=0)
    return axes


@canvas(DOUBLE_MM, 95.0)
def person(result: Findings, person: PersonName, *, axes: Axes) -> Axes:
    """One person in detail: inter-beat intervals, skin conductance, responses a minute, breathing.

    Grey intervals came early, late or were mended; a tick below the skin is a response (SCR).

    Examples
    --------
    >>> from dyadkit.plot.example import session
    >>> len(person(session(), "b").child_axes)
    4
    """
    body = body_of(result, person)
    ibi, skin, rate, breath = found = strips(axes, (2.0, 2.0, 1.2, 1.2))
    words = (
        "inter-beat intervals (ms)", "skin conductance (µS) and its level",
        "skin responses (NS-SCR) per minute", "breaths per minute",
    )  # fmt: skip
    for strip, name in zip(found, words, strict=True):
        named(strip, name)
        strip.locator_params(axis="y", nbins=3)
    grounds(found, result.marks)
    _intervals(ibi, body, INK[person])
    _skin(skin, body, INK[person])
    per_minute = responses_per_minute(body)
    if not unless_known(rate, per_minute):
        edges = np.arange(len(per_minute) + 1)
        rate.stairs(np.nan_to_num(per_minute), edges, color=INK[person], fill=True)
    breathing = body.respiration
    if not unless_known(breath, breathing.breaths_per_minute):
        breath.plot(breathing.times_s / 60, breathing.breaths_per_minute, color=INK[person])
    for strip in found:
        minutes_below(strip, result.duration_s)
    for strip in found[:-1]:
        strip.set_xlabel("")
    return axes


def _skin(axes: Axes, body: Physiology, ink: str) -> None:
    if unless_known(axes, body.tonic_usiemens):
        return
    minutes = body.times_s / 60
    whole = body.tonic_usiemens + body.phasic_usiemens
    axes.plot(*thinned(minutes, whole), color=ink, lw=1.1)
    axes.plot(*thinned(minutes, body.tonic_usiemens), color=MUTED, lw=1.0, ls=(0, (4, 2)))
    onsets = [one.onset_s / 60 for one in body.responses]
    axes.vlines(onsets, 0.0, 0.07, transform=axes.get_xaxis_transform(), color=BLACK, lw=0.8)


def _intervals(axes: Axes, body: Physiology, ink: str) -> None:
    intervals = body.intervals
    if unless_known(axes, intervals.start_s):
        return
    lengths_ms = (intervals.stop_s - intervals.start_s) * 1e3
    usual = intervals.kind == int(IntervalKind.NORMAL)
    shown = intervals.kind != int(IntervalKind.UNTRUSTED)
    trusted = np.where(usual, lengths_ms, np.nan)
    axes.plot(*thinned(intervals.stop_s / 60, trusted), color=ink, lw=0.9)
    odd = shown & ~usual
    axes.plot(intervals.stop_s[odd] / 60, lengths_ms[odd], ".", color=MUTED, ms=3)


def responses_per_minute(body: Physiology) -> Floats:
    """Responses in each whole or started minute, by the time in which they could be seen.

    NaN where that is less than half of a minute.
    """
    known = np.isfinite(body.tonic_usiemens)
    minutes = -(-len(known) // MINUTE)
    seen = np.bincount(np.arange(len(known)) // MINUTE, known, minutes) / MINUTE
    onsets = np.array([one.onset_s for one in body.responses])
    place = np.minimum((onsets // 60).astype(int), max(minutes - 1, 0))
    count = np.bincount(place, minlength=minutes)[:minutes]
    return np.where(seen >= 0.5, count / np.maximum(seen, 0.5), np.nan)
