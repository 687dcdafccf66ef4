"""Fingerprint of body signals: the same samples are known again under any name, whole or in part.

Short stretches of consecutive samples are hashed wherever the hash itself says so, so that a copy
that begins later, or is cut, has the same stretches. Two people's sensors do not give the same
thirty-two different numbers in a row, not once and not several times.

References
----------
Schleimer, Wilkerson & Aiken 2003, Winnowing, SIGMOD 2003: local algorithms for fingerprinting
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.traces import PERSONS, Dyad, PersonName

Stretches = npt.NDArray[np.uint64]
"""Hashes of a signal's stretches, each once, in order."""
Fingerprint = Mapping[tuple[PersonName, str], Stretches]
"""Of both people's body signals, by person and name."""

BODY = ("ppg", "eda", "heart_rate", "ibi")
"""How the names of body signals begin; what both people share, as a film's sound, is none."""
LENGTH = 32
EACH = 16
"""One stretch of so many is kept: skin conductance at 4 Hz has one each four seconds."""
MIN_DIFFERENT = 8
"""Different numbers in a stretch that can tell: a resting or saturated sensor repeats few."""
MIN_SHARED = 3
_FACTOR = np.uint64(6364136223846793005)  # Knuth's, odd: the hash of each place depends on it


def stretches_of(values: Floats) -> Stretches:
    """Fingerprint of one signal; empty for one too short or too still to be known again.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> signal = rng.normal(size=4000)
    >>> len(np.intersect1d(stretches_of(signal), stretches_of(signal[1234:]))) > 100
    True
    """
    known = np.ascontiguousarray(values[np.isfinite(values)], dtype=float) + 0.0
    if len(known) < LENGTH:
        return np.empty(0, dtype=np.uint64)
    windows = np.lib.stride_tricks.sliding_window_view(known, LENGTH)
    bits = np.lib.stride_tricks.sliding_window_view(_mixed(known.view(np.uint64)), LENGTH)
    powers = np.cumprod(np.full(LENGTH, _FACTOR, dtype=np.uint64))
    hashes = np.zeros(len(bits), dtype=np.uint64)
    for place in range(LENGTH):
        hashes += bits[:, place] * powers[place]
    hashes = _mixed(hashes)
    kept = np.flatnonzero(hashes % np.uint64(EACH) == 0)
    different = 1 + (np.diff(np.sort(windows[kept], axis=1), axis=1) != 0).sum(axis=1)
    return np.unique(hashes[kept[different >= MIN_DIFFERENT]])


def fingerprint(dyad: Dyad) -> Fingerprint:
    """Fingerprint of both people's body signals, by person and name."""
    return {
        (person, name): stretches_of(trace.values)
        for person in PERSONS
        for name, trace in dyad.person(person).traces.items()
        if name.startswith(BODY)
    }


def shared(one: Fingerprint, other: Fingerprint) -> str:
    """Which signal of one is, at least in part, which of the other; empty where none is.

    Examples
    --------
    >>> from dyadkit.sim.people import bodies
    >>> first, second = (bodies.perfect_dyad(bodies.meet(bodies.Encounter(), 60.0, seed))
    ...                  for seed in (1, 2))
    >>> "a's eda is a's eda" in shared(fingerprint(first), fingerprint(first))
    True
    >>> shared(fingerprint(first), fingerprint(second))
    ''
    """
    pairs = [
        f"{person}'s {name} is {stranger}'s {again}"
        for (person, name), mine in one.items()
        for (stranger, again), theirs in other.items()
        if is_shared(mine, theirs)
    ]
    return ", ".join(pairs)


def shared_within(dyad: Dyad) -> str:
    """Which signal of a is b's as well, as `shared`."""
    both = fingerprint(dyad)
    of_a, of_b = ({key: both[key] for key in both if key[0] == person} for person in PERSONS)
    return shared(of_a, of_b)


def is_same(one: Floats, other: Floats) -> bool:
    """Whether one signal is the other, whole or in part; one that never changes tells nothing.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> signal = rng.normal(size=4000)
    >>> is_same(signal, signal[1234:]), is_same(signal, rng.normal(size=4000))
    (True, False)
    >>> is_same(np.array([0.8, 0.9]), np.array([0.8, 0.9])), is_same(np.zeros(9), np.zeros(9))
    (True, False)
    """
    known = one[np.isfinite(one)]
    is_still = not len(known) or float(known.min()) == float(known.max())
    is_whole = not is_still and np.array_equal(one, other, equal_nan=True)
    return is_whole or is_shared(stretches_of(one), stretches_of(other))


def is_shared(one: Stretches, other: Stretches) -> bool:
    """Whether two signals have stretches in common."""
    return len(np.intersect1d(one, other, assume_unique=True)) >= MIN_SHARED


def _mixed(numbers: Stretches) -> Stretches:
    """Numbers whose low bits depend on all of theirs (the finaliser of SplitMix64)."""
    mixed = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
