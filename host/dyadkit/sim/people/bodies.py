"""Two coupled people with known truth: heartbeats, pulse waves, breathing, sweat, movement.

Simulated, and called so wherever it is shown. An `Influence` says how the two move each other; a
`Body` turns one person's arousal into what the sensors would see. The pulse is a sum of two
Gaussians per beat (after McSharry et al. 2003's ECG model, applied to
PPG by Tang et al. 2020); skin conductance responses (SCR) are Bateman functions (Alexander et al.
2005) on a skin conductance level (SCL) that drifts.
"""

from dataclasses import dataclass, field

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats, Ints
from dyadkit.dyad.traces import Dyad, Mark, PersonTraces, Trace
from dyadkit.sim.people.influence import RATE_HZ, Follows, Influence, draw_slow

RISE_S = 0.75


@dataclass(frozen=True, slots=True)
class Body:
    """One person's physiology and how the sensors sit on it.

    heart_rate_bpm, breaths_per_minute : at rest
    tonic_usiemens, response_usiemens : SCL, and the typical SCR
    level_bpm, burst_bpm, breath_bpm, wander_bpm : what arousal's level and bursts, breathing, and
        everything else add to the heart rate
    decay_s : time constant with which a skin conductance response falls
    motion_per_minute : bursts of movement of a few seconds that disturb the pulse
    """

    heart_rate_bpm: float = 68.0
    breaths_per_minute: float = 15.0
    tonic_usiemens: float = 4.0
    response_usiemens: float = 0.35
    level_usiemens: float = 0.15
    motion_per_minute: float = 0.0
    pulse_counts: float = 1500.0
    noise_counts: float = 25.0
    level_bpm: float = 2.5
    burst_bpm: float = 4.0
    breath_bpm: float = 2.0
    wander_bpm: float = 0.8
    decay_s: float = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """Signals of one body over time, with the truth behind them.

    beats_s : foot of each pulse wave; the steps between are the inter-beat intervals (IBI)
    heart_rate_bpm, tonic_usiemens, phasic_usiemens : on the RATE_HZ grid
    onsets_s : SCRs of at least 0.05 microsiemens
    motion_s : shape (m, 2), spans of movement
    """

    body: Body
    beats_s: Floats
    breath_phase: Floats
    heart_rate_bpm: Floats
    tonic_usiemens: Floats
    phasic_usiemens: Floats
    onsets_s: Floats
    motion_s: Floats

    @property
    def eda_usiemens(self) -> Floats:
        """Skin conductance on the RATE_HZ grid."""
        return np.asarray(self.tonic_usiemens + self.phasic_usiemens)


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two bodies for so many seconds, and how they influence each other."""

    a: Signals
    b: Signals
    influence: Influence
    seconds: float
    seed: int


@dataclass(frozen=True, slots=True)
class Encounter:
    """An encounter: two bodies and the influence between them, before anything is drawn."""

    influence: Influence = field(default_factory=lambda: Follows(0.6, 1.5))
    a: Body = field(default_factory=Body)
    b: Body = field(default_factory=lambda: Body(74.0, 13.5, 6.0, 0.5))


def meet(encounter: Encounter, seconds: float, seed: int) -> Pair:
    """Draw what both people's bodies do for so many seconds; equal seeds give equal bodies.

    Examples
    --------
    >>> pair = meet(Encounter(), seconds=60.0, seed=1)
    >>> 60 < len(pair.a.beats_s) < 76          # 68 beats a minute at rest
    True
    """
    random = np.random.default_rng([seed, 20])
    arousal = encounter.influence.arousal(random, seconds)
    a, b = (
        _live(body, arousal.bursts[:, column], arousal.level[:, column], random)
        for column, body in enumerate((encounter.a, encounter.b))
    )
    return Pair(a, b, encounter.influence, seconds, seed)


def ppg_counts(signals: Signals, times_s: Floats, seed: int) -> Ints:
    """Infrared and red counts, shape (n, 2), at the sensor's true sample times, shape (n,).

    Light falls when blood comes, as on the real sensor.
    """
    random = np.random.default_rng([seed, 21])
    body = signals.body
    pulse = _pulse_wave(signals.beats_s, times_s)
    grid = np.arange(len(signals.breath_phase)) / RATE_HZ
    breath = np.sin(np.interp(times_s, grid, signals.breath_phase))
    shake = _shake(signals.motion_s, times_s, random)
    colours = ((120_000, 1.0), (90_000, 0.45))
    counts = [
        level
        - share * body.pulse_counts * (pulse * (1 + 0.08 * breath) + 0.25 * breath)
        + share * 4 * body.pulse_counts * shake
        + body.noise_counts * random.standard_normal(len(times_s))
        for level, share in colours
    ]
    return np.clip(np.rint(np.stack(counts, 1)), 0, 2**18 - 1).astype(np.int64)


def perfect_dyad(pair: Pair, ppg_rate_hz: float = 100.0) -> Dyad:
    """The pair as if recorded without wearables: for tests and for trying the analysis alone.

    Examples
    --------
    >>> dyad = perfect_dyad(meet(Encounter(), seconds=60.0, seed=1))
    >>> sorted(dyad.a.traces), dyad.duration_s
    (['eda', 'ppg_ir', 'ppg_red'], 60.0)
    """
    recordings = [
        PersonTraces(_perfect_traces(signals, pair.seconds, ppg_rate_hz, pair.seed + column))
        for column, signals in enumerate((pair.a, pair.b))
    ]
    rest = Mark(0.0, pair.seconds, "simulated", "condition")
    return Dyad(recordings[0], recordings[1], (rest,), pair.seconds, "bodies", simulated=True)


def _perfect_traces(
    signals: Signals, seconds: float, ppg_rate_hz: float, seed: int
) -> dict[str, Trace]:
    times_s = np.arange(round(seconds * ppg_rate_hz)) / ppg_rate_hz
    counts = ppg_counts(signals, times_s, seed).astype(float)
    grid_s = np.arange(len(signals.tonic_usiemens)) / RATE_HZ
    return {
        "ppg_ir": Trace(times_s, counts[:, 0], "counts", ppg_rate_hz, sensor="max3010x"),
        "ppg_red": Trace(times_s, counts[:, 1], "counts", ppg_rate_hz, sensor="max3010x"),
        "eda": Trace(grid_s, signals.eda_usiemens, "microsiemens", RATE_HZ),
    }


def _live(body: Body, bursts: Floats, level: Floats, random: np.random.Generator) -> Signals:
    n = len(bursts)
    breath_hz = body.breaths_per_minute / 60 * (1 + 0.08 * draw_slow(random, n))
    breath_phase = 2 * np.pi * np.cumsum(np.maximum(breath_hz, 0.05)) / RATE_HZ
    excited = _convolved(bursts, 1.0, 4.0)
    heart_rate = (
        body.heart_rate_bpm
        + body.burst_bpm * excited
        + body.level_bpm * level
        + body.breath_bpm * np.sin(breath_phase)
        + body.wander_bpm * draw_slow(random, n)
    )
    heart_rate = np.clip(heart_rate, 40, 220)
    phasic = body.response_usiemens * _convolved(bursts, RISE_S, body.decay_s)
    tonic = body.tonic_usiemens + body.level_usiemens * (level + 0.5 * draw_slow(random, n))
    times_s = np.arange(n) / RATE_HZ
    return Signals(
        body=body,
        beats_s=_beats(heart_rate),
        breath_phase=breath_phase,
        heart_rate_bpm=heart_rate,
        tonic_usiemens=np.maximum(tonic, 0.1),
        phasic_usiemens=phasic,
        onsets_s=times_s[body.response_usiemens * bursts >= 0.05],
        motion_s=_motion(body, n / RATE_HZ, random),
    )


def _convolved(bursts: Floats, rise_s: float, decay_s: float) -> Floats:
    """Bursts through a Bateman function of peak one."""
    times_s = np.arange(round(10 * decay_s * RATE_HZ)) / RATE_HZ
    kernel = np.exp(-times_s / decay_s) - np.exp(-times_s / rise_s)
    return np.asarray(np.convolve(bursts, kernel / kernel.max())[: len(bursts)])


def _beats(heart_rate_bpm: Floats) -> Floats:
    """Beat times: where the integrated rate passes whole numbers."""
    phase = np.cumsum(heart_rate_bpm / 60 / RATE_HZ)
    whole = np.arange(1, int(phase[-1]))
    return np.interp(whole, phase, (np.arange(len(phase)) + 1) / RATE_HZ)


def _pulse_wave(beats_s: Floats, times_s: Floats) -> Floats:
    """Unit pulse per beat: a systolic and a dicrotic Gaussian, stretched with the interval."""
    wave = np.zeros(len(times_s))
    intervals_s = np.diff(beats_s, append=2 * beats_s[-1] - beats_s[-2])
    stretches = np.sqrt(intervals_s)
    for beat_s, stretch in zip(beats_s, stretches, strict=True):
        first, last = np.searchsorted(times_s, (beat_s - 0.2, beat_s + 0.9))
        since_s = (times_s[first:last] - beat_s) / stretch
        wave[first:last] += np.exp(-(((since_s - 0.16) / 0.075) ** 2))
        wave[first:last] += 0.42 * np.exp(-(((since_s - 0.42) / 0.12) ** 2))
    return wave


def _motion(body: Body, seconds: float, random: np.random.Generator) -> Floats:
    starts_s = np.sort(random.random(random.poisson(body.motion_per_minute * seconds / 60)))
    starts_s = starts_s * seconds
    return np.stack([starts_s, starts_s + random.uniform(2, 6, len(starts_s))], 1)


def _shake(motion_s: Floats, times_s: Floats, random: np.random.Generator) -> Floats:
    shake = np.zeros(len(times_s))
    for start_s, stop_s in motion_s:
        inside: Bools = (times_s > start_s) & (times_s < stop_s)
        since_s = times_s[inside] - start_s
        wobble = np.sin(2 * np.pi * random.uniform(0.8, 3.0) * since_s + random.uniform(0, 6))
        shake[inside] += wobble * np.sin(np.pi * since_s / (stop_s - start_s))
    return shake
