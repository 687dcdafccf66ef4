"""EmotiBit: raw files of packets, and the files a channel that its parser makes.

A raw line is: milliseconds of the EmotiBit, packet number, values, tag, version, reliability,
values. Time comes to it from the computer: it asks (RD) and gets the local time (TL).
"""

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.series import Series
from dyadkit.dyad.traces import Mark
from dyadkit.errors import SessionError
from dyadkit.formats.foreign import ForeignRecording, TimeBase
from dyadkit.formats.sources import SourceFiles
from dyadkit.formats.tables import in_order, parse_table

NAME = "EmotiBit"
SENSOR = "emotibit"
TAGS = {
    "PI": ("ppg_ir", "counts"), "PR": ("ppg_red", "counts"), "PG": ("ppg_green", "counts"),
    "EA": ("eda", "µS"), "TH": ("temperature", "°C"),
    "AX": ("acc_x", "g"), "AY": ("acc_y", "g"), "AZ": ("acc_z", "g"),
}  # fmt: skip
PAUSE_S = 1.0
"""Packets of a channel come about five times a second; a longer wait is a gap."""
PERIOD_S = 0.04
"""Between two samples of pulse and motion, at 25 Hz."""
MIN_DRIFT_SPAN_S = 600.0
"""Below, a crystal's drift (20 ppm) is less than what an exchange can tell."""
_LINE = re.compile(r"^\d+(\.\d+)?,\d+,\d+,[A-Z%][A-Z0-9%],\d+,\d+(,|$)")
_PARSED = re.compile(r"_(?P<tag>[A-Z][A-Z0-9])\.csv$")


def recognises(source: SourceFiles) -> bool:
    """Whether a file's first lines are packets, or files of its parser are there."""
    return _raw(source) is not None or bool(_parsed(source))


def read(source: SourceFiles) -> ForeignRecording:
    """Read one person's recording, raw or parsed.

    Raises
    ------
    SessionError
        no pulse and no skin conductance in it
    """
    name = _raw(source)
    found = _read_raw(source, name) if name is not None else _read_parsed(source)
    if not {"ppg_ir", "ppg_red", "ppg_green", "eda"} & found.series.keys():
        raise SessionError(f"{source.path} holds no samples of pulse or skin conductance (PI, EA)")
    return found


def _raw(source: SourceFiles) -> str | None:
    for name in source.ending(".csv", ".txt"):
        lines = source.beginning(name, 2048).splitlines()[:6]
        whole = lines[:-1] if len(lines) > 1 else lines
        if whole and sum(bool(_LINE.match(line)) for line in whole) >= 0.6 * len(whole):
            return name
    return None


def _parsed(source: SourceFiles) -> dict[str, str]:
    found = {}
    for name in source.ending(".csv"):
        match = _PARSED.search(name)
        if match and "EmotiBitTimestamp" in source.beginning(name, 300):
            found[match["tag"]] = name
    return found


def _read_raw(source: SourceFiles, name: str) -> ForeignRecording:
    packets: dict[str, list[tuple[float, list[str]]]] = defaultdict(list)
    damaged = 0
    for line in source.text(name).splitlines():
        if not _LINE.match(line):
            damaged += bool(line.strip())
            continue
        cells = line.rstrip(",").split(",")
        packets[cells[3]].append((float(cells[0]) * 1e-3, cells[6:]))
    notes = [f"{name}: {damaged} lines are no whole packets"] * bool(damaged)
    shift = _shift(packets)
    series = {}
    for tag, (one, unit) in TAGS.items():
        found = _samples(packets.get(tag, ()), f"{name}, {tag}")
        if found is not None:
            own_s, values = found
            times_s = own_s if shift is None else shift[0] + shift[1] * own_s
            rows, _ = in_order(times_s, name)
            series[one] = Series(values[rows], times_s=times_s[rows], unit=unit, sensor=SENSOR)
    lost = sum(len(packets[tag]) for tag in ("DO",))
    notes += [f"{name}: the EmotiBit says {lost} times that it lost samples (DO)"] * bool(lost)
    notes += ["no time of a computer is in the file: it counts from its own beginning"] * (
        shift is None
    )
    base = TimeBase.OWN if shift is None else TimeBase.LOCAL
    marks = _notes_of_user(packets.get("UN", ()), shift)
    return ForeignRecording(NAME, series, base, marks, source.taken, tuple(notes))


