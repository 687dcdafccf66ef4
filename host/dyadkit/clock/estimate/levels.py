"""Levels: the offset that smoothing cannot remove, told from how far the two estimators agree.

Smoothing removes scatter; it cannot remove that a receiver is always late. The lattice is shifted
by all of the receivers' lateness, the envelope by half that of the quickest packets. So lateness
is known twice: from how widely arrivals scatter (receivers that are slow are slow in floor and in
scatter), and from how far lattice and envelope differ. The answer takes both by their weights;
where they differ by more than three deviations, the two-way envelope has the word and the
difference goes into the bound.

Every constant below is an assumption about links in general, with where it comes from. None was
fitted to a recording.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter1d

from dyadkit.clock.evidence.series import Jitter
from dyadkit.clock.evidence.turnaround import Turnaround, later_s
from dyadkit.clock.log import Mode, SyncLog
from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result

_LATE_PER_SPREAD, _LATE_PER_SPREAD_SD = 0.9, 0.3
"""Lateness of the edge that the lattice takes in units of its distance from the median. A gamma
delay of shape 2 gives 0.62 without a floor, and 1.26 with a floor of a third of its mean."""
_LATE_PER_DIFFERENCE, _LATE_PER_DIFFERENCE_SD = 1.5, 0.3
"""Lateness in units of lattice minus envelope: 1 for receivers without a floor, 2 for a constant
delay (of which the envelope takes half)."""
_BOARDS_ALIKE = 0.06
"""Boards of one kind differ in lateness by so much of their spread; temperature and load do it."""
_HOST_ALIKE = 0.01
"""A host is late for both wearables alike, but for what two finite samples of it differ ..."""
_HOST_UNLIKE = 1.0
"""... and what its spread differs: a short interval mixes stalls of one event into the next."""
_FRAME_SD_S = 10e-6
"""The length of a frame on the air is known to about a byte, 8 µs."""
_ENVELOPE_SD_S = 70e-6
"""Edges of unequal loads: the extrapolated edge of n packets per minute in an interval of 30 ms
keeps an error of the order 30 ms / n²; 70 µs at the 20 probes of a poor minute."""
_CABLE_SD_S = 40e-6
"""A byte at 1 Mbit/s takes 10 µs; the driver's block of bytes begins at any of three."""
_HOST_WAYS_SD_S = 0.15e-3
"""Beside a wearable without a lattice, say on a cable, what the host's radio adds to one way more
than to the other no longer cancels: some tenths of a millisecond, of which half counts."""
_ROLE_SD_S = 66e-6
"""Who is central: the answer's turn is taken as 230 µs but may be 115 to 345 (the lattice takes
that whole, the envelope by half), which evenly spread has this deviation. A swap of roles turns its
sign."""
_MEASURED_ROLE_SD_S = 10e-6
"""The same where a wire measured the turn: a median of minutes, and how boards of a kind differ."""
_NORMAL_95 = 1.96
_SD_OF_MEDIAN = 1.2533
_SD_PER_MAD = 1.4826
_LOCAL_BINS = 11
"""Minutes over which the envelope is compared with itself: a path slow for that long shows."""
_EDGES = 5
"""A median of 11 minutes finds where a slow path begins and ends to about two."""
_PARTED = 4.0
"""Deviations of a local median that count as the envelope parting; one in 10⁴ by chance."""
_SCATTER_S = 50e-6
"""No envelope of minutes scatters less."""
_FEW = 5
_UNFOLLOWED = 3.0
"""Deviations of a median of five readings that count as the track not following."""
_MAX_CRYSTAL_S = 0.4e-3
"""A crystal does not leave its track by more than this; a path does."""
_BLIND_S = 5e-3
"""What the envelope may be off where it has no entry: half a short connection interval."""


@dataclass(frozen=True, slots=True, eq=False)
class Level(Result):
    """Correction of one wearable's track after comparing the estimators.

    shift_s : to be added to the offset
    systematic_s : 95 % half-width of what stays unknown
    """

    shift_s: float
    systematic_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Result):
    """Envelope against track for one wearable.

    ahead_s : typical envelope minus track; scatter_s : how far one entry lies from that
    sd_s : standard error of `ahead_s`
    """

    ahead_s: float
    scatter_s: float
    sd_s: float


def compare(rest_s: Floats, claimed_s: float = 0.0) -> Comparison:
    """Comparison from the envelope's residuals against a track.

    `claimed_s` is what the envelope itself says an entry may be off: few entries can agree by luck.
    """
    if not len(rest_s):
        return Comparison(0.0, _BLIND_S, _BLIND_S)
    # from steps, which a path that is slow for a while does not inflate
    steps_s = np.abs(np.diff(rest_s)) / np.sqrt(2) if len(rest_s) > 1 else np.zeros(1)
    one_s = max(_SD_PER_MAD * float(np.median(steps_s)), claimed_s, _SCATTER_S)
    scatter_s = _SD_OF_MEDIAN * one_s
    sd_s = scatter_s / float(np.sqrt(len(rest_s)))
    return Comparison(float(np.median(rest_s)), scatter_s, sd_s)


