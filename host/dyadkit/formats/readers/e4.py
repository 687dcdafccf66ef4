"""Empatica E4: the folder or zip of E4 Connect, and two forms met in published data.

* E4 Connect: EDA.csv, BVP.csv and so on; first line start in Unix time, second the rate, then
  values. IBI.csv has the start, then seconds since it with an interval each; tags.csv a time each.
* folders of CSV with a header and a `time` column;
* compact files `<prefix>_EDA.csv.gz` with `# t0_unix=... fs=...` above.
"""

import re
from collections.abc import Iterable

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.series import Series
from dyadkit.dyad.traces import Mark
from dyadkit.errors import SessionError
from dyadkit.formats.arrays import UNIX_S
from dyadkit.formats.foreign import ForeignRecording, TimeBase
from dyadkit.formats.sources import SourceFiles
from dyadkit.formats.tables import in_order, parse_table, seconds_of

NAME = "Empatica E4"
CHANNELS = {
    "BVP": (("ppg",), "a.u."),
    "EDA": (("eda",), "µS"),
    "HR": (("heart_rate_e4",), "bpm"),
    "TEMP": (("temperature",), "°C"),
    "ACC": (("acc_x", "acc_y", "acc_z"), "1/64 g"),
}
"""Channels by file: the names and the unit of their series. E4's own heart rate stands beside."""
SENSOR = "empatica e4"
MAX_USIEMENS = 100.0
"""Full scale of the E4's skin conductance (E4 user manual: 0.01 to 100 µS)."""
MAX_RATE_HZ = 1000.0
_COMPACT = re.compile(r"#\s*t0_unix=(?P<start>[-+\d.eE]+)\s+fs=(?P<rate>\S+)")
_FILE = re.compile(r"(?P<head>.*?)(?P<channel>BVP|EDA|HR|TEMP|ACC|IBI|tags)\.csv$")


def recognises(source: SourceFiles) -> bool:
    """Whether EDA.csv or BVP.csv are there, or files that end so and begin as an E4's."""
    for head, names in _recordings(source).items():
        name = names.get("EDA") or names["BVP"]
        if not head.rpartition("/")[2] or _looks_like(source.beginning(name)):
            return True
    return False


def read(source: SourceFiles) -> ForeignRecording:
    """Read one person's recording.

    Raises
    ------
    SessionError
        several recordings where one is needed, a damaged channel, or nothing in any
    """
    source = _with_siblings(source)
    names = _one(source)
    series: dict[str, Series] = {}
    notes: list[str] = []
    for channel in CHANNELS.keys() & names.keys():
        text = source.text(names[channel])
        if not text.strip():
            notes.append(f"{names[channel]} is empty: the channel was not used")
            continue
        found, said = _channel(channel, text, names[channel])
        series |= found
        notes += said
    if "IBI" in names:
        found, said = _intervals(source.text(names["IBI"]), names["IBI"])
        series |= found
        notes += said
    if not {"eda", "ppg"} & series.keys():
        raise SessionError(f"{source.path} holds neither skin conductance nor pulse: all is empty")
    marks = _tags(source.text(names["tags"]), names["tags"]) if "tags" in names else ()
    if "ppg" not in series and "ibi_e4" in series:  # no wave to find beats in: take E4's own
        series["ibi"] = series.pop("ibi_e4")
    if not {"ppg", "ibi"} & series.keys() and "heart_rate_e4" in series:
        series["heart_rate"] = series.pop("heart_rate_e4")
    ordered = {name: series[name] for name in sorted(series)}
    return ForeignRecording(NAME, ordered, TimeBase.UNIX, marks, source.taken, tuple(notes))


def _looks_like(beginning: str) -> bool:
    lines = [line.strip() for line in beginning.splitlines()[:3] if line.strip()]
    if not lines or _COMPACT.match(lines[0]):
        return bool(lines)
    if _is_header(lines[0]):
        return True
    return len(lines) > 1 and bool(re.match(r"[-+\d.,;\seE]+$", lines[0] + lines[1]))


def _is_header(line: str) -> bool:
    """Whether a line names columns, a time among them."""
    return (
        re.search(r"(^|[,;\t])\s*\"?(time|timestamp|datetime)\b", line, re.IGNORECASE) is not None
    )