def _samples(
    packets: Iterable[tuple[float, list[str]]], place: str
) -> tuple[Floats, Floats] | None:
    """Times and values of a channel: a line through the packets of each stretch without a pause.

    A packet's stamp is that of its last sample; stamps wait for the processor, so single ones are
    late, and the line through all of them is not.
    """
    filled = [(at_s, cells) for at_s, cells in packets if cells]
    if not filled:
        return None
    stamps_s = np.array([at_s for at_s, _ in filled])
    counts = np.array([len(cells) for _, cells in filled])
    values = _numbers([cell for _, cells in filled for cell in cells], place)
    bounds = np.flatnonzero(np.abs(np.diff(stamps_s)) > PAUSE_S) + 1
    times = []
    for stretch in np.split(np.arange(len(filled)), bounds):
        last = np.cumsum(counts[stretch]) - 1
        times.append(_line(last, stamps_s[stretch], int(counts[stretch].sum())))
    return np.concatenate(times), values


def _line(last: np.ndarray, stamps_s: Floats, samples: int) -> Floats:
    """Times of consecutive samples; one packet alone has the usual rate."""
    slope, start_s = PERIOD_S, stamps_s[0] - PERIOD_S * last[0]
    if len(last) > 1:
        slope, start_s = np.polyfit(last, stamps_s, 1)
    placed_s: Floats = np.asarray(start_s + slope * np.arange(samples), dtype=float)
    return placed_s


def _numbers(cells: list[str], place: str) -> Floats:
    try:
        values = np.array(cells, dtype=float)
    except ValueError:
        bad = next(
            cell for cell in cells if not re.fullmatch(r"\s*[-+]?[\d.]+(e[-+]?\d+)?\s*|nan", cell)
        )
        raise SessionError(f"{place}: {bad[:40]!r} is not a number") from None
    return np.where(np.isfinite(values), values, np.nan)


def _shift(packets: dict[str, list[tuple[float, list[str]]]]) -> tuple[float, float] | None:
    """Unix time as a line of the EmotiBit's seconds, from its questions for the local time.

    The shortest way there and back is the least uncertain; over more than ten minutes a drift is
    fitted through those that are at most twice as long.
    """
    asked = [at_s for at_s, cells in packets.get("RD", ()) if "TL" in cells]
    trips = []
    for received_s, cells in packets.get("TL", ()):
        sent = [at_s for at_s in asked if 0 <= received_s - at_s <= PAUSE_S]
        local_s = _local(cells[0]) if cells else None
        if sent and local_s is not None:
            trips.append((received_s - sent[-1], (received_s + sent[-1]) / 2, local_s))
    if not trips:
        return None
    trip_s, at_s, computer_s = np.array(trips).T
    short = trip_s <= 2 * trip_s.min() + 1e-3
    if short.sum() >= 5 and np.ptp(at_s[short]) >= MIN_DRIFT_SPAN_S:
        slope, start_s = np.polyfit(at_s[short], computer_s[short] - at_s[short], 1)
        return float(start_s), 1 + float(slope)
    best = int(np.argmin(trip_s))
    return float(computer_s[best] - at_s[best]), 1.0


def _local(text: str) -> float | None:
    """Seconds of the local time "2022-04-20_12-10-33-314042", as if it were UTC."""
    try:
        moment = datetime.datetime.strptime(text, "%Y-%m-%d_%H-%M-%S-%f")
    except ValueError:
        return None
    return moment.replace(tzinfo=datetime.UTC).timestamp()


def _notes_of_user(
    packets: Iterable[tuple[float, list[str]]], shift: tuple[float, float] | None
) -> tuple[Mark, ...]:
    start_s, slope = shift or (0.0, 1.0)
    placed = [(start_s + slope * at_s, ",".join(cells)) for at_s, cells in packets]
    return tuple(Mark(at_s, at_s, text or "note", "note") for at_s, text in placed)


def _read_parsed(source: SourceFiles) -> ForeignRecording:
    series = {}
    notes: list[str] = []
    base = TimeBase.OWN
    for tag, name in _parsed(source).items():
        if tag not in TAGS:
            continue
        table = parse_table(source.text(name), name)
        time = "LocalTimestamp" if "LocalTimestamp" in table.names else "EmotiBitTimestamp"
        times_s = table.numbers(time) * (1.0 if time == "LocalTimestamp" else 1e-3)
        rows, said = in_order(times_s, name)
        values = table.numbers(tag if tag in table.names else table.names[-1])
        one, unit = TAGS[tag]
        series[one] = Series(values[rows], times_s=times_s[rows], unit=unit, sensor=SENSOR)
        notes += said
        base = TimeBase.UNIX if time == "LocalTimestamp" else base
    return ForeignRecording(NAME, series, base, (), source.taken, tuple(notes))
