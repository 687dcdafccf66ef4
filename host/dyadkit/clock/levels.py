"""How far the two estimators agree, and what that does to the answer and its bound.

Smoothing removes scatter; it cannot remove what a path adds to every packet. The lattice is
shifted by all of the receivers' latency, the envelope by half the difference between the ways.
Each is given a systematic standard deviation, the answer lies between them by their weights, and
where they differ by more than three deviations the two-way envelope has the word and the
difference goes into the bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter1d

from dyadkit.arrays import Floats
from dyadkit.clock.evidence import Jitter
from dyadkit.clock.log import Mode
from dyadkit.result import Result

_LATENCY_PER_SPREAD = 0.75
"""How late the quickest packets are, in units of their spread: what a receiver's scatter tells of
its floor. Slow boards are slow in both, which is measured here, not assumed equal."""
_UNSURE_PER_SPREAD = 0.1
_UNSURE_PER_HOST_SPREAD = 0.03
_UNSURE_PER_DIFFERENCE = 0.5
_ENVELOPE_SD_S = 70e-6
_CABLE_SD_S = 30e-6
_ROLE_SD_S = 110e-6
_NORMAL_95 = 1.96
_SD_OF_MEDIAN = 1.2533
_LOCAL_BINS = 11
_SCATTER_S = 50e-6
_BLIND_S = 5e-3


@dataclass(frozen=True, slots=True, eq=False)
class Level(Result):
    """Correction of one lane's track after comparing the estimators.

    shift_s : to be added to the offset
    systematic_s : 95 % half-width of what stays unknown
    """

    shift_s: float
    systematic_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Result):
    """Envelope against track for one lane.

    ahead_s : typical envelope minus track; scatter_s : how far one entry lies from that
    sd_s : standard error of `ahead_s`
    """

    ahead_s: float
    scatter_s: float
    sd_s: float


def compare(rest_s: Floats) -> Comparison:
    """Comparison from the envelope's residuals against a track."""
    if not len(rest_s):
        return Comparison(0.0, _BLIND_S, _BLIND_S)
    ahead_s = float(np.median(rest_s))
    # from steps, which a path that is slow for a while does not inflate
    steps_s = np.abs(np.diff(rest_s)) / np.sqrt(2) if len(rest_s) > 1 else np.zeros(1)
    scatter_s = max(_SD_OF_MEDIAN * 1.4826 * float(np.median(steps_s)), _SCATTER_S)
    return Comparison(ahead_s, scatter_s, scatter_s / np.sqrt(len(rest_s)))


def parted_s(rest_s: Floats, usual: Comparison) -> Floats:
    """By how much the envelope parts from the track for a while, at each entry; else 0."""
    half = _LOCAL_BINS // 2
    local_s = [np.median(rest_s[max(0, k - half) : k + half + 1]) for k in range(len(rest_s))]
    apart_s = np.abs(np.array(local_s) - usual.ahead_s)
    real = apart_s > 4 * usual.scatter_s / np.sqrt(_LOCAL_BINS)
    return np.asarray(maximum_filter1d(np.where(real, apart_s, 0.0), size=_LOCAL_BINS))


def _envelope_only(comparisons: Sequence[Comparison]) -> list[Level]:
    """Levels when some lane has no lattice: everyone stands on the two-way envelope."""
    return [Level(found.ahead_s, _bound_s(found.sd_s, _ENVELOPE_SD_S)) for found in comparisons]


def _bound_s(*sds_s: float) -> float:
    """95 % half-width of independent deviations together."""
    return _NORMAL_95 * float(np.sqrt(np.square(sds_s).sum()))


def levels_of(
    mode: Mode, jitters: Sequence[Jitter | None], comparisons: Sequence[Comparison]
) -> list[Level]:
    """Level of each lane, from the jitter on its lattice (None without one) and its comparison."""
    if mode is Mode.USB:
        return [Level(0.0, _bound_s(found.sd_s, _CABLE_SD_S)) for found in comparisons]
    known = [jitter for jitter in jitters if jitter is not None]
    if len(known) < len(comparisons):
        return _envelope_only(comparisons)
    return (_between_wearables if mode is Mode.FIELD else _with_host)(comparisons, known)


def late_s(mode: Mode, jitter: Jitter) -> float:
    """How far the lattice is ahead because the wearable hears late.

    A host is late too, but for both wearables alike.
    """
    other_s = jitter.up_s if mode is Mode.FIELD else 0.0
    return _LATENCY_PER_SPREAD * (jitter.down_s - other_s)


def _with_host(comparisons: Sequence[Comparison], jitters: Sequence[Jitter]) -> list[Level]:
    """Levels of wearables heard by one host: what they have in common is the host's."""
    own_s = np.array([found.ahead_s for found in comparisons])
    envelope_sds_s = np.hypot([found.sd_s for found in comparisons], _ENVELOPE_SD_S)
    return _weighed(own_s - own_s.mean(), envelope_sds_s, _grid_sds_s(jitters))


def _between_wearables(comparisons: Sequence[Comparison], jitters: Sequence[Jitter]) -> list[Level]:
    """Level of one wearable heard by the other: nothing drops out, and their roles differ."""
    own_s = np.array([found.ahead_s for found in comparisons])
    envelope_sds_s = np.hypot([found.sd_s for found in comparisons], _ROLE_SD_S)
    return _weighed(own_s, envelope_sds_s, _field_grid_sds_s(jitters[0]))


def _weighed(own_s: Floats, envelope_sds_s: Floats, grid_sds_s: Floats) -> list[Level]:
    """Levels between lattice (0) and envelope (`own_s`), by how far each may be off."""
    grid_var, envelope_var = float((grid_sds_s**2).sum()), float((envelope_sds_s**2).sum())
    at_odds = np.ptp(np.append(own_s, 0.0)) > 3 * np.sqrt(grid_var + envelope_var)
    weight = 1.0 if at_odds else grid_var / (grid_var + envelope_var)
    unsure_s = np.hypot(weight * envelope_sds_s, (1 - weight) * grid_sds_s)
    widened_s = np.abs(own_s) if at_odds else np.zeros(len(own_s))
    bounds_s = np.hypot(_NORMAL_95 * unsure_s, widened_s)
    return [
        Level(float(weight * own), float(bound)) for own, bound in zip(own_s, bounds_s, strict=True)
    ]


def _grid_sds_s(jitters: Sequence[Jitter]) -> Floats:
    """What each lane's lattice level may be off, because wearables receive late: shape (lanes,).

    Equal wearables are late alike, so what counts is mostly how unlike their scatter is.
    """
    spread_s = np.array([jitter.down_s for jitter in jitters])
    unlike_s = np.ptp(spread_s) / np.sqrt(2)
    host_s = _UNSURE_PER_HOST_SPREAD * np.array([jitter.up_s for jitter in jitters])
    unsure_s = np.hypot(_UNSURE_PER_SPREAD * spread_s, _UNSURE_PER_DIFFERENCE * unlike_s)
    unsure_s = np.hypot(unsure_s, host_s)
    return np.asarray(unsure_s)


def _field_grid_sds_s(jitter: Jitter) -> Floats:
    """The same between two wearables, shape (1,): both receive, and their roles differ."""
    spreads_s = np.array([jitter.down_s, jitter.up_s])
    alike_s = _UNSURE_PER_SPREAD * float(np.hypot(*spreads_s))
    unlike_s = _UNSURE_PER_DIFFERENCE * float(np.ptp(spreads_s))
    return np.array([np.sqrt(alike_s**2 + unlike_s**2 + _ROLE_SD_S**2)])
