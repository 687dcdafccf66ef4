"""Physiology of one person: what the traces say of the body, on the session's time line."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import PersonTraces, Trace
from dyadkit.dyad.units import microsiemens
from dyadkit.errors import SignalError
from dyadkit.signals import eda, ppg
from dyadkit.signals.colour import COLOURS, choose_colour, join_colours
from dyadkit.signals.contact import sensor_of
from dyadkit.signals.corrected import corrected_beats, notes_of, without_artefacts
from dyadkit.signals.eda.quality import quality_of_skin
from dyadkit.signals.given import COMPONENTS, beats_of_ibi, quality_of_given, series_at
from dyadkit.signals.hrv import Hrv, hrv
from dyadkit.signals.ppg.beats import no_beats
from dyadkit.signals.ppg.finding import beats_of, examine
from dyadkit.signals.ppg.unconfirmed import confirmed
from dyadkit.signals.ppg.waveform import MAX_RATE_HZ, MIN_RATE_HZ
from dyadkit.signals.quality import quality_of
from dyadkit.signals.respiration import Respiration, respiration
from dyadkit.signals.rsa import Rsa, band_of, no_rsa, rsa
from dyadkit.signals.seconds import (
    StreamQuality,
    movement,
    nothing_seen,
    shaken,
    trusted_share,
)

AXES = ("acc_x", "acc_y", "acc_z")
SERIES_HZ = 4.0
PART_S = 3600.0
"""A long session's pulse is looked at by the hour where only its share is asked: memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Physiology(Result):
    """Physiology of one person over a session; all times in session seconds from its start.

    times_s : shape (n,), the 4 Hz grid of the three series
    heart_rate_bpm : shape (n,), NaN where not trusted
    tonic_usiemens, phasic_usiemens : shape (n,), skin conductance level (SCL) and what responses
        add to it, µS; NaN where not trusted
    driver_usiemens : shape (n,), height of the responses set off in each quarter second, µS, 0
        where nothing can be trusted; empty where components were given
    beats, intervals, hrv, respiration : from the best colour at each time; empty without PPG
    perfusion_percent : shape (beats,), pulse amplitude over level (AC/DC)
    responses : skin conductance responses (SCR) in order of onset
    quality : trust in the pulse wave of the chosen colour, per second, with reasons
    colours : names of the PPG channels examined
    colour : shape (seconds,), index into `colours` of the one used
    notes : sentences on what could not be read, and why
    streams : trust in each stream by its name, per second, with reasons
    event_responses : skin response to each event of the session, in the order of the marks
    rsa : respiratory sinus arrhythmia in the band of the person's age, number and series
    motion_g : shape (seconds,), how much acceleration varied; empty without an accelerometer

    Examples
    --------
    >>> from dyadkit.signals import extract
    >>> from dyadkit.sim.people.bodies import Encounter, meet, perfect_dyad
    >>> body = extract(perfect_dyad(meet(Encounter(), 30, seed=1))).b
    >>> body.colours, len(body.times_s), len(body.beats)
    (('ppg_ir', 'ppg_red'), 120, 36)

    What was not recorded is said, not guessed:

    >>> read_body(PersonTraces({}), duration_s=30.0).notes
    ('no pulse was recorded', 'no skin conductance was recorded')
    """

    times_s: Floats
    heart_rate_bpm: Floats
    tonic_usiemens: Floats
    phasic_usiemens: Floats
    beats: ppg.Beats
    intervals: ppg.Intervals
    hrv: Hrv
    respiration: Respiration
    perfusion_percent: Floats
    responses: tuple[eda.Response, ...]
    quality: StreamQuality
    colours: tuple[str, ...]
    colour: Ints
    notes: tuple[str, ...] = ()
    streams: dict[str, StreamQuality] = field(default_factory=dict)
    event_responses: tuple[eda.EventResponse, ...] = ()
    rsa: Rsa = field(default_factory=lambda: no_rsa(0, "no pulse was recorded"))
    motion_g: Floats = field(default_factory=lambda: np.empty(0))
    driver_usiemens: Floats = field(default_factory=lambda: np.empty(0))


