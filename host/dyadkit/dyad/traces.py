"""Two people's traces and marks on one time line: the types everything above recording speaks."""

from dataclasses import dataclass, field, replace
from html import escape
from typing import Literal, TypeAlias

import numpy as np

from dyadkit.dyad.arrays import Bools, Flags, Floats, Ints
from dyadkit.dyad.display import html_table
from dyadkit.dyad.people import NOBODY_KNOWN, Person
from dyadkit.dyad.provenance import SessionOrigin, Whence, Worn, alias_of, provenance
from dyadkit.dyad.result import Result

PersonName: TypeAlias = Literal["a", "b"]
PERSONS: tuple[PersonName, PersonName] = ("a", "b")
PAUSE = 1.5
"""A step of more than so many usual ones is a gap."""


@dataclass(frozen=True, slots=True, eq=False)
class Trace(Result):
    """One stream on the session's time line.

    times_s : shape (n,), session time of each sample in seconds, increasing; NaN where the
        clock is unknown
    values : shape (n,), in `unit`; NaN where the sample was missing at the sensor
    rate_hz : the effective rate, estimated (not the nominal one)
    gaps_s : shape (g, 2), start and end of each span without samples, in session seconds
    bounds_s : shape (n,), 95 % half-width of `times_s`; empty where not known
    status : shape (n,), the wearable's status bits (see `dyadwire.streams`); empty where none
    sensor : what measured it; "max3010x" has a known full scale, empty is any sensor

    Examples
    --------
    >>> import numpy as np
    >>> gap_s = np.array([[3.0, 5.0]])
    >>> trace = Trace(np.arange(10.0), 10 * np.arange(10.0), "counts", 1.0, gap_s)
    >>> trace.uniform(2.0, start_s=2.0, stop_s=6.0).tolist()
    [20.0, 25.0, 30.0, nan, nan, nan, 50.0, 55.0]
    """

    times_s: Floats
    values: Floats
    unit: str
    rate_hz: float
    gaps_s: Floats = field(default_factory=lambda: np.empty((0, 2)))
    bounds_s: Floats = field(default_factory=lambda: np.empty(0))
    status: Flags = field(default_factory=lambda: np.empty(0, dtype=np.uint16))
    sensor: str = ""

    def __len__(self) -> int:
        return len(self.values)

    def uniform(self, rate_hz: float, start_s: float, stop_s: float) -> Floats:
        """Values on the grid start_s + k / rate_hz: linear between samples, NaN inside gaps.

        No anti-alias filter: meant for grids at or above the trace's own rate. Where the next
        sample comes much later than usual is a gap, whether `gaps_s` says so or not.
        """
        grid = start_s + np.arange(round((stop_s - start_s) * rate_hz)) / rate_hz
        known = np.isfinite(self.times_s)
        if known.sum() < 2:
            return np.full(len(grid), np.nan)
        times, values = self.times_s[known], self.values[known]
        placed = np.interp(grid, times, values, left=np.nan, right=np.nan)
        placed[in_spans(grid, self.gaps_s) | in_spans(grid, holes(times))] = np.nan
        return np.asarray(placed, dtype=float)

    def since(self, start_s: float) -> "Trace":
        """The samples from `start_s` on; what came before stays unknown."""
        first = int(np.searchsorted(self.times_s, start_s))
        return replace(
            self,
            times_s=self.times_s[first:],
            values=self.values[first:],
            gaps_s=self.gaps_s[self.gaps_s[:, 0] >= start_s],
            bounds_s=self.bounds_s[first:],
            status=self.status[first:],
        )

    def grid(self, rate_hz: float, start_s: float, stop_s: float) -> Floats:
        """As `uniform`, for slower grids too: what the grid cannot hold is filtered out before.

        NaN inside gaps and wherever less than half of the filter's weight lies on samples.

        Examples
        --------
        A ripple of 4 Hz, on a grid of 1.5 Hz: `uniform` folds it down, `grid` has it out.

        >>> import numpy as np
        >>> times_s = np.arange(0, 20, 0.1)
        >>> ripple = Trace(times_s, 5 + np.sin(2 * np.pi * 4 * times_s), "counts", 10.0)
        >>> [grid(1.5, 5.0, 7.0).round(1).tolist() for grid in (ripple.uniform, ripple.grid)]
        [[5.0, 4.6, 5.4], [5.0, 5.0, 5.0]]
        """
        # 1. A grid as fine as the trace holds all of it: nothing to filter.
        # 2. The filter is normalised by its weight on known samples, so that a gap does not pull
        #    its neighbours to 0; the kernel's own margin on both sides lets it start and end well.
        # 3. A gap stays a gap: what was not known is NaN again, and so is what is less known than
        #    not. Between NaN and a value `interp` gives NaN.
        if not rate_hz < self.rate_hz:
            return self.uniform(rate_hz, start_s, stop_s)
        kernel = _low_pass(self.rate_hz, rate_hz)
        margin_s = len(kernel) / self.rate_hz
        fine = self.uniform(self.rate_hz, start_s - margin_s, stop_s + margin_s)
        known = np.isfinite(fine)
        weight = np.convolve(known, kernel, "same")
        with np.errstate(divide="ignore", invalid="ignore"):
            smooth = np.convolve(np.where(known, fine, 0.0), kernel, "same") / weight
        smooth[~known | (weight < 0.5)] = np.nan
        fine_s = start_s - margin_s + np.arange(len(fine)) / self.rate_hz
        wanted_s = start_s + np.arange(round((stop_s - start_s) * rate_hz)) / rate_hz
        return np.asarray(np.interp(wanted_s, fine_s, smooth, left=np.nan, right=np.nan))


