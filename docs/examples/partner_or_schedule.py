"""Is it the partner, or the schedule? Comparison with partners from other sessions.

Two people who watch one film agree although neither moves the other, and a circular shift calls
that beyond chance, rightly: the film is what it found. Only people of other sessions, at the same
moment of the same film, can tell the two apart.
"""

import numpy as np

import dyadkit

RATE_HZ, SECONDS = 4.0, 480
SAMPLES = round(RATE_HZ * SECONDS)
RESPONSE = np.exp(-np.arange(80) / RATE_HZ / 4.0) - np.exp(-np.arange(80) / RATE_HZ)


def moments(seed: int) -> np.ndarray:
    """Moments that quicken a heart, one in ten seconds, of different strength."""
    random = np.random.default_rng(seed)
    return (random.random(SAMPLES) < 0.1 / RATE_HZ) * random.uniform(2.0, 10.0, SAMPLES)


def series(felt: np.ndarray, seed: int) -> dict[str, dyadkit.Series]:
    """Heart rate that answers these moments, on a level that wanders, with some noise."""
    noise = np.random.default_rng(seed).standard_normal((2, SAMPLES))
    level = 70.0 + 3.0 * np.cumsum(noise[0]) / SAMPLES**0.5
    rate_bpm = level + np.convolve(felt, RESPONSE)[:SAMPLES] + 0.3 * noise[1]
    return {"heart_rate": dyadkit.Series(rate_bpm, rate_hz=RATE_HZ, unit="bpm")}


def session(seed: int, influence: float) -> dyadkit.Dyad:
    """A dyad before the film; b also answers a's own moments, by so much of them, 1.5 s later."""
    film, of_a, of_b = moments(0), moments(10 * seed + 1), moments(10 * seed + 2)
    answers = influence * np.roll(of_a, round(1.5 * RATE_HZ))
    a, b = film + of_a, film + (1 - influence) * of_b + answers
    return dyadkit.from_arrays(series(a, 10 * seed + 3), series(b, 10 * seed + 4))


def words(p: float) -> str:
    """A p value as papers print it: how small it is below 0.001 rests on a law, not on counts."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


# Ten other dyads saw the same film, begun at the same point. Each brings its b as a partner for a,
# and its a as a partner for b: twenty pairs of people who never met. p cannot fall below
# 1 / (pairs + 1), so ten other sessions are the fewest with which 5 % can be reached.
others = [session(seed, influence=0.0) for seed in range(1, 11)]

for title, influence in (("the film alone", 0.0), ("the film and each other", 0.9)):
    result = dyadkit.analyze(session(99, influence), seed=0, others=others)
    found, same_time = result.coupling["heart_rate"], result.same_time["heart_rate"]
    print(f"{title}:")
    print(f"  p {words(found.p)} against circular shifts")
    print(f"  p {words(same_time.p)} against {same_time.draws} pairs from different sessions")
    for sentence in result.sentences():
        print("  -", sentence)
