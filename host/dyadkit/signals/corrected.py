"""Corrected signals: what a reviewer changed by hand, put into one person's traces and beats.

Artefacts are taken out of the traces before anything is read from them: what nobody can trust is a
gap. Beats are added to and taken from those that were found.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.traces import Correction, PersonTraces, Trace
from dyadkit.signals.colour import COLOURS
from dyadkit.signals.given import COMPONENTS
from dyadkit.signals.ppg.beats import Beats, join

REACH_S = 0.15
"""A beat within this of where one was said to be is that beat: less than half of the shortest
interval (240 beats a minute)."""
EYE_S = 0.02
"""Standard error of a beat placed by eye: one sample at 50 Hz."""
_PULSE = (*COLOURS, "ibi", "heart_rate")
_SKIN = ("eda", *COMPONENTS)


def without_artefacts(person: PersonTraces) -> PersonTraces:
    """A person's traces, missing where a reviewer saw an artefact."""
    traces = dict(person.traces)
    for kind, names in (("pulse artefact", _PULSE), ("skin artefact", _SKIN)):
        spans = [one for one in person.corrections if one.kind == kind]
        if spans:
            traces |= {name: _blanked(traces[name], spans) for name in names if name in traces}
    return replace(person, traces=traces)


def _blanked(trace: Trace, spans: Sequence[Correction]) -> Trace:
    inside = np.zeros(len(trace.times_s), dtype=bool)
    for one in spans:
        inside |= (trace.times_s >= one.start_s) & (trace.times_s <= one.stop_s)
    return replace(trace, values=np.where(inside, np.nan, trace.values))


def corrected_beats(beats: Beats, corrections: Sequence[Correction]) -> Beats:
    """Beats with those a reviewer added, and without those that are none, in the order given."""
    for one in corrections:
        away_s = np.abs(beats.times_s - one.start_s)
        near = bool(len(away_s)) and float(away_s.min()) <= REACH_S
        if one.kind == "no beat" and near:
            beats = beats.where(np.arange(len(beats)) != int(away_s.argmin()))
        elif one.kind == "beat" and not near:
            beats = join([_seen(one.start_s, beats), beats])
    return beats


def _seen(at_s: float, beats: Beats) -> Beats:
    """One beat of full quality; its size is what is usual, and its time as good as the eye."""
    return Beats(
        times_s=np.array([at_s]),
        quality=np.ones(1),
        amplitude=_usual(beats.amplitude),
        baseline=_usual(beats.baseline),
        duration_s=beats.duration_s,
        gaps_s=beats.gaps_s,
        timing_error_s=np.full(1, EYE_S),
    )


def _usual(values: Floats) -> Floats:
    return np.array([np.median(values) if len(values) else np.nan])


def notes_of(corrections: Sequence[Correction]) -> tuple[str, ...]:
    """What a reader must know of a review: how many corrections, by whom, and how blind."""
    if not corrections:
        return ()
    kinds = list(dict.fromkeys(one.kind for one in corrections))
    counts = [(sum(one.kind == kind for one in corrections), kind) for kind in kinds]
    words = ", ".join(f"{count} × {kind}" for count, kind in counts)
    who = ", ".join(dict.fromkeys(one.reviewer for one in corrections))
    seen = sum(one.saw_partner for one in corrections)
    blind = (
        "blind to the partner"
        if not seen
        else f"{seen} of {len(corrections)} with the partner in sight"
    )
    return (f"corrected by hand: {words}; by {who}, {blind}",)