def _recordings(source: SourceFiles) -> dict[str, dict[str, str]]:
    """Channels of every recording in the source, by its folder and prefix."""
    found: dict[str, dict[str, str]] = {}
    for name in source.names:
        match = _FILE.match(name)
        if match:
            found.setdefault(match["head"], {})[match["channel"]] = name
    return {head: names for head, names in found.items() if names.keys() & {"EDA", "BVP"}}


def _with_siblings(source: SourceFiles) -> SourceFiles:
    """All channels of a recording of which one file was named ("round_1_A_EDA.csv")."""
    match = _FILE.match(source.names[0]) if source.is_single else None
    if match is None or not match["head"].endswith("_"):
        return source
    return SourceFiles(source.path.with_name(match["head"].rstrip("_")))


def _one(source: SourceFiles) -> dict[str, str]:
    found = _recordings(source)
    if len(found) > 1:
        heads = [head.rstrip("/_") or "the top" for head in found]
        raise SessionError(
            f"{source.path} holds {len(found)} recordings ({', '.join(heads[:6])}): name one, "
            f"for example {source.path / heads[-1]}"
        )
    [names] = found.values()
    return names


def _channel(name: str, text: str, place: str) -> tuple[dict[str, Series], list[str]]:
    """Series of one channel, and what had to be said of it."""
    lines = [line.strip() for line in text.splitlines()]
    first = next(line for line in lines if line)
    compact = _COMPACT.match(first)
    if compact:
        start_s, rate_hz = _start(compact["start"], place), _rate(compact["rate"], place)
        values = _rows(_body(lines, 2), 1, place)
    elif _is_header(first):
        return _with_times(name, text, place)
    else:
        body = _body(lines, 0)
        width = len(CHANNELS[name][0])
        start_s = _start(_cells(body[0], width)[0], place)
        rate_hz = _rate(_cells(body[1], width)[0] if len(body) > 1 else "nothing", place)
        values = _rows(body[2:], width, place)
    if not np.isfinite(values).any():
        return {}, [f"{place} holds no samples: the channel was not used"]
    _refuse_unit(name, values, place)
    missing = int(np.isnan(values).any(axis=1).sum())
    said = [f"{place}: {missing} samples are missing or no numbers"] * bool(missing)
    names, unit = CHANNELS[name]
    return {
        one: Series(values[:, at], rate_hz=rate_hz, unit=unit, sensor=SENSOR, start_s=start_s)
        for at, one in enumerate(names)
    }, said


def _body(lines: list[str], skipped: int) -> list[str]:
    """Lines that count. Blank ones are the writer's where they stand between all the others.

    Else an empty line stands for a sample that is missing; at the end it stands for nothing.
    """
    rest = lines[skipped:]
    while rest and not rest[-1]:
        rest.pop()
    while rest and not rest[0]:
        rest.pop(0)
    blank = sum(not line for line in rest)
    return [line for line in rest if line] if blank >= 0.4 * len(rest) else rest


def _cells(line: str, width: int) -> list[str]:
    """Cells of a line that should have so many; a comma too many is a decimal sign."""
    cells = [cell.strip() for cell in re.split(r"[;\t]|,\s+", line)]
    if len(cells) == width:
        return [cell.replace(",", ".") for cell in cells]
    cells = [cell.strip() for cell in line.split(",")]
    if len(cells) == 2 * width:
        return [f"{whole}.{part}" for whole, part in zip(cells[::2], cells[1::2], strict=True)]
    return cells


def _rows(lines: list[str], width: int, place: str) -> Floats:
    """Values, shape (n, width); NaN where a cell is empty or no finite number."""
    try:
        flat = np.array(lines, dtype=float)
        values = flat.reshape(-1, 1) if width == 1 else np.empty((0, 0))
    except ValueError:
        values = np.empty((0, 0))
    if not values.size:
        values = np.array([_row(line, at, width, place) for at, line in enumerate(lines, 3)])
        values = values.reshape(-1, width)
    return np.where(np.isfinite(values), values, np.nan)


