"""Loading of a session: frames are decoded, clocks solved, samples put on one line, as a Dyad."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from dyadkit import clock
from dyadkit.decoding.conductance import conductance_of_counts
from dyadkit.decoding.decode import Decoded, Run
from dyadkit.dyad.arrays import Bools, Floats, Ints
from dyadkit.dyad.traces import PERSONS, Dyad, Mark, PersonName, PersonTraces, Trace
from dyadkit.errors import SessionError
from dyadkit.sessions.imported import load_imported
from dyadkit.sessions.sync_log import decoded_of, sync_log
from dyadkit.sessions.trust import duration_s, is_simulated, replayed_from, time_bounds_s
from dyadkit.storage import StoredSession, read_session
from dyadkit.storage.imported import is_imported
from dyadkit.storage.mark_lines import MarkEntry
from dyadkit.storage.marks import marks_beside, standing, with_ends
from dyadwire import meanings, messages, streams

_DERIVED = {streams.EDA_CURRENT, streams.EDA_VOLTAGE}
_SENSORS = dict.fromkeys((streams.PPG_IR, streams.PPG_RED, streams.PPG_GREEN), "max3010x")
_NOT_SKIN = (
    streams.NO_CONTACT
    | streams.SATURATED
    | streams.LEADS_SHORTED
    | streams.USB_POWERED
    | streams.SENSOR_FAULT
)


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A session as stored, decoded and timed: what `info` looks at and `load` merges."""

    stored: StoredSession
    decoded: dict[PersonName, Decoded]
    clocks: clock.ClockMap
    log: clock.SyncLog

    @property
    def source(self) -> str:
        """Where it was read from."""
        return str(self.stored.path)

    @property
    def simulated(self) -> bool:
        """Whether no real person was recorded."""
        return is_simulated(self.stored, self.decoded)


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    """Samples of one stream, all boots end to end, on the session line.

    follows : whether a sample's running number is the one after its predecessor's
    """

    times_s: Floats
    bounds_s: Floats
    values: Floats
    status: Ints
    follows: Bools
    rate_hz: float


def load(path: str | Path) -> Dyad:
    """Both people's traces and marks on one time line, from a session folder or .mcap file.

    A session that was never closed, or is damaged, gives everything that is intact.

    Returns
    -------
    each stream as a `Trace`: session times in seconds with their 95 % half-widths, values in its
    unit. A sample whose time is not known within 50 ms is left out; skin conductance is NaN where
    a block says that no skin was measured. A mark for each that was set and not undone, conditions
    from their beginning to their end, and one for each press of a wearable's button.

    Raises
    ------
    SessionError
        not a session, or there are no samples at all of one person

    Examples
    --------
    The rate is the sensor's own, as estimated: here its oscillator runs 0.8 % fast.

    >>> dyad = load("session-12")
    >>> sorted(dyad.a.traces)
    ['eda', 'ppg_ir', 'ppg_red']
    >>> round(dyad.a.traces["ppg_ir"].rate_hz, 1), dyad.a.traces["eda"].unit
    (100.8, 'microsiemens')
    >>> dyad.alignment.median_bound_s < 0.001
    True
    """
    if is_imported(Path(path)):
        return load_imported(Path(path))
    return merged(open_session(Path(path)))


def open_session(path: Path) -> Opened:
    """Read, decode and time a session without merging its samples; errors as `load`."""
    stored = read_session(path)
    decoded = decoded_of(stored)
    for person, one in decoded.items():
        if not one.runs:
            raise SessionError(
                f"{stored.path} holds no samples of person {person}: a dyad needs both"
            )
    log = sync_log(stored, decoded)
    return Opened(stored, decoded, clock.solve(log), log)


def merged(opened: Opened) -> Dyad:
    """Put every stream of an opened session on the session's time line."""
    about, replayed = opened.stored.about, replayed_from(opened.stored)
    first_s = _first_s(about)
    recordings = {
        person: PersonTraces(
            {
                name: replace(trace, bounds_s=time_bounds_s(opened.stored, trace.bounds_s)).since(
                    first_s
                )
                for name, trace in _traces(person, opened.decoded[person], opened.clocks).items()
            },
            participant=str(about.get("participants", {}).get(person, "")),
            wearable=_wearable(opened.decoded[person]),
        )
        for person in PERSONS
    }
    length_s = _duration_s(opened, recordings)
    return Dyad(
        recordings["a"],
        recordings["b"],
        marks=_marks(opened, length_s),
        duration_s=length_s,
        source=opened.source,
        simulated=opened.simulated,
        replayed=replayed,
        alignment=clock.alignment(opened.clocks, length_s)
        if length_s > 0 and not replayed
        else None,
    )


