"""What binds two people of a family: echoes of each other's bursts, or a schedule both keep."""

from dataclasses import dataclass

import numpy as np

from worlds.people import BURN_IN_S, RATE_HZ, Bursts, Family


@dataclass(frozen=True, slots=True)
class Echo:
    """b echoes a share of a's bursts, `lag_s` later, within the first `part` of the session."""

    share: float
    lag_s: float = 3.0
    spread_s: float = 0.4
    part: float = 1.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """Blocks of `block_s`; in `active` of five both respond `times` as often as else."""

    times: float = 3.0
    block_s: float = 60.0
    active: tuple[bool, ...] = (False, True, False, True, False)

    def factor(self, times_s: np.ndarray) -> np.ndarray:
        """How much of the highest rate holds at a time; the burn-in is at rest."""
        block = np.floor(np.maximum(times_s, 0.0) / self.block_s).astype(int) % len(self.active)
        on = np.array(self.active)[block] & (times_s >= 0.0)
        return np.where(on, 1.0, 1.0 / self.times)

    def spans(self, seconds: float) -> list[tuple[float, float, str]]:
        """Its conditions as (start, stop, label)."""
        starts = np.arange(0.0, seconds, self.block_s)
        words = [self.active[k % len(self.active)] for k in range(len(starts))]
        return [
            (float(start), float(min(start + self.block_s, seconds)), "busy" if on else "calm")
            for start, on in zip(starts, words, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Couple:
    """Two people of one family: true bursts, skin conductance and heart rate at 4 Hz."""

    bursts_a: Bursts
    bursts_b: Bursts
    skin_a: np.ndarray
    skin_b: np.ndarray
    pulse_a: np.ndarray
    pulse_b: np.ndarray


def couple_of(
    family: Family,
    rng: np.random.Generator,
    seconds: float = 600.0,
    tie: Echo | Schedule | None = None,
) -> Couple:
    """Two people, tied or strangers; each has a skin and a heart of their own."""
    samples = round(seconds * RATE_HZ)
    scale = tie.times if isinstance(tie, Schedule) else 1.0
    a, b = (family.bursts(rng, seconds, scale) for _ in range(2))
    if isinstance(tie, Schedule):
        a, b = (one.kept(rng.random(len(one.times_s)) < tie.factor(one.times_s)) for one in (a, b))
    if isinstance(tie, Echo):
        b = b.joined(_echoed(rng, a, b, tie, seconds))
    skin_a, skin_b = (family.skin(rng, one, samples) for one in (a, b))
    pulse_a, pulse_b = (family.pulse(rng, one, samples) for one in (a, b))
    return Couple(a, b, skin_a, skin_b, pulse_a, pulse_b)


def _echoed(rng: np.random.Generator, a: Bursts, b: Bursts, tie: Echo, seconds: float) -> Bursts:
    """Echoes of the size of b's own bursts."""
    chosen = (rng.random(len(a.times_s)) < tie.share) & (a.times_s < tie.part * seconds)
    times_s = a.times_s[chosen] + tie.lag_s + tie.spread_s * rng.standard_normal(chosen.sum())
    times_s = times_s[times_s > -BURN_IN_S]
    return Bursts(np.sort(times_s), rng.choice(b.sizes, len(times_s)))