def _row(line: str, at: int, width: int, place: str) -> list[float]:
    cells = _cells(line, width) if line else [""] * width
    if len(cells) < width:
        raise SessionError(f"{place}, line {at}: {line[:40]!r} has {len(cells)} of {width} values")
    try:
        return [float(cell) if cell else np.nan for cell in cells[:width]]
    except ValueError:
        raise SessionError(f"{place}, line {at}: {line[:40]!r} is not a number") from None


def _start(text: str, place: str) -> float:
    """Unix time of the first sample, as long as it still tells the second."""
    try:
        start_s = float(text.replace(",", "."))
    except ValueError:
        start_s = float("nan")
    if not UNIX_S < start_s < 1e10:
        raise SessionError(f"{place} begins at {text[:30]!r}, which is no Unix time in seconds")
    mantissa, _, exponent = text.lower().partition("e")
    digits = len(re.sub(r"\D", "", mantissa))
    if exponent and digits < 10:
        raise SessionError(
            f"{place} begins at {text}: a spreadsheet has rounded the start, and with it when the "
            "recording was made; take the file as the E4 gave it"
        )
    return start_s


def _rate(text: str, place: str) -> float:
    try:
        rate_hz = float(text.replace(",", "."))
    except ValueError:
        rate_hz = float("nan")
    if not 0 < rate_hz <= MAX_RATE_HZ:
        raise SessionError(f"{place} says a rate of {text[:30]}: samples per second are needed")
    return rate_hz


def _refuse_unit(name: str, values: Floats, place: str) -> None:
    if name == "EDA" and np.nanmedian(values) > MAX_USIEMENS:
        raise SessionError(
            f"{place} has a median of {np.nanmedian(values):.0f}, and an E4 measures up to "
            f"{MAX_USIEMENS:.0f} µS: is it in nanosiemens? Convert it to µS first"
        )


def _with_times(name: str, text: str, place: str) -> tuple[dict[str, Series], list[str]]:
    """Series of a file with a header and a time a row: holes stay holes."""
    table = parse_table(text, place)
    by_word = {column.strip().lower(): column for column in table.names}
    time = next(
        (by_word[word] for word in ("time", "timestamp", "datetime") if word in by_word), None
    )
    columns = [by_word[word] for word in _columns(name) if word in by_word]
    names, unit = CHANNELS[name]
    if time is None or len(columns) < len(names):
        raise SessionError(
            f"{place} has columns {', '.join(table.names[:8])}: time and {name} are needed"
        )
    times_s, is_unix = seconds_of(table, time)
    if not is_unix:
        raise SessionError(f"{place} has times that are no dates and no Unix times")
    rows, notes = in_order(times_s, place)
    values = np.stack([table.numbers(column)[rows] for column in columns], 1)
    if not np.isfinite(values).any():
        return {}, [f"{place} holds no samples: the channel was not used"]
    _refuse_unit(name, values, place)
    return {
        one: Series(values[:, at], times_s=times_s[rows], unit=unit, sensor=SENSOR)
        for at, one in enumerate(names)
    }, list(notes)


def _columns(name: str) -> Iterable[str]:
    return ("x", "y", "z") if name == "ACC" else (name.lower(),)


def _intervals(text: str, place: str) -> tuple[dict[str, Series], list[str]]:
    """Inter-beat intervals that the E4 found itself; a time each, that of the beat that ends it."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        return {}, [f"{place} holds no intervals"]
    start_s = _start(re.split(r"[,;]", lines[0])[0], place)
    rows = _rows(lines[1:], 2, place)
    order, notes = in_order(rows[:, 0], place)
    good = order[rows[order, 1] > 0]
    if not len(good):
        return {}, [f"{place} holds no intervals", *notes]
    series = Series(rows[good, 1], times_s=start_s + rows[good, 0], unit="s", sensor=SENSOR)
    return {"ibi_e4": series}, list(notes)


def _tags(text: str, place: str) -> tuple[Mark, ...]:
    """A mark for each press of the button."""
    marks: list[Mark] = []
    for line in text.splitlines():
        if line.strip() and not re.match("[a-z]", line.strip(), re.IGNORECASE):
            at_s = _start(line.strip().strip(","), place)
            marks.append(Mark(at_s, at_s, f"tag {len(marks) + 1}"))
    return tuple(marks)
