"""The JSON form of a sync log, for exchange between tools (format `timesync-trace-1`)."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dyadkit.clock.log import Clock, EventColumns, Exchanges, LinkLog, Mode, Sends, SyncLog
from dyadkit.dyad.arrays import Ints
from dyadkit.dyad.private_files import private_file
from dyadkit.dyad.traces import PersonName
from dyadkit.errors import SessionError

FORMAT = "timesync-trace-1"
_NS_PER_US = 1000


def read_sync_log(path: str | Path) -> SyncLog:
    """Sync log from a JSON or gzipped JSON file.

    A log cut in the middle of a link's columns is read up to the shortest column.

    Raises
    ------
    SessionError
        when the file cannot be read or is not a sync log

    Examples
    --------
    >>> from dyadkit.sessions.sync_log import read_log
    >>> write_sync_log(read_log(Path("session-12")), "clocks.json")
    >>> [link.peripheral for link in read_sync_log("clocks.json").links]
    ['a', 'b']
    """
    path = Path(path)
    try:
        raw = path.read_bytes()
        text = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
        return from_plain(json.loads(text))
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SessionError(
            f"{path} is not a readable sync log ({error}); export it again with"
            " `dyadkit sync-log SESSION --out FILE`"
        ) from error


def write_sync_log(log: SyncLog, path: str | Path) -> None:
    """Write the interchange form, gzipped if the name ends in .gz; `read_sync_log` reads it back.

    Raises
    ------
    SessionError
        the file cannot be written

    Examples
    --------
    >>> from dyadkit.sessions.sync_log import read_log
    >>> log = read_log(Path("session-12"))
    >>> write_sync_log(log, "clocks.json.gz")
    >>> read_sync_log("clocks.json.gz").mode is log.mode
    True
    """
    path = Path(path)
    raw = json.dumps(to_plain(log), separators=(",", ":")).encode()
    try:
        private_file(path).write_bytes(gzip.compress(raw, mtime=0) if path.suffix == ".gz" else raw)
    except OSError as error:
        raise SessionError(f"cannot write {path}: {error.strerror}") from error


def from_plain(plain: dict[str, Any]) -> SyncLog:
    """Sync log from the interchange form, already parsed from JSON.

    Raises
    ------
    KeyError, ValueError
        a column or name is missing, or is none of the format's

    Examples
    --------
    >>> host_to_a = {"boot": [1], "t0_host_ns": [10**9], "t1_us": [5_020_000],
    ...              "t2_us": [5_050_000], "t3_host_ns": [1_070_000_000]}
    >>> log = from_plain({"mode": "stream", "links": [
    ...     {"central": "host", "peripheral": "A", "exchanges": host_to_a}]})
    >>> log.links[0].exchanges.received_us
    array([5020000])
    """
    start_ns, turn_us = plain.get("start_ns"), plain.get("answer_turn_us")
    return SyncLog(
        mode=Mode(plain["mode"]),
        links=tuple(_link(link) for link in plain["links"]),
        start_ns=None if start_ns is None else int(start_ns),
        exchange_bytes=int(plain.get("exchange_pdu_bytes", 24)),
        send_bytes=int(plain.get("oneway_pdu_bytes", 200)),
        answer_turn_s=None if turn_us is None else float(turn_us) * 1e-6,
    )


def to_plain(log: SyncLog) -> dict[str, Any]:
    """The interchange form of a sync log, ready for `json.dump`.

    Examples
    --------
    >>> probe = Exchanges.of(sent_ns=[10**9], received_us=[5_020_000])
    >>> plain = to_plain(SyncLog(Mode.STREAM, (LinkLog(Clock.HOST, "a", probe),)))
    >>> plain["mode"], plain["links"][0]["exchanges"]["t1_us"]
    ('stream', [5020000])
    """
    return {
        "format": FORMAT,
        "mode": log.mode.value,
        "start_ns": log.start_ns,
        "exchange_pdu_bytes": log.exchange_bytes,
        "oneway_pdu_bytes": log.send_bytes,
        "answer_turn_us": None if log.answer_turn_s is None else log.answer_turn_s * 1e6,
        "links": [_plain_link(link) for link in log.links],
    }


@dataclass(frozen=True)
class _Column:
    """Where a column of ours stands in the file, and how many of our units make one of its."""

    name: str
    plain: str
    unit: int = 1


def _exchange_columns(central: Clock, peripheral: PersonName) -> tuple[_Column, ...]:
    if central is Clock.HOST:
        return (
            _Column("sent_ns", "t0_host_ns"),
            _Column("peripheral_boot", "boot"),
            _Column("received_us", "t1_us"),
            _Column("answered_us", "t2_us"),
            _Column("returned_ns", "t3_host_ns"),
        )
    return (
        _Column("central_boot", f"boot_{central.value}"),
        _Column("sent_ns", "t0_us", _NS_PER_US),
        _Column("peripheral_boot", f"boot_{peripheral}"),
        _Column("received_us", "t1_us"),
        _Column("answered_us", "t2_us"),
        _Column("returned_ns", "t3_us", _NS_PER_US),
    )


def _send_columns(central: Clock, peripheral: PersonName) -> tuple[_Column, ...]:
    if central is Clock.HOST:
        return (
            _Column("peripheral_boot", "boot"),
            _Column("sent_us", "sent_us"),
            _Column("received_ns", "recv_host_ns"),
            _Column("payload_bytes", "bytes"),
        )
    return (
        _Column("peripheral_boot", f"boot_{peripheral}"),
        _Column("sent_us", "sent_us"),
        _Column("central_boot", f"boot_{central.value}"),
        _Column("received_ns", "recv_us", _NS_PER_US),
        _Column("payload_bytes", "bytes"),
    )


_OPTIONAL = "bytes"


def _link(plain: dict[str, Any]) -> LinkLog:
    central = Clock(str(plain["central"]).lower())
    peripheral: PersonName = "a" if Clock(str(plain["peripheral"]).lower()) is Clock.A else "b"
    exchanges = _read(plain["exchanges"], _exchange_columns(central, peripheral))
    sends = plain.get("oneway") or {}
    columns = _read(sends, _send_columns(central, peripheral)) if sends else {}
    mode = Mode(plain["mode"]) if plain.get("mode") else None
    return LinkLog(central, peripheral, Exchanges.of(**exchanges), Sends.of(**columns), mode)


def _read(table: dict[str, list[int]], columns: tuple[_Column, ...]) -> dict[str, Ints]:
    """Our columns, all cut to the shortest: a log may end in the middle of a row."""
    present = [column for column in columns if column.plain in table or column.plain != _OPTIONAL]
    count = min(len(table[column.plain]) for column in present)
    return {
        column.name: np.array(table[column.plain][:count], dtype=np.int64) * column.unit
        for column in present
    }


def _plain_link(link: LinkLog) -> dict[str, Any]:
    host = link.central is Clock.HOST
    own_mode = {"mode": link.mode.value} if link.mode else {}
    return own_mode | {
        "central": link.central.value if host else link.central.value.upper(),
        "peripheral": link.peripheral.upper(),
        "exchanges": _written(link.exchanges, _exchange_columns(link.central, link.peripheral)),
        "oneway": _written(link.sends, _send_columns(link.central, link.peripheral)),
    }


def _written(table: EventColumns, columns: tuple[_Column, ...]) -> dict[str, list[int]]:
    return {
        column.plain: (getattr(table, column.name) // column.unit).tolist() for column in columns
    }
