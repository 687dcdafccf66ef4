"""The JSON form of a sync log, for exchange between tools (format `timesync-trace-1`)."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np

from dyadkit.arrays import Ints
from dyadkit.clock.log import Clock, Exchanges, Link, Mode, Sends, SyncLog
from dyadkit.errors import RecordingError
from dyadkit.trace import PersonName

FORMAT = "timesync-trace-1"
_NS_PER_US = 1000


def read_sync_log(path: str | Path) -> SyncLog:
    """Sync log from a JSON or gzipped JSON file.

    Raises
    ------
    RecordingError
        when the file cannot be read or is not a sync log; a log cut in the middle of a link's
        columns is read up to the shortest column
    """
    path = Path(path)
    try:
        raw = path.read_bytes()
        text = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
        return from_plain(json.loads(text))
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RecordingError(
            f"{path} is not a readable sync log ({error}); export it again with"
            " `dyadkit sync-log SESSION --out FILE`"
        ) from error


def from_plain(plain: dict[str, Any]) -> SyncLog:
    """Sync log from the interchange form, already parsed from JSON."""
    return SyncLog(
        mode=Mode(plain["mode"]),
        links=tuple(_link(link) for link in plain["links"]),
        exchange_bytes=int(plain.get("exchange_pdu_bytes", 24)),
        send_bytes=int(plain.get("oneway_pdu_bytes", 200)),
    )


def to_plain(log: SyncLog) -> dict[str, Any]:
    """The interchange form of a sync log, ready for `json.dump`."""
    return {
        "format": FORMAT,
        "mode": log.mode.value,
        "exchange_pdu_bytes": log.exchange_bytes,
        "oneway_pdu_bytes": log.send_bytes,
        "links": [_plain_link(link) for link in log.links],
    }


def _link(plain: dict[str, Any]) -> Link:
    central = Clock(str(plain["central"]).lower())
    peripheral: PersonName = "a" if str(plain["peripheral"]).lower() == "a" else "b"
    exchanges = _table(plain["exchanges"])
    sends = _table(plain.get("oneway", {}))
    if central is Clock.HOST:
        host = Link(central, peripheral, _host_exchanges(exchanges), _host_sends(sends))
        return host
    return Link(
        central,
        peripheral,
        _field_exchanges(exchanges, central, peripheral),
        _field_sends(sends, central, peripheral),
    )


def _host_exchanges(table: dict[str, Ints]) -> Exchanges:
    return Exchanges.of(
        sent_ns=table["t0_host_ns"],
        peripheral_boot=table["boot"],
        heard_us=table["t1_us"],
        answered_us=table["t2_us"],
        returned_ns=table["t3_host_ns"],
    )


def _host_sends(table: dict[str, Ints]) -> Sends:
    if not table:
        return Sends.of()
    return Sends.of(
        peripheral_boot=table["boot"],
        sent_us=table["sent_us"],
        received_ns=table["recv_host_ns"],
        payload_bytes=table.get("bytes", np.zeros_like(table["sent_us"])),
    )


def _field_exchanges(table: dict[str, Ints], central: Clock, peripheral: PersonName) -> Exchanges:
    return Exchanges.of(
        central_boot=table[f"boot_{central.value}"],
        sent_ns=table["t0_us"] * _NS_PER_US,
        peripheral_boot=table[f"boot_{peripheral}"],
        heard_us=table["t1_us"],
        answered_us=table["t2_us"],
        returned_ns=table["t3_us"] * _NS_PER_US,
    )


def _field_sends(table: dict[str, Ints], central: Clock, peripheral: PersonName) -> Sends:
    if not table:
        return Sends.of()
    return Sends.of(
        peripheral_boot=table[f"boot_{peripheral}"],
        sent_us=table["sent_us"],
        central_boot=table[f"boot_{central.value}"],
        received_ns=table["recv_us"] * _NS_PER_US,
        payload_bytes=table.get("bytes", np.zeros_like(table["sent_us"])),
    )


def _table(plain: dict[str, list[int]]) -> dict[str, Ints]:
    """Columns as integers, all cut to the shortest: a log may end in the middle of a row."""
    count = min((len(column) for column in plain.values()), default=0)
    return {name: np.array(column[:count], dtype=np.int64) for name, column in plain.items()}


def _plain_link(link: Link) -> dict[str, Any]:
    writer = _plain_host if link.central is Clock.HOST else _plain_field
    exchanges, sends = writer(link)
    return {
        "central": link.central.value if link.central is Clock.HOST else link.central.value.upper(),
        "peripheral": link.peripheral.upper(),
        "exchanges": {name: column.tolist() for name, column in exchanges.items()},
        "oneway": {name: column.tolist() for name, column in sends.items()},
    }


def _plain_host(link: Link) -> tuple[dict[str, Ints], dict[str, Ints]]:
    exchanges, sends = link.exchanges, link.sends
    return (
        {
            "t0_host_ns": exchanges.sent_ns,
            "boot": exchanges.peripheral_boot,
            "t1_us": exchanges.heard_us,
            "t2_us": exchanges.answered_us,
            "t3_host_ns": exchanges.returned_ns,
        },
        {
            "boot": sends.peripheral_boot,
            "sent_us": sends.sent_us,
            "recv_host_ns": sends.received_ns,
            "bytes": sends.payload_bytes,
        },
    )


def _plain_field(link: Link) -> tuple[dict[str, Ints], dict[str, Ints]]:
    exchanges, sends = link.exchanges, link.sends
    central, peripheral = f"boot_{link.central.value}", f"boot_{link.peripheral}"
    return (
        {
            central: exchanges.central_boot,
            "t0_us": exchanges.sent_ns // _NS_PER_US,
            peripheral: exchanges.peripheral_boot,
            "t1_us": exchanges.heard_us,
            "t2_us": exchanges.answered_us,
            "t3_us": exchanges.returned_ns // _NS_PER_US,
        },
        {
            peripheral: sends.peripheral_boot,
            "sent_us": sends.sent_us,
            central: sends.central_boot,
            "recv_us": sends.received_ns // _NS_PER_US,
            "bytes": sends.payload_bytes,
        },
    )