def _first_s(about: dict[str, Any]) -> float:
    """When what was recorded begins: a replay has a still lead-in, which nobody's body made."""
    first_s = about.get("analyze_from_s")
    return float(first_s) if isinstance(first_s, int | float) else float("-inf")


def _traces(person: PersonName, decoded: Decoded, clocks: clock.ClockMap) -> dict[str, Trace]:
    traces = {}
    for number in sorted({stream for _, stream in decoded.runs} - _DERIVED):
        runs = {boot: run for (boot, stream), run in decoded.runs.items() if stream == number}
        values = {boot: _scaled(run, decoded, number) for boot, run in runs.items()}
        name = streams.NAMES.get(number, f"stream_{number}")
        placed = _place(person, decoded, runs, values, clocks)
        traces[name] = _trace(placed, _unit(number), _SENSORS.get(number, ""))
    runs, values = _conductance(decoded)
    if runs:
        traces["eda"] = _trace(_place(person, decoded, runs, values, clocks), "microsiemens")
    return traces


def _scaled(run: Run, decoded: Decoded, number: int) -> Floats:
    info = decoded.infos.get(number)
    if info is None:
        return run.samples.astype(float)
    return np.asarray(run.samples * (info.unit_numerator / info.unit_denominator))


def _unit(number: int) -> str:
    return next((one.unit for one in meanings.STREAMS if one.number == number), "counts")


def _conductance(decoded: Decoded) -> tuple[dict[int, Run], dict[int, Floats]]:
    """Runs of the electrode current, with the conductance of each of their samples.

    1. A boot without voltage, or whose streams were never announced, has no conductance.
    2. Current and voltage are streams of their own and lose blocks each for itself: samples are
       matched by their running numbers, and one without its partner is NaN.
    3. NaN, too, where a block says that what was measured is not skin.
    """
    runs: dict[int, Run] = {}
    values: dict[int, Floats] = {}
    infos = [decoded.infos[number] for number in sorted(_DERIVED) if number in decoded.infos]
    for boot in {boot for boot, stream in decoded.runs if stream == streams.EDA_CURRENT}:
        current = decoded.runs[boot, streams.EDA_CURRENT]
        voltage = decoded.runs.get((boot, streams.EDA_VOLTAGE))
        if voltage is None or len(infos) != len(_DERIVED):
            continue
        place = np.searchsorted(voltage.sample_counters(), current.sample_counters())
        place = np.minimum(place, len(voltage.samples) - 1)
        matched = voltage.sample_counters()[place] == current.sample_counters()
        usiemens = conductance_of_counts(
            current.samples, voltage.samples[place], (infos[0], infos[1]), decoded.calibration
        )
        is_skin = np.repeat(current.status & _NOT_SKIN == 0, current.counts)
        runs[boot], values[boot] = current, np.where(matched & is_skin, usiemens, np.nan)
    return runs, values


def _place(
    person: PersonName,
    decoded: Decoded,
    runs: dict[int, Run],
    values: dict[int, Floats],
    clocks: clock.ClockMap,
) -> _Placed:
    parts = []
    for boot in sorted(runs, key=_order(decoded)):
        run = runs[boot]
        device_us, bounds_us, rate_hz = _sampled(run)
        times_s, bounds_s = clocks.to_session(person, boot, device_us)
        counters = run.sample_counters()
        follows = np.concatenate(([False], np.diff(counters) == 1))
        parts.append(
            _Placed(
                times_s,
                np.hypot(bounds_s, bounds_us * 1e-6),
                values[boot],
                np.repeat(run.status, run.counts),
                follows,
                rate_hz,
            )
        )
    main = max(parts, key=lambda part: len(part.values))
    return _Placed(
        np.concatenate([part.times_s for part in parts]),
        np.concatenate([part.bounds_s for part in parts]),
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.status for part in parts]),
        np.concatenate([part.follows for part in parts]),
        main.rate_hz,
    )


def _sampled(run: Run) -> tuple[Floats, Floats, float]:
    """Device time of each sample, its bound (both us), and the effective rate (Hz).

    A block's stamp is that of its last sample, so the line is laid through the last samples and
    each block is then set back by its own length.

    1. `sample_times` is given the numbers of the last samples as if they were the first. What it
       places for a block is that sample and those after it, as `numbers` says: `behind`, the
       block's length less one, too far on.
    2. Fewer than two samples placed show no rate, and there is nothing to set back.
    3. The rate is that of the whole run, lost samples counted, so that a gap does not change it.
    """
    behind = np.repeat(run.counts - 1, run.counts)
    laid = clock.sample_times(run.counters + run.counts - 1, run.counts, run.stamps_us)
    numbers = run.sample_counters() + behind
    known = np.flatnonzero(np.isfinite(laid.times_us))
    if len(known) < 2:
        return laid.times_us, laid.bounds_us, laid.rate_hz
    first, last = known[0], known[-1]
    elapsed_us = laid.times_us[last] - laid.times_us[first]
    rate_hz = float((numbers[last] - numbers[first]) / elapsed_us * 1e6)
    return laid.times_us - behind * (1e6 / rate_hz), laid.bounds_us, rate_hz