@dataclass(frozen=True, slots=True, eq=False)
class Alignment(Result):
    """Clock alignment of `a` and `b`: how well both are on one clock, per minute, m minutes.

    minutes_s : shape (m,), when each minute begins
    in_sync, extrapolated, unknown : shape (m,), shares of the minute; the worse of the two
        persons decides; they add up to 1
    bound_s : shape (m,), typical 95 % half-width of a time difference between the persons; NaN
        where unknown
    exchanges : shape (m, 2), two-way exchanges with `a` and with `b`; in the field with `b` only
    interval_s : shape (m, 2), connection interval inferred; NaN where none was
    since_contact_s : shape (m, 2), from the last exchange to the end of the minute; NaN before
        the first
    """

    minutes_s: Floats
    in_sync: Floats
    extrapolated: Floats
    unknown: Floats
    bound_s: Floats
    exchanges: Ints
    interval_s: Floats
    since_contact_s: Floats

    @property
    def median_bound_s(self) -> float:
        """The usual bound; NaN if no minute is known."""
        known = self.bound_s[np.isfinite(self.bound_s)]
        return float(np.median(known)) if len(known) else float("nan")

    @property
    def worst_bound_s(self) -> float:
        """The bound of the worst known minute; NaN if no minute is known."""
        known = self.bound_s[np.isfinite(self.bound_s)]
        return float(known.max()) if len(known) else float("nan")

    @property
    def known_share(self) -> float:
        """Share of the session that is in sync or extrapolated."""
        return float(1 - self.unknown.mean()) if len(self.unknown) else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Mark(Result):
    """A labelled instant (`stop_s` equal to `start_s`) or span, in session seconds.

    Examples
    --------
    >>> still_face = Mark(120.0, 240.0, "still face", kind="condition")
    >>> cry = Mark(131.5, 131.5, "cry", person="a")
    >>> cry.kind, still_face.start_s <= cry.start_s < still_face.stop_s
    ('event', True)
    """

    start_s: float
    stop_s: float
    label: str
    kind: Literal["event", "condition", "note"] = "event"
    person: PersonName | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Assay(Result):
    """One sample of one person that a laboratory analysed, such as cortisol in saliva.

    Examples
    --------
    >>> before = Assay("a", -600.0, "cortisol", 6.2, "nmol/l")
    >>> before.at_s < 0
    True
    """

    person: PersonName
    at_s: float
    analyte: str
    value: float
    unit: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Correction(Result):
    """Correction by a reviewer of what was found in one person's signals, in session seconds.

    kind : `beat`, one that was missed, at `start_s`; `no beat`, the one found there is none;
        `pulse artefact` and `skin artefact`, nothing in this span can be trusted
    reviewer : who looked
    saw_partner : whether the partner's signals were in sight; a blind review cannot make synchrony

    Examples
    --------
    >>> Correction("beat", 12.25, 12.25, "AB").saw_partner
    False
    """

    kind: Literal["beat", "no beat", "pulse artefact", "skin artefact"]
    start_s: float
    stop_s: float
    reviewer: str
    saw_partner: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class PersonTraces(Result):
    """Traces of one person by stream name, who wore what, and what a reviewer corrected.

    about : what is known of the person
    firmware : the build that the wearable ran; calibrated : ISO date on which its skin sensor was,
    or "never"; empty where a session does not tell
    """

    traces: dict[str, Trace]
    participant: str = ""
    wearable: str = ""
    corrections: tuple[Correction, ...] = ()
    about: Person = NOBODY_KNOWN
    firmware: str = ""
    calibrated: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Dyad(Result):
    """Two people on one time line, with what happened and where the data came from.

    `duration_s` is the session's length; `simulated` is True when no real person was recorded;
    `alignment` says how well both are on one clock, None where nobody measured it; `notes` are what
    a reader of any result must know of how the data came about, a sentence each; `replayed` names
    the recordings that a and b are a replay of, and is empty for what wearables recorded; `began`
    is when second 0 was, ISO 8601, without a zone where none is known, empty where nothing is;
    `assays` are single measures beside the series; `sha256` is of the stored session.

    Examples
    --------
    >>> skin = Trace(np.arange(8.0), np.full(8, 4.2), "microsiemens", 1.0)
    >>> dyad = Dyad(PersonTraces({"eda": skin}), PersonTraces({"eda": skin}), duration_s=8.0)
    >>> dyad.person("b").traces["eda"].unit
    'microsiemens'
    """

    a: PersonTraces
    b: PersonTraces
    marks: tuple[Mark, ...] = ()
    duration_s: float = float("nan")
    source: str = ""
    simulated: bool = False
    alignment: Alignment | None = None
    notes: tuple[str, ...] = ()
    replayed: tuple[str, ...] = ()
    began: str = ""
    assays: tuple[Assay, ...] = ()
    sha256: str = ""

    def person(self, name: PersonName) -> PersonTraces:
        """The traces of person `a` or `b`."""
        return self.a if name == "a" else self.b

    def with_people(self, a: Person = NOBODY_KNOWN, b: Person = NOBODY_KNOWN) -> "Dyad":
        """The same session of these people; of whom nothing is said, what was known stays."""
        first, second = (
            replace(old, about=new) if new.facts() else old
            for old, new in ((self.a, a), (self.b, b))
        )
        return replace(self, a=first, b=second)

    @property
    def origin(self) -> SessionOrigin:
        """Where the session comes from, and what was worn."""
        worn = [
            Worn(
                alias_of(one.wearable),
                one.firmware,
                one.calibrated,
                {name: trace.rate_hz for name, trace in one.traces.items()},
            )
            for one in (self.a, self.b)
        ]
        return SessionOrigin(self._whence, self.began, self.sha256, *worn)

    @property
    def _whence(self) -> Whence:
        if self.replayed:
            return Whence.REPLAYED
        if self.simulated:
            return Whence.SIMULATED
        return Whence.RECORDED if self.a.wearable or self.b.wearable else Whence.IMPORTED

    def _repr_html_(self) -> str:
        """What a notebook shows: a line on the session and a table of its streams."""
        head = ("person", "stream", "unit", "rate (Hz)", "samples", "missing", "gaps")
        rows = (
            (name, stream, *_row(trace))
            for name in PERSONS
            for stream, trace in self.person(name).traces.items()
        )
        return f"<p>{escape(self._about())}</p>{html_table(head, rows)}"

    def _about(self) -> str:
        known = [f"{self.duration_s / 60:.1f} minutes"] * bool(np.isfinite(self.duration_s))
        known += [f"{len(self.marks)} marks"]
        if self.alignment is not None and np.isfinite(self.alignment.median_bound_s):
            known.append(f"clocks within {1000 * self.alignment.median_bound_s:.2g} ms (95 %)")
        whence = provenance(self.simulated, self.replayed)
        known += [whence] * bool(whence)
        return f"Dyad {self.source}: {', '.join(known)}"