@dataclass(frozen=True, slots=True, eq=False)
class _Body:
    """What both streams of one person are read from, and over how long."""

    person: PersonTraces
    duration_s: float
    acceleration: Floats | None

    @property
    def seconds(self) -> int:
        return int(np.ceil(self.duration_s))

    def samples(self, trace: Trace) -> Floats:
        """The trace at its own rate over the whole session, NaN where nothing was recorded."""
        return trace.uniform(trace.rate_hz, 0.0, self.duration_s)


@dataclass(frozen=True, slots=True, eq=False)
class _Pulse:
    beats: ppg.Beats
    quality: StreamQuality
    channels: dict[str, StreamQuality]
    colour: Ints
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Skin:
    tonic_usiemens: Floats
    phasic_usiemens: Floats
    quality: StreamQuality | None = None
    responses: tuple[eda.Response, ...] = ()
    event_responses: tuple[eda.EventResponse, ...] = ()
    notes: tuple[str, ...] = ()
    driver_usiemens: Floats = field(default_factory=lambda: np.empty(0))


def read_body(
    person: PersonTraces, duration_s: float, events_s: Sequence[float] = ()
) -> Physiology:
    """Physiology of one person: beats and skin conductance, and what follows from them.

    Parameters
    ----------
    person : the person's traces
    duration_s : length of the session
    events_s : when something happened that skin may have answered
    """
    person = without_artefacts(person)
    body = _Body(person, duration_s, _acceleration(person, duration_s))
    pulse, skin = _reviewed(_pulse(body), person), _skin(body, events_s)
    found = ppg.intervals(pulse.beats)
    variability = hrv(found, duration_s)
    breathing = respiration(pulse.beats)
    sinus = _rsa(found, variability, breathing, person, duration_s)
    n = _series_length(duration_s)
    return Physiology(
        times_s=np.arange(n) / SERIES_HZ,
        heart_rate_bpm=_heart_rate_bpm(pulse, body, n),
        tonic_usiemens=skin.tonic_usiemens,
        phasic_usiemens=skin.phasic_usiemens,
        beats=pulse.beats,
        intervals=found,
        hrv=variability,
        respiration=breathing,
        perfusion_percent=ppg.perfusion_percent(pulse.beats),
        responses=skin.responses,
        quality=pulse.quality,
        colours=tuple(pulse.channels),
        colour=pulse.colour,
        notes=pulse.notes
        + variability.rhythm.notes
        + _notes_on(sinus, found)
        + skin.notes
        + notes_of(person.corrections),
        streams=pulse.channels | ({"eda": skin.quality} if skin.quality else {}),
        event_responses=skin.event_responses,
        rsa=sinus,
        motion_g=np.empty(0)
        if body.acceleration is None
        else movement(body.acceleration, body.seconds),
        driver_usiemens=skin.driver_usiemens,
    )


def _rsa(
    found: ppg.Intervals,
    variability: Hrv,
    breathing: Respiration,
    person: PersonTraces,
    duration_s: float,
) -> Rsa:
    """RSA in the band of this person's age."""
    if not len(found):
        return no_rsa(_series_length(duration_s), "no beats are known")
    about = person.about
    if about.arrhythmia.rules_out_vagal:
        return no_rsa(_series_length(duration_s), f"{about.arrhythmia} is known of this person")
    choice = band_of(about, variability.mean_bpm, breathing)
    return rsa(found, duration_s, choice, variability.rhythm)


def _notes_on(sinus: Rsa, found: ppg.Intervals) -> tuple[str, ...]:
    """What RSA rests on, or why there is none; nothing is said of a pulse that was not seen."""
    if not found.normal.any():
        return ()
    refused = f"no RSA: {sinus.why}" if sinus.why else ""
    return tuple(one for one in (sinus.assumption, refused) if one)


def _reviewed(pulse: _Pulse, person: PersonTraces) -> _Pulse:
    """A pulse with the beats a reviewer corrected; the same without any."""
    if not person.corrections:
        return pulse
    return replace(pulse, beats=corrected_beats(pulse.beats, person.corrections))


def pulse_trusted(person: PersonTraces, duration_s: float) -> float:
    """Share of a session in which a person's heart rate is known, 0 to 1; NaN without a pulse."""
    if not {*COLOURS, "ibi", "heart_rate"} & set(person.traces):
        return float("nan")
    starts_s = np.arange(0.0, max(duration_s - 1.0, 1.0), PART_S)
    known = [
        _part_heart_rate(person, float(start_s), min(PART_S, duration_s - float(start_s)))
        for start_s in starts_s
    ]
    return trusted_share(np.concatenate(known))