def _order(decoded: Decoded) -> Any:
    met = {boot: index for index, boot in enumerate(decoded.boots())}
    return lambda boot: met.get(boot, len(met))


def _trace(placed: _Placed, unit: str, sensor: str = "") -> Trace:
    known = np.isfinite(placed.times_s)
    times_s = placed.times_s[known]
    follows = placed.follows[known]
    adjacent = np.diff(np.flatnonzero(known)) == 1  # what the clock did not know was between
    jumps = np.flatnonzero(~(follows[1:] & adjacent)) + 1
    gaps_s = np.stack([times_s[jumps - 1], times_s[jumps]], 1)
    return Trace(
        times_s,
        placed.values[known],
        unit,
        placed.rate_hz,
        gaps_s,
        placed.bounds_s[known],
        placed.status[known],
        sensor,
    )


def mark_entries(opened: Opened) -> list[MarkEntry]:
    """What was marked at the host while it recorded, in order of time, undone or not."""
    if opened.log.mode is clock.Mode.FIELD:  # in the field the host's clock is another
        return []
    taken = [entry for entry in opened.stored.host_log() if entry["event"] == "mark"]
    beside = marks_beside(opened.stored)
    return sorted([*taken, *beside], key=lambda entry: int(entry["at_ns"]))


def _marks(opened: Opened, duration_s: float) -> tuple[Mark, ...]:
    """Marks that stand; a condition lasts until what ended it, or to the end of the session."""
    start_ns = opened.log.start_ns or 0
    marks: list[Mark] = []
    for entry, ended_by in with_ends(standing(mark_entries(opened))[0]):
        kind, person = entry.get("kind", "event"), entry.get("person")
        start_s = (entry["at_ns"] - start_ns) * 1e-9
        stop_s = start_s + entry.get("seconds", 0.0)
        if kind == "condition" and "seconds" not in entry:
            end_s = duration_s if ended_by is None else (ended_by["at_ns"] - start_ns) * 1e-9
            stop_s = max(start_s, end_s)
        marks.append(Mark(start_s, stop_s, entry["label"], kind, person))
    marks += _pressed(opened)
    return tuple(sorted(marks, key=lambda mark: mark.start_s))


def _pressed(opened: Opened) -> list[Mark]:
    """A mark for each press of a wearable's button, where it was pressed on its own clock."""
    marks: list[Mark] = []
    for person, decoded in opened.decoded.items():
        if opened.log.mode is clock.Mode.FIELD and len({boot for boot, _ in decoded.runs}) > 1:
            continue  # flash does not tell in which boot the button was pressed
        reported = {
            (boot, message.at_us)
            for boot, message in _by_boot(decoded)
            if isinstance(message, messages.Event) and message.code == messages.BUTTON
        }
        for boot, at_us in sorted(reported):
            [at_s], _ = opened.clocks.to_session(person, boot, np.array([at_us]))
            if np.isfinite(at_s):
                marks.append(Mark(float(at_s), float(at_s), f"button of {person}"))
    return marks


def _by_boot(decoded: Decoded) -> Iterator[tuple[int, Any]]:
    """What a wearable said beside its samples, with the boot it said it in.

    An Event does not name its boot: it is that of the last Hello before it, 0 before the first.
    """
    hellos = iter([*decoded.hellos, (np.inf, None)])
    boot, (next_ns, hello) = 0, next(hellos)
    for host_ns, message in decoded.others:
        while next_ns <= host_ns and hello is not None:
            boot = hello.boot
            next_ns, hello = next(hellos)
        yield boot, message


def _duration_s(opened: Opened, recordings: dict[PersonName, PersonTraces]) -> float:
    ends = [
        trace.times_s[-1]
        for recording in recordings.values()
        for trace in recording.traces.values()
        if len(trace)
    ]
    return duration_s(opened.stored, opened.log.start_ns, max(ends, default=0.0))


def _wearable(decoded: Decoded) -> str:
    return str(decoded.hellos[-1][1].wearable.hex()) if decoded.hellos else ""
