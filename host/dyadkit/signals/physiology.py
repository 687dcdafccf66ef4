"""What one person's traces say about their body, on the session's time line."""

from dataclasses import dataclass

import numpy as np

from dyadkit.arrays import Floats, Ints
from dyadkit.errors import SignalError
from dyadkit.result import Result
from dyadkit.signals import eda, ppg
from dyadkit.signals.hrv import Hrv, hrv
from dyadkit.signals.ppg.beats import no_beats
from dyadkit.signals.ppg.colour import choose_colour, join_colours
from dyadkit.signals.ppg.finding import beats_of, examine
from dyadkit.signals.quality import PpgQuality, quality_of
from dyadkit.signals.respiration import Respiration, respiration
from dyadkit.trace import Recording, Trace

COLOURS = ("ppg_ir", "ppg_green", "ppg_red")
AXES = ("acc_x", "acc_y", "acc_z")
SERIES_HZ = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Physiology(Result):
    """One person's body over a session; all times in session seconds from its start.

    times_s : shape (n,), the 4 Hz grid of the three series
    heart_rate_bpm, tonic_usiemens, phasic_usiemens : shape (n,), NaN where not trusted
    beats, intervals, hrv, respiration : from the best colour at each time; empty without PPG
    perfusion_percent : shape (beats,), pulse amplitude over level (AC/DC)
    responses : skin conductance responses in order of onset
    quality : trust in the pulse, per second, with reasons
    colours : names of the PPG channels examined
    colour : shape (seconds,), index into `colours` of the one used
    notes : sentences on what could not be read, and why
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
    quality: PpgQuality
    colours: tuple[str, ...]
    colour: Ints
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Pulse:
    beats: ppg.Beats
    quality: PpgQuality
    colours: tuple[str, ...]
    colour: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Skin:
    tonic_usiemens: Floats
    phasic_usiemens: Floats
    responses: tuple[eda.Response, ...] = ()
    notes: tuple[str, ...] = ()


def read_body(recording: Recording, duration_s: float) -> Physiology:
    """Beats and conductance of one person, and what follows from them."""
    pulse, skin = _pulse(recording, duration_s), _skin(recording, duration_s)
    found = ppg.intervals(pulse.beats)
    series = ppg.heart_rate(pulse.beats, SERIES_HZ)
    return Physiology(
        times_s=series.times_s,
        heart_rate_bpm=series.bpm,
        tonic_usiemens=skin.tonic_usiemens,
        phasic_usiemens=skin.phasic_usiemens,
        beats=pulse.beats,
        intervals=found,
        hrv=hrv(found, duration_s),
        respiration=respiration(pulse.beats),
        perfusion_percent=ppg.perfusion_percent(pulse.beats),
        responses=skin.responses,
        quality=pulse.quality,
        colours=pulse.colours,
        colour=pulse.colour,
        notes=skin.notes,
    )


def _pulse(recording: Recording, duration_s: float) -> _Pulse:
    names = tuple(name for name in COLOURS if name in recording.traces)
    if not names:
        nothing = np.zeros(int(np.ceil(duration_s)))
        unseen = PpgQuality(nothing, np.zeros(len(nothing), dtype=np.int64))
        return _Pulse(no_beats(duration_s), unseen, (), unseen.reasons)
    acceleration = _acceleration(recording, duration_s)
    channels = [_channel(recording.traces[name], duration_s, acceleration) for name in names]
    qualities = [quality for _, quality in channels]
    colour = choose_colour([quality.quality for quality in qualities])
    seconds = np.arange(len(colour))
    quality = PpgQuality(
        np.stack([quality.quality for quality in qualities])[colour, seconds],
        np.stack([quality.reasons for quality in qualities])[colour, seconds],
    )
    return _Pulse(join_colours([beats for beats, _ in channels], colour), quality, names, colour)


def _channel(
    trace: Trace, duration_s: float, acceleration: Floats | None
) -> tuple[ppg.Beats, PpgQuality]:
    counts = trace.uniform(trace.rate_hz, 0.0, duration_s)
    sensor = ppg.MAX3010X if trace.unit == "counts" else ppg.ANY_SENSOR
    reading = examine(counts, trace.rate_hz, sensor)
    beats = beats_of(reading)
    return beats, quality_of(reading, beats, acceleration)


def _acceleration(recording: Recording, duration_s: float) -> Floats | None:
    """Shape (m, 3), or None when the wearable has no accelerometer."""
    if not all(axis in recording.traces for axis in AXES):
        return None
    traces = [recording.traces[axis] for axis in AXES]
    columns = [trace.uniform(traces[0].rate_hz, 0.0, duration_s) for trace in traces]
    return np.stack(columns, axis=1)


def _skin(recording: Recording, duration_s: float) -> _Skin:
    unknown = np.full(int(duration_s * SERIES_HZ), np.nan)
    trace = recording.traces.get("eda")
    if trace is None:
        return _Skin(unknown, unknown.copy(), notes=("no skin conductance was recorded",))
    try:
        found = eda.decompose(trace.uniform(trace.rate_hz, 0.0, duration_s), trace.rate_hz)
    except SignalError as refusal:
        return _Skin(unknown, unknown.copy(), notes=(f"skin conductance: {refusal}",))
    tonic, phasic = (
        _on_series_grid(part, trace.rate_hz, len(unknown)) for part in (found.tonic, found.phasic)
    )
    return _Skin(tonic, phasic, found.responses)


def _on_series_grid(values: Floats, rate_hz: float, n: int) -> Floats:
    at = np.arange(n) / SERIES_HZ
    return np.interp(at, np.arange(len(values)) / rate_hz, values)
