"""One wearable's boot against one reference clock: one-way packets with the link's roles removed.

Whoever is central, however long the frame: after this module a packet is a pair (sent by one
clock, received by the other), and packets of one connection event are received at the same time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from dyadkit.clock.log import Clock, Exchanges, LinkLog, Mode, Sends, SyncLog, seconds
from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import PersonName

AIR_S_PER_BYTE = 8e-6
"""LE 1M PHY: one microsecond per bit."""
_SKEW_LIMIT = 300e-6
_JUMP_S = 1.0
_TWO_CLOCKS = 10
"""So many exchanges in a row that contradict the others come from another power-on."""
_BIN_S = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Packets(Result):
    """Packets of one direction: when one clock sent and the other received, shape (n,) each."""

    sent_s: Floats
    received_s: Floats

    def __len__(self) -> int:
        return len(self.sent_s)

    def __getitem__(self, rows: Bools) -> "Packets":
        return Packets(self.sent_s[rows], self.received_s[rows])

    def earlier_by(self, delay_s: float | Floats) -> "Packets":
        """The same packets, received that much earlier."""
        return Packets(self.sent_s, self.received_s - delay_s)

    def joined(self, other: "Packets") -> "Packets":
        """Both, one after the other."""
        return Packets(
            np.concatenate([self.sent_s, other.sent_s]),
            np.concatenate([self.received_s, other.received_s]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Contact(Result):
    """Packets between a reference clock (host, or wearable A in the field) and one boot.

    reference_boot : boot of the reference clock; 0 for a host
    down : reference → wearable, sent in reference seconds, received in seconds of the boot
    up : wearable → reference
    exchanged_s : shape (e,), reference time of each two-way exchange, sorted
    repeated : the boot number was used by two power-ons, so nothing can be said
    """

    person: PersonName
    mode: Mode
    boot: int
    reference_boot: int
    down: Packets
    up: Packets
    exchanged_s: Floats
    repeated: bool

    def joined(self, other: "Contact") -> "Contact":
        """Packets of both, for two links between the same boots."""
        return replace(
            self,
            down=self.down.joined(other.down),
            up=self.up.joined(other.up),
            exchanged_s=np.sort(np.concatenate([self.exchanged_s, other.exchanged_s])),
            repeated=self.repeated or other.repeated,
        )


def contacts_of(log: SyncLog) -> list[Contact]:
    """Every pair of boots that exchanged probes, whichever of the two was central."""
    found: dict[tuple[str, int, int], Contact] = {}
    for link in log.links:
        for contact in _link_contacts(log, link):
            key = (contact.person, contact.boot, contact.reference_boot)
            found[key] = contact.joined(found[key]) if key in found else contact
    return list(found.values())


def _link_contacts(log: SyncLog, link: LinkLog) -> Iterator[Contact]:
    exchanges, sends = link.exchanges, link.sends
    mode = link.mode or log.mode
    boots = np.stack([exchanges.central_boot, exchanges.peripheral_boot], axis=1)
    for central_boot, boot in np.unique(boots, axis=0).tolist():
        out, echoes = _two_way(exchanges, (boots == (central_boot, boot)).all(axis=1))
        sane = _sane(out, echoes)
        near = _near_middle(out, echoes, sane)
        if not near.any():
            continue
        repeated = _max_run((sane & ~near)[np.argsort(out.sent_s)]) >= _TWO_CLOCKS
        out, echoes = out[near], echoes[near]
        frames = (sends.central_boot == central_boot) & (sends.peripheral_boot == boot)
        data = _like_echoes(mode, _one_way(log, mode, sends[frames]), echoes)
        back = echoes.joined(data).earlier_by(0.0 if mode is Mode.USB else log.turn_s)
        if link.central is not Clock.B:
            ends = (link.peripheral, mode, boot, central_boot)
            yield Contact(*ends, out, back, np.sort(out.sent_s), repeated)
        else:  # wearable A is the reference although it was the peripheral
            yield Contact(
                "b", mode, central_boot, boot, back, out, np.sort(out.received_s), repeated
            )


def _two_way(exchanges: Exchanges, rows: Bools) -> tuple[Packets, Packets]:
    out = Packets(
        seconds(exchanges.sent_ns[rows], 1e-9), seconds(exchanges.received_us[rows], 1e-6)
    )
    echoes = Packets(
        seconds(exchanges.answered_us[rows], 1e-6), seconds(exchanges.returned_ns[rows], 1e-9)
    )
    return out, echoes


def _sane(out: Packets, echoes: Packets) -> Bools:
    """Exchanges whose four times do not contradict each other."""
    answering_s = echoes.sent_s - out.received_s
    away_s = echoes.received_s - out.sent_s
    return np.asarray((answering_s >= 0) & (away_s >= answering_s), dtype=bool)


def _near_middle(out: Packets, echoes: Packets, sane: Bools) -> Bools:
    """Sane exchanges that one steady clock can explain."""
    if not sane.any():
        return sane
    ahead_s = (out.received_s - out.sent_s + echoes.sent_s - echoes.received_s) / 2
    allowed_s = _JUMP_S + _SKEW_LIMIT * np.ptp(out.sent_s[sane])
    usual_s = np.quantile(ahead_s[sane], 0.5, method="lower")  # one of them, not between two clocks
    return np.asarray(sane & (np.abs(ahead_s - usual_s) < allowed_s), dtype=bool)


def _max_run(flags: Bools) -> int:
    """Most True in a row."""
    ends = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(int)))
    return int(np.max(ends[1::2] - ends[::2], initial=0))


def _one_way(log: SyncLog, mode: Mode, sends: Sends) -> Packets:
    data = Packets(seconds(sends.sent_us, 1e-6), seconds(sends.received_ns, 1e-9))
    if mode is Mode.USB:
        return data
    lengths = sends.payload_bytes
    lengths = np.where(lengths > 0, lengths, log.send_bytes)
    return data.earlier_by(np.asarray((lengths - log.exchange_bytes) * AIR_S_PER_BYTE))


def _like_echoes(mode: Mode, data: Packets, echoes: Packets) -> Packets:
    """Data frames that fit the echoes' clock; on a cable also brought to the echoes' delay."""
    if not len(data) or not len(echoes):
        return data[np.zeros(len(data), dtype=bool)]
    late_s = np.median(echoes.received_s - echoes.sent_s)
    allowed_s = _JUMP_S + _SKEW_LIMIT * np.ptp(echoes.received_s)
    data = data[np.abs(data.received_s - data.sent_s - late_s) < allowed_s]
    if mode is not Mode.USB:
        return data
    return data.earlier_by(_floor_difference_s(data, echoes))


def _floor_difference_s(data: Packets, echoes: Packets) -> float:
    """How much longer than an echo the fastest data frames take, from half-minutes with both."""
    origin_s = float(echoes.received_s.min())
    floors = []
    for packets in (data, echoes):
        bins = ((packets.received_s - origin_s) // _BIN_S).astype(int)
        floors.append(
            {b: np.min((packets.received_s - packets.sent_s)[bins == b]) for b in set(bins)}
        )
    shared = floors[0].keys() & floors[1].keys()
    return float(np.median([floors[0][b] - floors[1][b] for b in shared])) if shared else 0.0
