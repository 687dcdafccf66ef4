"""Analysis of a whole session in one call."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from itertools import combinations
from pathlib import Path
from typing import TypeVar

import numpy as np

from dyadkit.analysis.decision import TWO_PEOPLE, About, Statement, said_of
from dyadkit.analysis.excerpt import excerpts_of
from dyadkit.analysis.findings import (
    EPOCH_S,
    RATE_HZ,
    SIGNAL_WORDS,
    ClockQuality,
    Findings,
    PersonQuality,
    Quality,
    series_of,
)
from dyadkit.analysis.pictures import LagProfile, answers_around, event_profile, profiles_of
from dyadkit.analysis.primary import Primary
from dyadkit.analysis.regulation import Regulated
from dyadkit.analysis.reported import reported_numbers
from dyadkit.analysis.tables import condition_table, epoch_table, reactions, sensor_marks
from dyadkit.dyad.display import html_list
from dyadkit.dyad.fingerprint import fingerprint, shared, shared_within
from dyadkit.dyad.provenance import portable_source
from dyadkit.dyad.renderers import IN_NOTEBOOKS, Audience
from dyadkit.dyad.saving import is_drawable, save
from dyadkit.dyad.traces import PERSONS, Dyad
from dyadkit.errors import SignalError
from dyadkit.sessions.extraction import extraction_of
from dyadkit.signals import Physiology, PhysiologyPair
from dyadkit.signals.seconds import trusted_share
from dyadkit.synchrony.chance import NullResult, PseudoDyads
from dyadkit.synchrony.coupling import BandScan, Coupling, couple_with
from dyadkit.version import __version__

MAX_LAG_S = 5.0
MAX_SEARCHED_S = 30.0
MIN_TRUSTED = 0.5

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True, eq=False)
class Analysis(Findings):
    """All estimates of one session, which can be saved as a report.

    See `Findings` for its parts. What could not be estimated is missing or None, and `refusals`
    says why; a NaN within an estimate is a value that the data do not give.

    Examples
    --------
    A minute is too short to tell synchrony from chance, and that is all that is said of it:

    >>> from dyadkit.sim.people import bodies
    >>> minute = bodies.perfect_dyad(bodies.meet(bodies.Encounter(), 60.0, seed=1))
    >>> found = analyze(minute)
    >>> found.coupling, found.beyond_chance()
    ({}, [])
    >>> found.refusals["dynamics"]
    'a has 15 samples; 60 are needed'
    >>> round(found.physiology.a.hrv.mean_bpm), found.quality.a.pulse_trusted > 0.9
    (69, True)
    """

    def save(self, path: str | Path, audience: Audience = Audience.RESEARCHER) -> None:
        """Write a self-contained HTML report, or its JSON twin, by the ending of the name.

        For participants, and whoever talks with them, the page is one of plain words.

        Raises
        ------
        ValueError
            the name ends in neither .html nor .json
        SessionError
            the file cannot be written
        """
        save(self, path, audience)

    def _repr_html_(self) -> str:
        """What a notebook shows: the box of the report and both people, where it can be drawn.

        Else the sentences, and what else could not be answered and why.
        """
        drawn = IN_NOTEBOOKS.get(type(self).__name__)
        if drawn is not None and is_drawable():
            return drawn(self)
        title = f"Analysis of {self.source}, {self.duration_s / 60:.1f} minutes"
        if self.whence:
            title += f": {self.whence}"
        unanswered = [
            f"Not answered, {name}: {why}."
            for name, why in self.refusals.items()
            if name not in SIGNAL_WORDS
        ]
        return f"<p>{escape(title)}</p>{html_list([*self.sentences(), *unanswered])}"


def analyze(
    dyad: Dyad,
    seed: int = 0,
    others: Sequence[Dyad] = (),
    max_lag_s: float = MAX_LAG_S,
    primary: str = "",
) -> Analysis:
    """Both people's physiology, their coupling against chance, and what may be said of it.

    What the data cannot answer is left out, with the reason in `refusals`. Coupling of skin
    conductance is decided by responses that follow the partner's, of heart rate against all
    circular shifts; marked conditions belong to what chance gives. A positive lag means b follows
    a, which is order in time, not cause.

    Parameters
    ----------
    dyad : from `load`, or built by hand
    seed : of everything random; equal seeds give equal results
    others : other dyads' sessions under the same schedule, begun at the same point of it; only
        they can tell coupling from what the schedule does to everyone
    max_lag_s : lags are searched up to this either way, at most 30 s; responses of the skin always
        up to 10 s
    primary : the one question that was declared before the data were seen, as "skin" or "heart
        rate of a: still face": it is asked first, with the whole error budget

    Raises
    ------
    SignalError
        nothing of the session can be analysed, or one of `others` holds the same samples

    Examples
    --------
    Two simulated people, of whom b follows a by 1.5 s:

    >>> from dyadkit.sim.people import bodies
    >>> dyad = bodies.perfect_dyad(bodies.meet(bodies.Encounter(), 120.0, seed=3))
    >>> found = analyze(dyad, seed=0)
    >>> found.coupling["eda"].leader, round(found.coupling["eda"].lag_s, 1)
    (<Leader.A: 'a'>, 1.5)
    >>> sorted(found.refusals)
    ['course', 'dynamics', 'person']
    """
    if not 1.0 <= max_lag_s <= MAX_SEARCHED_S:
        raise ValueError(f"max_lag_s must be 1 to {MAX_SEARCHED_S:.0f} s, not {max_lag_s}")
    first = Primary.of(primary)
    _refuse_same_data(dyad, others)
    bodies = extraction_of(dyad)
    refusals: dict[str, str] = _same_person(dyad)
    coupling: dict[str, Coupling] = {}
    conditions = tuple(mark for mark in dyad.marks if mark.kind == "condition")
    scan = BandScan(max_lag_s, marks=conditions)
    for name in SIGNAL_WORDS:
        found = _tried(name, refusals, partial(_couple, bodies, name, scan, seed))
        if found is not None:
            coupling[name] = found
    strangers = [extraction_of(other) for other in others]
    compared = {name: _same_time(bodies, strangers, name, seed) for name in coupling if strangers}
    same_time = {name: found for name, found in compared.items() if found is not None}
    about = Regulated.of(dyad, bodies, max_lag_s, seed)
    refusals |= about.regulation.refusals
    clock = _clock(dyad)
    said = said_of(about.evidence(coupling, refusals, same_time, clock.finest_lag_s, first))
    by_condition = condition_table(bodies, dyad.marks)
    return Analysis(
        source=portable_source(dyad.source),
        simulated=dyad.simulated,
        replayed=dyad.replayed,
        duration_s=dyad.duration_s,
        participants=(dyad.a.participant, dyad.b.participant),
        physiology=bodies,
        quality=Quality(_quality(bodies.a), _quality(bodies.b)),
        clock=clock,
        coupling=coupling,
        refusals=refusals,
        dynamics=about.regulation.dynamics,
        responses=about.regulation.responses,
        seed=seed,
        version=__version__,
        notes=dyad.notes,
        assays=dyad.assays,
        same_time=same_time,
        events=about.events,
        strength=about.strength,
        person=about.regulation.person,
        person_course=about.regulation.course,
        reported=reported_numbers(bodies, dyad.marks, max_lag_s),
        origin=dyad.origin,
        marks=tuple(sorted((*dyad.marks, *sensor_marks(bodies)), key=lambda one: one.start_s)),
        excerpts=excerpts_of(dyad, bodies),
        profiles=_profiles(about, coupling, scan, said),
        around=answers_around(bodies),
        people=(dyad.a.about, dyad.b.about),
        conditions=by_condition,
        epochs=epoch_table(bodies, dyad.marks, EPOCH_S),
        reactions=reactions(bodies, dyad.marks, by_condition),
        said=said,
    )


def _profiles(
    about: Regulated, coupling: dict[str, Coupling], scan: BandScan, said: Sequence[Statement]
) -> dict[str, LagProfile]:
    """Lag profile of each signal by the test that decides on it."""
    answers = [one for one in said if one.about is About.ANSWERS]
    waveforms = {k: one for k, one in coupling.items() if k != "eda" or about.events is None}
    found = profiles_of(waveforms, about.whole, scan, said)
    if about.events is not None and len(answers) == len(about.trains):
        found["eda"] = event_profile(about.trains, about.search, answers)
    return found


def _refuse_same_data(dyad: Dyad, others: Sequence[Dyad]) -> None:
    """Refuse what would be compared with itself: it agrees with itself, and that says nothing."""
    if not others:
        return
    prints = [(one, fingerprint(one)) for one in (dyad, *others)]
    for (one, first), (other, second) in combinations(prints, 2):
        same = shared(first, second)
        if same:
            raise SignalError(
                f"{one.source} and {other.source} hold the same samples ({same}): others must be "
                "sessions of other people"
            )


def _same_person(dyad: Dyad) -> dict[str, str]:
    """Why these are not two people, where a and b hold the same samples; else nothing."""
    same = shared_within(dyad)
    return {TWO_PEOPLE: f"a and b hold the same samples ({same})"} if same else {}


def _couple(bodies: PhysiologyPair, name: str, scan: BandScan, seed: int) -> Coupling:
    a, b = series_of(bodies.a, name), series_of(bodies.b, name)
    for person, series in zip(PERSONS, (a, b), strict=True):
        share = trusted_share(series)
        if share == 0:
            raise SignalError(f"person {person} has none that was recorded and can be trusted")
        if share < MIN_TRUSTED:
            raise SignalError(f"only {share:.0%} of person {person}'s signal can be trusted")
    return couple_with(scan, a, b, RATE_HZ, seed=seed)


def _same_time(
    bodies: PhysiologyPair, strangers: list[PhysiologyPair], name: str, seed: int
) -> NullResult | None:
    """Against partners from other sessions at the same time; None where none of them fits."""
    a, b = series_of(bodies.a, name), series_of(bodies.b, name)
    needed = MIN_TRUSTED * len(a)
    of_b, of_a = (
        tuple(one for one in every if np.isfinite(one[: len(a)]).sum() > needed)
        for every in (
            [series_of(other.b, name) for other in strangers],
            [series_of(other.a, name) for other in strangers],
        )
    )
    if not (of_a or of_b):
        return None
    null = PseudoDyads(of_b, of_a)
    return couple_with(BandScan(MAX_LAG_S), a, b, RATE_HZ, null, seed).null


def _tried(name: str, refusals: dict[str, str], attempt: Callable[[], _Found]) -> _Found | None:
    try:
        return attempt()
    except SignalError as refusal:
        refusals[name] = str(refusal).rstrip(".")
        return None


def _quality(body: Physiology) -> PersonQuality:
    return PersonQuality(
        trusted_share(body.heart_rate_bpm), trusted_share(body.tonic_usiemens), body.notes
    )


def _clock(dyad: Dyad) -> ClockQuality:
    bounds = []
    for person in PERSONS:
        traces = dyad.person(person).traces.values()
        known = [trace.bounds_s[np.isfinite(trace.bounds_s)] for trace in traces]
        known = [one for one in known if len(one)]
        if not known:
            return ClockQuality(float("nan"), float("nan"), dyad.alignment)
        bounds.append(max(known, key=len))
    medians = [float(np.median(one)) for one in bounds]
    worst = [float(one.max()) for one in bounds]
    return ClockQuality(math.hypot(*medians), math.hypot(*worst), dyad.alignment)
