"""Photoplethysmograms with known beats: any rhythm, any sensor, movement on top.

A pulse is a steep rise, an exponential run-off and a dicrotic wave; a beat that comes early finds
the heart less filled and is weaker. That is the physics irregular rhythm brings to a detector.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Body:
    bpm: float = 70.0
    notch: float = 0.35
    noise: float = 0.02
    wander: float = 0.3
    breath_hz: float = 0.25
    sway: float = 0.04  # of the interval with breathing
    jitter: float = 0.012  # of the interval from beat to beat
    squeeze: float = 0.0  # of the pulse height with breathing


@dataclass(frozen=True)
class Pulse:
    """ppg at rate_hz, true onsets in seconds, and which samples movement spoiled."""

    ppg: np.ndarray
    rate_hz: float
    beats_s: np.ndarray
    moved: np.ndarray


def sinus(random, base_s, _beat):
    return [base_s]


def ectopic(random, base_s, _beat):
    """One beat in eight is early, with a compensatory pause."""
    if random.random() > 0.12:
        return [base_s]
    early = random.uniform(0.55, 0.75)
    return [base_s * early, base_s * (2 - early) * random.uniform(0.95, 1.03)]


def bigeminy(random, base_s, beat):
    """Stretches in which every second beat is early."""
    if (beat // 25) % 2 == 0:
        return [base_s]
    early = random.uniform(0.6, 0.7)
    return [base_s * early, base_s * (1.9 - early)]


def fibrillation(random, base_s, _beat):
    return [max(0.34, 0.9 * base_s * np.exp(0.22 * random.standard_normal()))]


def tachycardia(random, base_s, beat):
    """Runs at nearly twice the rate."""
    return [base_s * (0.58 if (beat // 20) % 3 == 2 else 1.0)]


def pauses(random, base_s, _beat):
    return [base_s * (2.0 if random.random() < 0.06 else 1.0)]


IRREGULAR = (ectopic, bigeminy, fibrillation, tachycardia, pauses)


def pulse(rhythm, body=Body(), seconds=120.0, rate_hz=100.0, seed=0):
    """A recording of one body in one rhythm."""
    random = np.random.default_rng(seed)
    beats_s, intervals_s = _beats(rhythm, body, seconds, random)
    times_s = np.arange(int(seconds * rate_hz)) / rate_hz
    filling = 1 - np.exp(-(intervals_s - 0.2) / 0.25)
    wave = np.zeros(len(times_s))
    dicrotic_s = random.uniform(0.38, 0.46)
    for beat_s, strength in zip(beats_s, filling / np.median(filling), strict=True):
        strength *= 1 + body.squeeze * np.sin(2 * np.pi * body.breath_hz * beat_s + 1.0)
        near = slice(*np.searchsorted(times_s, (beat_s - 0.1, beat_s + 1.4)))
        wave[near] += strength * _shape(times_s[near] - beat_s, body.notch, dicrotic_s)
    walk = np.cumsum(random.standard_normal(len(wave))) / np.sqrt(len(wave))
    breath = np.sin(2 * np.pi * body.breath_hz * times_s + random.uniform(0, 6))
    wave += body.wander * (0.5 * breath + walk)
    wave += body.noise * random.standard_normal(len(wave))
    return Pulse(wave, rate_hz, beats_s, np.zeros(len(wave), dtype=bool))


def with_movement(still, strength, seed=0, share=0.33):
    """Bursts of 6–15 s, rhythmic or not, of so many standard deviations of the wave."""
    random = np.random.default_rng(seed)
    ppg, moved = still.ppg.copy(), np.zeros(len(still.ppg), dtype=bool)
    while moved.mean() < share:
        length = int(random.uniform(6, 15) * still.rate_hz)
        start = random.integers(0, len(ppg) - length)
        span = slice(start, start + length)
        if not moved[span].any():
            ppg[span] += strength * still.ppg.std() * _burst(random, length, still.rate_hz)
            moved[span] = True
    return Pulse(ppg, still.rate_hz, still.beats_s, moved)


def through_camera(sharp, noise_ratio, seed=0):
    """As a phone camera would see it: 30 frames a second, noisy, drifting exposure."""
    random = np.random.default_rng(seed)
    times_s = np.arange(len(sharp.ppg)) / sharp.rate_hz
    frames_s = np.arange(0, times_s[-1], 1 / 30)
    spread = sharp.ppg.std()
    frames = np.interp(frames_s, times_s, sharp.ppg)
    frames += spread * noise_ratio * random.standard_normal(len(frames))
    frames += 0.15 * spread * np.cumsum(random.standard_normal(len(frames)))
    return Pulse(np.interp(times_s, frames_s, frames), sharp.rate_hz, sharp.beats_s, sharp.moved)


def _beats(rhythm, body, seconds, random):
    beats_s, intervals_s, beat = [1.0], [60 / body.bpm], 0
    while beats_s[-1] < seconds - 1.0:
        now_s = beats_s[-1]
        sway = body.sway * np.sin(2 * np.pi * body.breath_hz * now_s)
        sway += 0.03 * np.sin(2 * np.pi * 0.1 * now_s) + body.jitter * random.standard_normal()
        for interval_s in rhythm(random, 60 / body.bpm * (1 + sway), beat):
            intervals_s.append(interval_s)
            beats_s.append(beats_s[-1] + interval_s)
        beat += 1
    inside = np.array(beats_s) < seconds - 0.5
    return np.array(beats_s)[inside], np.array(intervals_s)[inside]


def _shape(since_s, notch, dicrotic_s):
    rise = 1 / (1 + np.exp(-(since_s - 0.07) / 0.022))
    run_off = np.exp(-np.maximum(since_s - 0.1, 0) / 0.28)
    return rise * run_off + 0.6 * notch * np.exp(-0.5 * ((since_s - dicrotic_s) / 0.055) ** 2)


def _burst(random, n, rate_hz):
    times_s = np.arange(n) / rate_hz
    if random.random() < 0.4:
        frequency_hz = random.uniform(0.7, 2.2)
        phase = 2 * np.pi * frequency_hz * times_s + 0.02 * np.cumsum(random.standard_normal(n))
        burst = np.sin(phase) + 0.5 * np.sin(2 * phase + random.uniform(0, 6))
    else:
        frequency_hz = np.fft.rfftfreq(n, 1 / rate_hz)
        spectrum = np.fft.rfft(random.standard_normal(n))
        spectrum *= (frequency_hz > 0.5) & (frequency_hz < 6)
        burst = np.fft.irfft(spectrum / np.maximum(frequency_hz, 0.5) ** 0.7, n)
    burst *= np.sqrt(np.hanning(n))
    return 0.8 * burst / burst.std()