def parted_s(rest_s: Floats, usual: Comparison) -> Floats:
    """By how much the envelope parts from the track for a while, at each entry; else 0."""
    half = _LOCAL_BINS // 2
    local_s = [np.median(rest_s[max(0, k - half) : k + half + 1]) for k in range(len(rest_s))]
    apart_s = np.abs(np.array(local_s) - usual.ahead_s)
    real = apart_s > _PARTED * usual.scatter_s / np.sqrt(_LOCAL_BINS)
    return np.asarray(maximum_filter1d(np.where(real, apart_s, 0.0), size=_EDGES))


def unfollowed_s(rest_s: Floats) -> Floats:
    """By how much readings stay on one side of the track for a while, at each of them; else 0.

    So a crystal shows that changed faster than the smoother let it.
    """
    first = np.clip(np.arange(len(rest_s)) - _FEW // 2, 0, max(len(rest_s) - _FEW, 0))
    local_s = [np.median(rest_s[k : k + _FEW]) for k in first.tolist()]
    apart_s = np.abs(np.array(local_s))
    min_apart_s = _UNFOLLOWED * compare(rest_s).scatter_s / np.sqrt(_FEW)
    real = (apart_s > min_apart_s) & (apart_s < _MAX_CRYSTAL_S)
    return np.asarray(maximum_filter1d(np.where(real, apart_s, 0.0), size=_FEW))


def late_s(mode: Mode, jitter: Jitter) -> float:
    """How far the lattice is ahead because the wearable hears late, told from the scatter.

    A host is late too, but for both wearables alike.
    """
    other_s = jitter.up_s if mode is Mode.FIELD else 0.0
    return _LATE_PER_SPREAD * (jitter.down_s - other_s)


def role_sd_s(log: SyncLog) -> float:
    """What the two roles may add in the field: less where a wire measured the answer's turn."""
    return _ROLE_SD_S if log.answer_turn_s is None else _MEASURED_ROLE_SD_S


def levels_of(
    mode: Mode,
    jitters: Sequence[Jitter | None],
    comparisons: Sequence[Comparison],
    turnarounds: Sequence[Turnaround | None] = (),
    role_sd_s: float = _ROLE_SD_S,
) -> list[Level]:
    """Level of each wearable's clock, from its lattice's jitter (None without one) and comparison.

    Two turnarounds tell two wearables' lateness better than their jitter does; `role_sd_s` counts
    in the field.

    1. On cables there is no lattice, so nothing to compare: the envelope's own level stays.
    2. One wearable without a lattice puts both on the envelope, for the two estimators are shifted
       differently and the persons must not stand on one each. One that does have a lattice may
       then be alone on the host's radio, whose two ways no longer cancel.
    3. In the field one clock is to be placed; both ends of the link receive, and who is central
       adds to the bound.
    4. With a host, only what differs between the wearables counts: its own lateness is in both
       levels, so the mean is taken out of both ways of knowing, before they are weighed.
    """
    sds_s = np.array([found.sd_s for found in comparisons])
    if mode is Mode.USB:
        return [Level(0.0, _bound_s(sd_s, _CABLE_SD_S)) for sd_s in sds_s]
    known = [jitter for jitter in jitters if jitter is not None]
    if len(known) < len(comparisons):  # then everyone stands on the two-way envelope
        return [
            Level(c.ahead_s, _bound_s(c.sd_s, _ENVELOPE_SD_S, _HOST_WAYS_SD_S if jitter else 0.0))
            for c, jitter in zip(comparisons, jitters or [None] * len(comparisons), strict=True)
        ]
    own_s = np.array([found.ahead_s for found in comparisons])
    scatter_s = np.array([late_s(mode, jitter) for jitter in known])
    envelope_sds_s = np.hypot(sds_s, _ENVELOPE_SD_S)
    if mode is Mode.FIELD:
        late = _Late(scatter_s, _field_sds_s(known[0]))
        levels = _weighed(own_s, scatter_s, late, envelope_sds_s)
        return [
            Level(x.shift_s, float(np.hypot(x.systematic_s, _bound_s(role_sd_s)))) for x in levels
        ]
    # what both have in common is the host's
    own_s, scatter_s = own_s - own_s.mean(), scatter_s - scatter_s.mean()
    late = _with_turnarounds(_Late(scatter_s, _host_sds_s(known)), known, turnarounds)
    return _weighed(own_s, scatter_s, late, envelope_sds_s)


@dataclass(frozen=True, slots=True, eq=False)
class _Late(Result):
    """How late each wearable's lattice is, and what it may be off after that was taken out."""

    late_s: Floats
    sds_s: Floats


def _with_turnarounds(
    reported: _Late, jitters: Sequence[Jitter], turnarounds: Sequence[Turnaround | None]
) -> _Late:
    """Lateness of both wearables from jitter and, as far as that is more certain, turnarounds."""
    found = [turnaround for turnaround in turnarounds if turnaround is not None]
    if len(found) != 2:
        return reported
    turned_s, turned_sd_s = later_s(*found)
    alike_sds_s = _alike_sds_s(jitters)  # both ways take boards and hosts for alike
    reported_var = float((reported.sds_s**2 - alike_sds_s**2).sum())
    share = reported_var / (reported_var + turned_sd_s**2)
    apart_s = share * turned_s + (1 - share) * float(np.diff(reported.late_s)[0])
    sds_s = np.hypot(alike_sds_s, turned_sd_s * np.sqrt(share / 2))
    return _Late(np.array([-apart_s, apart_s]) / 2, np.asarray(sds_s))


def _weighed(own_s: Floats, taken_s: Floats, late: _Late, envelope_sds_s: Floats) -> list[Level]:
    """Levels from both ways of knowing lateness, shape (wearables,) each.

    own_s : envelope minus track; taken_s : lateness already taken from the track

    The lattice stands at `taken_s` above the track, the envelope at `own_s`.

    1. From scatter: the lattice is late by `late`. From the difference of both estimators: by
       1.5 times their distance. `excess_s` is how much more the second says than the first.
    2. They contradict each other (the spread of the excesses about 0 exceeds three deviations):
       the envelope decides, because it rests on fewer assumptions, and its whole distance from the
       track goes into the bound.
    3. They agree: the mean by inverse variance. The shift first puts the track back on the lattice
       (`taken_s`), then takes off the lateness from scatter and the excess by its weight.
    """
    grid_sds_s = late.sds_s
    apart_s = taken_s - own_s
    excess_s = _LATE_PER_DIFFERENCE * apart_s - late.late_s
    excess_sds_s = np.hypot(
        _LATE_PER_DIFFERENCE * envelope_sds_s, _LATE_PER_DIFFERENCE_SD * apart_s
    )
    grid_var, excess_var = float((grid_sds_s**2).sum()), float((excess_sds_s**2).sum())
    if np.ptp(np.append(excess_s, 0.0)) > 3 * np.sqrt(grid_var + excess_var):
        bounds_s = np.hypot(_NORMAL_95 * envelope_sds_s, own_s)
        return [Level(float(x), float(y)) for x, y in zip(own_s, bounds_s, strict=True)]
    weight = grid_var / (grid_var + excess_var)
    bounds_s = _NORMAL_95 * np.hypot(weight * excess_sds_s, (1 - weight) * grid_sds_s)
    shifts_s = taken_s - late.late_s - weight * excess_s
    return [Level(float(x), float(y)) for x, y in zip(shifts_s, bounds_s, strict=True)]


def _host_sds_s(jitters: Sequence[Jitter]) -> Floats:
    """What each lattice may be off after its jitter was taken for lateness, shape (wearables,).

    What counts for two wearables of one kind is how unlike their scatter is.
    """
    unlike_s = _LATE_PER_SPREAD_SD * np.ptp([jitter.down_s for jitter in jitters]) / np.sqrt(2)
    return np.asarray(np.hypot(_alike_sds_s(jitters), unlike_s))


def _alike_sds_s(jitters: Sequence[Jitter]) -> Floats:
    """The same of boards and hosts of one kind."""
    boards_s = _BOARDS_ALIKE * np.array([jitter.down_s for jitter in jitters])
    ups_s = np.array([jitter.up_s for jitter in jitters])
    unlike_s = _HOST_UNLIKE * np.ptp(ups_s) / np.sqrt(2)
    hosts_var = (_HOST_ALIKE * ups_s) ** 2 + unlike_s**2
    return np.asarray(np.sqrt(boards_s**2 + hosts_var + _FRAME_SD_S**2))


def _field_sds_s(jitter: Jitter) -> Floats:
    """The same between two wearables, shape (1,): both receive."""
    spreads_s = np.array([jitter.down_s, jitter.up_s])
    alike_s = _BOARDS_ALIKE * float(np.hypot(*spreads_s))
    unlike_s = _LATE_PER_SPREAD_SD * float(np.ptp(spreads_s))
    return np.array([np.sqrt(alike_s**2 + unlike_s**2 + 2 * _FRAME_SD_S**2)])


def _bound_s(*sds_s: float) -> float:
    """95 % half-width of independent deviations together."""
    return _NORMAL_95 * float(np.sqrt(np.square(sds_s).sum()))
