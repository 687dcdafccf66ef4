"""Sync log of a session: what its frames say about time, in the clock's own form."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from dyadkit import clock
from dyadkit.clock import Clock, Mode
from dyadkit.decoding.decode import Decoded, decode
from dyadkit.dyad.arrays import Ints
from dyadkit.dyad.limits import MAX_SESSION_S
from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.errors import SessionError
from dyadkit.links.usb import is_cable
from dyadkit.storage import StoredSession, read_session
from dyadwire import messages


def read_log(path: Path) -> clock.SyncLog:
    """Sync log of a session folder or .mcap file.

    Raises
    ------
    SessionError
        not a session, or neither wearable exchanged times with anyone
    """
    stored = read_session(path)
    log = sync_log(stored, decoded_of(stored))
    if not any(len(link.exchanges) for link in log.links):
        raise SessionError(
            f"{stored.path} holds no exchange of times: the wearables never answered a probe"
        )
    return log


def decoded_of(stored: StoredSession) -> dict[PersonName, Decoded]:
    """Both wearables' frames, decoded."""
    return {
        person: decode(stored.topics[f"{person}/heard"], stored.topics[f"{person}/said"])
        for person in PERSONS
    }


def sync_log(stored: StoredSession, decoded: dict[PersonName, Decoded]) -> clock.SyncLog:
    """Sync log of both wearables and the host: what they logged about time.

    Session time 0 is when the host began; in the field, A's first sample on A's own clock. What
    lies further from there than any session lasts is left out.
    """
    whole = _whole_log(stored, decoded)
    links = tuple(link.within(MAX_SESSION_S, whole.start_ns) for link in whole.links)
    return replace(whole, links=links)


def _whole_log(stored: StoredSession, decoded: dict[PersonName, Decoded]) -> clock.SyncLog:
    mode = mode_of(stored, decoded)
    if mode is Mode.FIELD:
        links = [_field_link(Clock.A, "b", decoded["a"]), _field_link(Clock.B, "a", decoded["b"])]
        turn_us = stored.about.get("answer_turn_us")
        return clock.SyncLog(
            mode,
            tuple(links),
            start_ns=_first_sample_ns(decoded["a"]),
            answer_turn_s=None if turn_us is None else float(turn_us) * 1e-6,
        )
    wired = _wired(stored) if mode is Mode.STREAM else set()
    links = [
        host_link(person, decoded[person], Mode.USB if person in wired else None)
        for person in PERSONS
    ]
    return clock.SyncLog(mode, tuple(links), start_ns=_began_ns(stored))


def mode_of(stored: StoredSession, decoded: dict[PersonName, Decoded]) -> Mode:
    """Mode in which the wearables were joined: as `session.json` says, else as the frames show."""
    reported = stored.about.get("mode")
    if reported in {mode.value for mode in Mode}:
        return Mode(reported)
    if any(len(_between_wearables(one)) for one in decoded.values()):
        return Mode.FIELD
    return Mode.USB if _wired(stored) == set(PERSONS) else Mode.STREAM


def _wired(stored: StoredSession) -> set[str]:
    """Who was on a cable whenever the host was connected."""
    wired: dict[str, bool] = {}
    for entry in stored.host_log("host", "links"):
        if entry["event"] == "connected":
            person = str(entry.get("person"))
            by_cable = is_cable(str(entry.get("address", "")))
            wired[person] = wired.get(person, True) and by_cable
    return {person for person, by_cable in wired.items() if by_cable}


def host_link(person: PersonName, decoded: Decoded, mode: Mode | None) -> clock.LinkLog:
    """What one wearable's frames say of time: its link to the host."""
    exchanges = np.array(decoded.exchanges, dtype=np.int64).reshape(-1, 5)
    sends = np.array(decoded.sends, dtype=np.int64).reshape(-1, 4)
    return clock.LinkLog(
        Clock.HOST,
        person,
        clock.Exchanges.of(
            peripheral_boot=exchanges[:, 0],
            sent_ns=exchanges[:, 1] * 1000,
            received_us=exchanges[:, 2],
            answered_us=exchanges[:, 3],
            returned_ns=exchanges[:, 4] * 1000,
        ),
        clock.Sends.of(
            peripheral_boot=sends[:, 0],
            sent_us=sends[:, 1],
            received_ns=sends[:, 2],
            payload_bytes=sends[:, 3],
        ),
        mode,
    )


def _field_link(central: Clock, peripheral: PersonName, asking: Decoded) -> clock.LinkLog:
    """What the wearable that asked kept in its flash."""
    rows = _between_wearables(asking)
    return clock.LinkLog(
        central,
        peripheral,
        clock.Exchanges.of(
            central_boot=rows[:, 0],
            sent_ns=rows[:, 1] * 1000,
            peripheral_boot=rows[:, 2],
            received_us=rows[:, 3],
            answered_us=rows[:, 4],
            returned_ns=rows[:, 5] * 1000,
        ),
    )


def _between_wearables(decoded: Decoded) -> Ints:
    """Exchanges with the other wearable, shape (n, 6); fetched twice counts once."""
    reported = {tuple(one) for _, one in decoded.others if isinstance(one, messages.Exchanged)}
    return np.array(sorted(reported), dtype=np.int64).reshape(-1, 6)


def _first_sample_ns(decoded: Decoded) -> int | None:
    """A's clock at the first block of its first boot."""
    boots = [boot for boot, _ in decoded.runs]
    stamps_us = [run.stamps_us[0] for (boot, _), run in decoded.runs.items() if boot == min(boots)]
    return int(min(stamps_us)) * 1000 if stamps_us else None


def _began_ns(stored: StoredSession) -> int:
    for entry in stored.host_log("host", "links"):
        if entry["event"] == "session":
            return int(entry["at_ns"])
    return min(received[0].host_ns for received in stored.topics.values() if received)