def _row(trace: Trace) -> tuple[str, str, str, str, str]:
    """Unit, rate, samples, share of missing values and gaps of a stream, as text."""
    missing = np.isnan(trace.values).mean() if len(trace) else 0.0
    gaps_s = float(np.diff(trace.gaps_s, axis=1).sum())
    gaps = f"{len(trace.gaps_s)}, {gaps_s:.1f} s" if len(trace.gaps_s) else "none"
    return trace.unit, f"{trace.rate_hz:.4g}", str(len(trace)), f"{100 * missing:.1f} %", gaps


def holes(times_s: Floats) -> Floats:
    """Steps of increasing times, shape (n,), that are longer than `PAUSE` usual ones, shape (g, 2).

    Examples
    --------
    >>> holes(np.array([0.0, 1.0, 2.0, 3.0, 7.0, 8.0])).tolist()
    [[3.0, 7.0]]
    """
    steps_s = np.diff(times_s)
    if not len(steps_s):
        return np.empty((0, 2))
    wide = np.flatnonzero(steps_s > PAUSE * np.median(steps_s))
    return np.stack([times_s[wide], times_s[wide + 1]], axis=1)


def in_spans(times_s: Floats, spans_s: Floats) -> Bools:
    """Mask of the `times_s`, shape (n,), strictly inside one of `spans_s`, shape (g, 2).

    Examples
    --------
    >>> import numpy as np
    >>> in_spans(np.array([1.0, 2.0, 3.0]), np.array([[1.0, 2.5]])).tolist()
    [False, True, False]
    """
    if not len(spans_s):
        return np.zeros(len(times_s), dtype=bool)
    starts_s, stops_s = spans_s[np.argsort(spans_s[:, 0], kind="stable")].T
    begun = np.searchsorted(starts_s, times_s)  # so many spans began before each time
    lasting_s = np.maximum.accumulate(stops_s)[np.maximum(begun - 1, 0)]
    return np.asarray((begun > 0) & (times_s < lasting_s), dtype=bool)


def _low_pass(rate_hz: float, grid_hz: float) -> Floats:
    """Kernel of a low-pass that keeps 0.3 of the grid's rate and stops at half of it, -60 dB."""
    half = int(np.ceil(1.9 * rate_hz / grid_hz / 0.2))
    at = np.arange(-half, half + 1)
    kernel = np.sinc(0.8 * grid_hz / rate_hz * at) * np.kaiser(2 * half + 1, 5.65)
    return np.asarray(kernel / kernel.sum())