def _part_heart_rate(person: PersonTraces, start_s: float, length_s: float) -> Floats:
    """Heart rate on the 4 Hz grid of a part of a session, as if nothing else had been recorded."""
    parts = {name: _cut(one, start_s, length_s) for name, one in person.traces.items()}
    there = PersonTraces({name: one for name, one in parts.items() if len(one)})
    body = _Body(there, length_s, _acceleration(there, length_s))
    return _heart_rate_bpm(_pulse(body), body, _series_length(length_s))


def _cut(trace: Trace, start_s: float, length_s: float) -> Trace:
    """The samples of a part of a session, on a time line that begins with it."""
    inside = slice(*np.searchsorted(trace.times_s, (start_s, start_s + length_s)))
    gaps_s = np.clip(trace.gaps_s - start_s, 0.0, length_s)
    return replace(
        trace,
        times_s=trace.times_s[inside] - start_s,
        values=trace.values[inside],
        gaps_s=gaps_s[gaps_s[:, 1] > gaps_s[:, 0]],
        bounds_s=trace.bounds_s[inside],
        status=trace.status[inside],
    )


def _heart_rate_bpm(pulse: _Pulse, body: _Body, samples: int) -> Floats:
    """Heart rate on the 4 Hz grid: as given, else of the beats."""
    given = body.person.traces.get("heart_rate")
    if given is not None:
        return series_at(given, SERIES_HZ, samples)
    bpm = ppg.heart_rate(pulse.beats, SERIES_HZ).bpm
    return np.append(bpm[:samples], np.full(max(samples - len(bpm), 0), np.nan))


def _pulse(body: _Body) -> _Pulse:
    """Beats of whatever tells of them.

    1. Inter-beat intervals were given: their beats.
    2. A heart rate was given and no intervals: no beats, so no variability and no breathing.
    3. A pulse wave was recorded: the best of its colours, second by second.
    """
    given = body.person.traces
    nowhere = np.zeros(body.seconds, dtype=np.int64)
    if "ibi" in given:
        try:
            beats = beats_of_ibi(given["ibi"], body.duration_s)
        except SignalError as refusal:
            unseen = nothing_seen(body.seconds)
            return _Pulse(no_beats(body.duration_s), unseen, {}, nowhere, (str(refusal),))
        known = np.isfinite(ppg.heart_rate(beats, SERIES_HZ).bpm)
        quality = quality_of_given(known, SERIES_HZ, body.seconds)
        return _Pulse(beats, quality, {}, nowhere, ("inter-beat intervals as given",))
    if "heart_rate" in given:
        known = np.isfinite(
            series_at(given["heart_rate"], SERIES_HZ, _series_length(body.duration_s))
        )
        quality = quality_of_given(known, SERIES_HZ, body.seconds)
        notes = ("heart rate as given: without beats there is no variability and no breathing",)
        return _Pulse(no_beats(body.duration_s), quality, {}, nowhere, notes)
    return _pulse_wave(body)


def _pulse_wave(body: _Body) -> _Pulse:
    traces = {name: body.person.traces[name] for name in COLOURS if name in body.person.traces}
    refusals = {name: _refusal(trace, MIN_RATE_HZ, MAX_RATE_HZ) for name, trace in traces.items()}
    notes = tuple(f"{name}: {refusal}" for name, refusal in refusals.items() if refusal)
    readable = {name: trace for name, trace in traces.items() if not refusals[name]}
    if not readable:
        unseen = nothing_seen(body.seconds)
        colour = np.zeros(body.seconds, dtype=np.int64)
        missing = () if notes else ("no pulse was recorded",)
        return _Pulse(no_beats(body.duration_s), unseen, {}, colour, notes + missing)
    channels = {name: _channel(trace, body) for name, trace in readable.items()}
    qualities = {name: quality for name, (_, quality) in channels.items()}
    colour = choose_colour([quality.quality for quality in qualities.values()])
    seconds = np.arange(len(colour))
    quality = StreamQuality(
        np.stack([one.quality for one in qualities.values()])[colour, seconds],
        np.stack([one.reasons for one in qualities.values()])[colour, seconds],
    )
    beats = join_colours([beats for beats, _ in channels.values()], colour)
    return _Pulse(beats, quality, qualities, colour, notes)


