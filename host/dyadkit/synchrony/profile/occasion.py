"""One signal of both people over a session, with what was marked; and what is usual at rest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.dyad.traces import Mark
from dyadkit.errors import SignalError
from dyadkit.synchrony.context import REST_LABELS, condition_spans
from dyadkit.synchrony.coupling import couple
from dyadkit.synchrony.dynamics import OscillatorFit, fit_oscillator
from dyadkit.synchrony.profile.evidence import Usual
from dyadkit.synchrony.responses import Peaks, partner_response

_NAN = float("nan")
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Signal:
    """The same signal of both people on one grid that begins at session time 0, NaN missing.

    `floor` is the smallest rise, in its own unit, that means something.

    Examples
    --------
    >>> signal = Signal(np.arange(600.0), np.ones(600), rate_hz=1.0)
    >>> resting = signal.during([Mark(300.0, 420.0, "Rest", "condition")], ["rest"])
    >>> signal.within(resting).a[[0, -1]].tolist()
    [300.0, 419.0]
    """

    a: Floats
    b: Floats
    rate_hz: float
    floor: float = 0.0

    def within(self, inside: Bools) -> "Signal":
        """The part where `inside` holds, from its first to its last moment, NaN in between."""
        kept = np.flatnonzero(inside)
        part = slice(int(kept[0]), int(kept[-1]) + 1) if len(kept) else slice(0, 0)
        a, b = (np.where(inside, series, np.nan)[part] for series in (self.a, self.b))
        return Signal(a, b, self.rate_hz, self.floor)

    def during(self, marks: Sequence[Mark], labels: Sequence[str]) -> Bools:
        """Which samples lie within a condition of one of these labels, in any case of letters."""
        times_s = np.arange(len(self.a)) / self.rate_hz
        inside = np.zeros(len(times_s), dtype=bool)
        for mark in condition_spans(marks, len(times_s) / self.rate_hz):
            if mark.label.strip().lower() in labels:
                inside |= (times_s >= mark.start_s) & (times_s < mark.stop_s)
        return inside


def usual_at_rest(skin: Signal, pulse: Signal, marks: Sequence[Mark], seed: int = 0) -> Usual:
    """Resting baseline of a dyad, from conditions named rest or baseline; NaN without one.

    Parameters
    ----------
    skin : what the coupling and the answers are read from
    pulse : what the oscillators are fitted to

    Examples
    --------
    >>> from dyadkit.sim.people import bodies
    >>> met = bodies.meet(bodies.Encounter(), seconds=300.0, seed=1)
    >>> skin = Signal(met.a.eda_usiemens[::4], met.b.eda_usiemens[::4], 4.0)
    >>> pulse = Signal(met.a.heart_rate_bpm[::16], met.b.heart_rate_bpm[::16], 1.0)
    >>> usual_at_rest(skin, pulse, marks=()).strength                   # no rest was marked
    nan
    >>> round(usual_at_rest(skin, pulse, [Mark(0.0, 300.0, "rest", "condition")]).strength, 1)
    0.5
    """
    resting = skin.within(skin.during(marks, REST_LABELS))
    slow = pulse.within(pulse.during(marks, REST_LABELS))
    if not len(resting.a):
        return Usual()
    coupled = tried(lambda: couple(resting.a, resting.b, resting.rate_hz, seed=seed))
    answers = tried(
        lambda: partner_response(
            resting.a, resting.b, resting.rate_hz, Peaks(floor=resting.floor), seed
        )
    )
    fit = tried(lambda: fit_oscillator(slow.a, slow.b, slow.rate_hz, seed))
    return Usual(
        strength=abs(coupled.strength) if coupled else _NAN,
        strength_deviation=_spread(coupled.windows.strength) if coupled else _NAN,
        answered_by_a=answers.b_to_a.probability if answers else _NAN,
        answered_by_b=answers.a_to_b.probability if answers else _NAN,
        amplification=_amplification(fit) if fit else _NAN,
    )


def tried(attempt: Callable[[], _Found]) -> _Found | None:
    """What the attempt gives, or None where the data cannot answer."""
    try:
        return attempt()
    except SignalError:
        return None


def _amplification(fit: OscillatorFit) -> float:
    """The pair's variance ratio; NaN where one person alone, or the pair, would run away."""
    pair = float(np.sqrt(np.prod(fit.variance_ratio)))
    return pair if 0.0 < pair < np.inf else _NAN


def _spread(strengths: Floats) -> float:
    """Standard error of the coupling at rest, from its windows."""
    known = strengths[np.isfinite(strengths)]
    return float(known.std(ddof=1) / np.sqrt(len(known))) if len(known) > 1 else _NAN
