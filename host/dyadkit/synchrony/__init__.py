"""Synchrony of two people's physiology: which measure answers which question, and against what.

Two series agree for three reasons: the people act on each other, something acts on both, or both
are slow, and any two slow series agree by accident (Yule 1926). The third is by far the commonest.
So no measure here is evidence by itself: it is read against its chance level, and what both people
shared (a film, a task, a schedule) needs a chance level of its own.

The map of measures, in the order a researcher meets them
----------------------------------------------------------
1. *Are these two coupled at all, who leads, by how much?* `couple`: lagged synchrony at its best
   lag in its best band, after whitening. Chance: every circular shift of at least 30 s, by an
   extreme-value law. The only one to begin with; the others describe what it found.
2. *When in the session?* `windowed_correlation`, each window at each lag. No chance level:
   windows of two strangers reach 0.9 all the time. It is for looking.
3. *Does a published number hold on my data?* `susy`, `rmea`, `boker`, `bsync`,
   `single_session_index`. SUSY comes with its own pseudo pairs (its effect is no z-score), the
   index with circular shifts; the others have no chance level.
4. *Whose doing is it: the partner, or what both were given?* `PseudoDyads` as the null of `couple`
   (people of other sessions at the same moment), `assess_group` (real partners against exchanged
   ones), `coupling.remove_stimulus` (a known stimulus taken out of both first).
5. *At which rhythm?* `wavelet_coherence` over periods and time, against red noise where a
   `RedNoise` is given; `phase_locking` in one narrow band, against circular shifts.
6. *Does one's past help to predict the other?* `granger` (linear), `transfer_entropy` (also
   nonlinear), both ways, each against circular shifts of its source.
7. *Do they pass through the same states, at any pace?* `cross_recurrence`, the peak of its profile
   against circular shifts; `warped_distance`, against circular shifts where `Shifts` are given.
8. *How does one respond when the other is aroused?* `couple_events` asks on onsets whether skin
   conductance responses (SCR) follow the partner's, against the own rate; it decides on skin.
   `partner_response` asks the same of any series that rises, and for recovery; `match_amico` pairs
   single responses, `stress_buffering` asks whether one settles faster while the other acts.
9. *Does the partner calm or wind up?* `judge_persons` for each person, on any slow arousal.
   `fit_oscillator`, `follow_oscillator` where both swing: likelihood-ratio tests of the coupling,
   and a regime only where belief in it is high. `fit_glla`
   and `fit_inertia_coordination` give the field's older numbers, without a chance level: compare
   dyads with these.

10. *What would a paper print?* `cross_correlation` of IBI at every lag, `epoch_synchrony` of RSA in
   30 s epochs with inertia and coordination, `state_space_grid`, `event_locked` heart rate around
   coded behaviour. With intervals, and outside of every sentence that is said.

Before any p is believed: `calibrate_null` tells how often a test calls people coupled who never
met, on your own series. `CircularShift` is the default surrogate of 1 and 4; `chance` holds the
others (phase-randomised, IAAFT, autoregressive, segments) and says where each fails.

Conventions
-----------
A positive lag means b follows a; so does a positive phase angle, a positive `net_nats`, a path of
warping with b later. (One exception: `phase_rad` of an oscillator's mode is how far b is *ahead*.)
Both series lie on one uniform grid; missing samples are NaN, infinite ones count as missing, and
what a filter needs in a gap never counts as data. `ValueError`: the question is nonsense;
`SignalError`: these data cannot answer it. Equal seeds give equal results.

>>> import numpy as np
>>> from dyadkit.synchrony import couple
>>> a, b = np.random.default_rng(5).standard_normal((2, 2400)).cumsum(axis=1)   # two strangers
>>> float(np.round(np.corrcoef(a, b)[0, 1], 2))                                  # nonsense
0.93
>>> round(couple(a, b, rate_hz=4.0).p, 2)
0.35

Not measures, but needed for them
---------------------------------
`grid` (checks both series, states the lag convention), `misalignment` (circular shifts for
statistics cheap enough to have at each), `chance` (what a null and a statistic must offer),
`context` (contrasts of any course between conditions and events, a person's own rest, trends over
sessions), `group` (many dyads), `profile` (one session's estimates in sentences with limits).

Start reading at `coupling.estimate.couple`, then `coupling.scan` (its statistic), `chance.shifts`
and `chance.extreme` (its null); the other measures stand side by side in sub-packages of their own.
House rules: arrays in, a frozen `Result` out that says what it rests on and what it was compared
with; nothing inside imports this door. The names below are imported when they are asked for.

References
----------
Yule 1926, J. R. Stat. Soc. 89, 1–63 (nonsense correlations); Butler 2011, Pers. Soc. Psychol. Rev.
15, 367–393 (coregulation, covariation); Palumbo et al. 2017, Pers. Soc. Psychol. Rev. 21, 99–141
(interpersonal autonomic physiology); Moulder et al. 2018, Psychol. Methods 23, 757–773 (surrogates
for synchrony); Boucsein 2012, Electrodermal Activity (what is being compared).
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dyadkit.synchrony.chance.calibration import calibrate as calibrate_null
    from dyadkit.synchrony.chance.pseudo import PseudoDyads
    from dyadkit.synchrony.chance.shifts import CircularShift
    from dyadkit.synchrony.coupling.estimate import couple
    from dyadkit.synchrony.coupling.published.peaks import boker
    from dyadkit.synchrony.coupling.published.segments import susy
    from dyadkit.synchrony.coupling.published.windows import bsync, rmea
    from dyadkit.synchrony.coupling.windows import windowed_correlation
    from dyadkit.synchrony.directed.flow import granger, transfer_entropy
    from dyadkit.synchrony.dynamics.oscillator.course import follow_oscillator
    from dyadkit.synchrony.dynamics.oscillator.fit import fit_oscillator
    from dyadkit.synchrony.dynamics.regressions.glla import fit_glla
    from dyadkit.synchrony.dynamics.regressions.inertia import fit_inertia_coordination
    from dyadkit.synchrony.following.estimate import couple_events
    from dyadkit.synchrony.group import assess as assess_group
    from dyadkit.synchrony.index import single_session_index
    from dyadkit.synchrony.phase.estimate import locking as phase_locking
    from dyadkit.synchrony.recurrence.plot import cross_recurrence
    from dyadkit.synchrony.reported.behaviour import event_locked
    from dyadkit.synchrony.reported.epochs import epoch_synchrony
    from dyadkit.synchrony.reported.lagged import cross_correlation
    from dyadkit.synchrony.reported.state_grid import state_space_grid
    from dyadkit.synchrony.responses.matched import match_amico
    from dyadkit.synchrony.responses.partner import partner_response
    from dyadkit.synchrony.responses.recovery import stress_buffering
    from dyadkit.synchrony.verdicts.estimate import judge_persons
    from dyadkit.synchrony.warping import distance as warped_distance
    from dyadkit.synchrony.wavelet.estimate import coherence as wavelet_coherence

__all__ = [
    "CircularShift",
    "PseudoDyads",
    "assess_group",
    "boker",
    "bsync",
    "calibrate_null",
    "couple",
    "couple_events",
    "cross_correlation",
    "cross_recurrence",
    "epoch_synchrony",
    "event_locked",
    "fit_glla",
    "fit_inertia_coordination",
    "fit_oscillator",
    "follow_oscillator",
    "granger",
    "judge_persons",
    "match_amico",
    "partner_response",
    "phase_locking",
    "rmea",
    "single_session_index",
    "state_space_grid",
    "stress_buffering",
    "susy",
    "transfer_entropy",
    "warped_distance",
    "wavelet_coherence",
    "windowed_correlation",
]

_HOMES = {
    "CircularShift": "chance.shifts.CircularShift",
    "PseudoDyads": "chance.pseudo.PseudoDyads",
    "assess_group": "group.assess",
    "boker": "coupling.published.peaks.boker",
    "bsync": "coupling.published.windows.bsync",
    "calibrate_null": "chance.calibration.calibrate",
    "couple": "coupling.estimate.couple",
    "couple_events": "following.estimate.couple_events",
    "cross_correlation": "reported.lagged.cross_correlation",
    "cross_recurrence": "recurrence.plot.cross_recurrence",
    "epoch_synchrony": "reported.epochs.epoch_synchrony",
    "event_locked": "reported.behaviour.event_locked",
    "fit_glla": "dynamics.regressions.glla.fit_glla",
    "fit_inertia_coordination": "dynamics.regressions.inertia.fit_inertia_coordination",
    "fit_oscillator": "dynamics.oscillator.fit.fit_oscillator",
    "follow_oscillator": "dynamics.oscillator.course.follow_oscillator",
    "granger": "directed.flow.granger",
    "judge_persons": "verdicts.estimate.judge_persons",
    "match_amico": "responses.matched.match_amico",
    "partner_response": "responses.partner.partner_response",
    "phase_locking": "phase.estimate.locking",
    "rmea": "coupling.published.windows.rmea",
    "single_session_index": "index.single_session_index",
    "state_space_grid": "reported.state_grid.state_space_grid",
    "stress_buffering": "responses.recovery.stress_buffering",
    "susy": "coupling.published.segments.susy",
    "transfer_entropy": "directed.flow.transfer_entropy",
    "warped_distance": "warping.distance",
    "wavelet_coherence": "wavelet.estimate.coherence",
    "windowed_correlation": "coupling.windows.windowed_correlation",
}
"""Where each public name lives. Names that only their module made clear say it themselves here."""


def __getattr__(name: str) -> Any:
    """Import a measure only when it is asked for; sub-packages are left to Python."""
    import importlib

    if name not in _HOMES:
        raise AttributeError(f"module dyadkit.synchrony has no attribute {name}")
    module, _, there = _HOMES[name].rpartition(".")
    return getattr(importlib.import_module(f"dyadkit.synchrony.{module}"), there)


def __dir__() -> list[str]:
    """The lazy names too, so that they can be found by completion."""
    return sorted({*globals(), *__all__})