def _refusal(trace: Trace, slowest_hz: float, fastest_hz: float) -> str:
    """Why a trace cannot be read at all; empty where it can."""
    if np.isfinite(trace.times_s).sum() < 2:
        return "no two samples have a known time"
    if not slowest_hz <= trace.rate_hz <= fastest_hz:
        return f"{trace.rate_hz:g} Hz is not a rate of {slowest_hz:g} to {fastest_hz:g} Hz"
    return ""


def _channel(trace: Trace, body: _Body) -> tuple[ppg.Beats, StreamQuality]:
    reading = examine(body.samples(trace), trace.rate_hz, sensor_of(trace.sensor))
    beats = beats_of(reading)
    if body.acceleration is not None:
        beats = confirmed(beats, shaken(body.acceleration, body.seconds))
    return beats, quality_of(reading, body.acceleration).lasting(body.seconds)


def _acceleration(person: PersonTraces, duration_s: float) -> Floats | None:
    """Shape (m, 3), or None when the wearable has no accelerometer that works."""
    traces = [person.traces[axis] for axis in AXES if axis in person.traces]
    if len(traces) < len(AXES) or any(_refusal(trace, 1.0, 2000.0) for trace in traces):
        return None
    columns = [trace.uniform(traces[0].rate_hz, 0.0, duration_s) for trace in traces]
    return np.stack(columns, axis=1)


def _skin(body: _Body, events_s: Sequence[float]) -> _Skin:
    unknown = np.full(_series_length(body.duration_s), np.nan)
    given = [body.person.traces.get(name) for name in COMPONENTS]
    if given[0] is not None and given[1] is not None:
        return _given_skin(given[0], given[1], body)
    trace = body.person.traces.get("eda")
    if trace is None:
        return _Skin(unknown, unknown.copy(), notes=("no skin conductance was recorded",))
    refused = _refusal(trace, eda.MIN_RATE_HZ, eda.MAX_RATE_HZ)
    if refused:
        return _Skin(unknown, unknown.copy(), notes=(f"skin conductance: {refused}",))
    try:
        usiemens = microsiemens(body.samples(trace), trace.unit)
        found = eda.decompose(usiemens, trace.rate_hz)
    except SignalError as refusal:
        return _Skin(unknown, unknown.copy(), notes=(f"skin conductance: {refusal}",))
    quality = quality_of_skin(found.faults, trace.rate_hz, body.acceleration)
    tonic, phasic = (
        _on_series_grid(part, trace.rate_hz, len(unknown)) for part in (found.tonic, found.phasic)
    )
    return _Skin(
        tonic,
        phasic,
        quality.lasting(body.seconds),
        found.responses,
        eda.event_responses(found, events_s),
        eda.notes_of(found),
        _set_off(found.driver, trace.rate_hz, len(unknown)),
    )


def _given_skin(tonic: Trace, phasic: Trace, body: _Body) -> _Skin:
    """The components another program found, on the 4 Hz grid; single responses are not in them."""
    n = _series_length(body.duration_s)
    try:
        level, response = (
            microsiemens(series_at(one, SERIES_HZ, n), one.unit) for one in (tonic, phasic)
        )
    except SignalError as refusal:
        nowhere = np.full(n, np.nan)
        return _Skin(nowhere, nowhere.copy(), notes=(f"skin conductance components: {refusal}",))
    quality = quality_of_given(np.isfinite(level + response), SERIES_HZ, body.seconds)
    return _Skin(level, response, quality, notes=("skin conductance components as given",))


def _series_length(duration_s: float) -> int:
    """Samples of every series of a session this long, whatever its sensors' rates."""
    return int(duration_s * SERIES_HZ)


def _set_off(driver: Floats, rate_hz: float, n: int) -> Floats:
    """What the driver sets off in each step of the 4 Hz grid, summed: no part of it may be lost."""
    place = np.arange(len(driver)) / rate_hz * SERIES_HZ
    inside = np.minimum(place.astype(np.int64), n - 1)
    return np.asarray(np.bincount(inside, np.nan_to_num(driver), n)[:n], dtype=float)


def _on_series_grid(values: Floats, rate_hz: float, n: int) -> Floats:
    at = np.arange(n) / SERIES_HZ
    return np.interp(at, np.arange(len(values)) / rate_hz, values)
