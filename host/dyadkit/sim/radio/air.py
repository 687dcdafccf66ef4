"""The air between host and wearables: connection events, losses, silence.

Bumble's controllers speak over a `LocalLink`; this one lets data pass only at the anchors of each
connection, so many packets at a time, and repeats what is lost, as the link layer does.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from bumble import core, hci, link, ll
from bumble.controller import Controller

from dyadkit.sim.loop import VirtualLoop
from dyadkit.sim.radio.quality import RadioModel

_FRAME_BYTES = 10  # preamble, access address, header and CRC
_US_PER_BYTE = 8
_TURN_US = 150  # between two packets of one event
_TIMED_OUT = hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR


@dataclass(slots=True)
class _Packet:
    size: int
    arrive: Callable[[], None]
    aired: Callable[[], None] | None


class _Direction:
    """One direction's queue."""

    def __init__(self) -> None:
        self.queue: deque[_Packet] = deque()

    def passing(self, model: RadioModel, dice: random.Random) -> list[_Packet]:
        """Packets that pass at this anchor."""
        passed: list[_Packet] = []
        for _ in range(model.packets_per_event):
            if not self.queue or dice.random() < model.loss:
                break
            passed.append(self.queue.popleft())
        return passed


class AirConnection:
    """One connection: two queues that meet at common anchors."""

    def __init__(
        self, central: Controller, peripheral: Controller, model: RadioModel, loop: VirtualLoop,
        dice: random.Random,
    ) -> None:  # fmt: skip
        self.ends = (central, peripheral)
        self.model = model
        self._loop = loop
        self._dice = dice
        self._interval_us = round(model.interval_ms * 1000)
        self._first_us = loop.now_us + 1250 + dice.randrange(self._interval_us)
        self._directions = {central: _Direction(), peripheral: _Direction()}
        self._timer: asyncio.TimerHandle | None = None
        self._supervision: asyncio.TimerHandle | None = None
        self._silent_until_us = 0
        self._event_ends_us = 0
        self._arriving_us: dict[Controller, deque[int]] = {central: deque(), peripheral: deque()}
        self.open = True

    def horizon_us(self, end: Controller, now_us: int) -> int:
        """Time before which nothing can arrive at this end."""
        anchor_us = self.next_anchor_us(now_us)
        arriving_us = self._arriving_us[end]
        return min(anchor_us, arriving_us[0]) if arriving_us else anchor_us

    def next_anchor_us(self, after_us: int) -> int:
        """First anchor later than `after_us`."""
        if after_us < self._first_us:
            return self._first_us
        return after_us + self._interval_us - (after_us - self._first_us) % self._interval_us

    def other(self, end: Controller) -> Controller:
        """The other end."""
        return self.ends[1] if end is self.ends[0] else self.ends[0]

    def send(self, sender: Controller, packet: _Packet) -> None:
        """Queue a packet for the next anchor."""
        if self.open:
            self._directions[sender].queue.append(packet)
            self._expect_event()

    def silence(self, until_us: int) -> None:
        """Let nothing pass until then; the connection falls if that is too long."""
        self._silent_until_us = max(self._silent_until_us, until_us)
        timeout_us = round(self.model.supervision_timeout_s * 1e6)
        if until_us - self._loop.now_us >= timeout_us and self._supervision is None:
            self._supervision = self._loop.call_at_us(self._loop.now_us + timeout_us, self.fall)

    def fall(self) -> None:
        """End without a word: both ends notice the silence."""
        for end in self.ends:
            self.forget(end)
        self.close()

    def forget(self, end: Controller) -> None:
        """Tell one end that the other is silent for too long."""
        connection = end.le_connections.get(self.other(end).random_address)
        if connection is not None:
            end.on_le_disconnected(connection, _TIMED_OUT)

    def close(self) -> None:
        """No more events; what is queued is lost."""
        self.open = False
        for timer in (self._timer, self._supervision):
            if timer is not None:
                timer.cancel()

    def _expect_event(self) -> None:
        if self._timer is None:
            self._timer = self._loop.call_at_us(self.next_anchor_us(self._loop.now_us), self._event)

    def _event(self) -> None:
        self._timer = None
        if self._loop.now_us >= self._silent_until_us:
            self._exchange()
        if self.open and any(direction.queue for direction in self._directions.values()):
            self._expect_event()

    def _exchange(self) -> None:
        """Central and peripheral in turn, each with a packet or an empty one."""
        central, peripheral = self.ends
        out, back = (self._directions[end].passing(self.model, self._dice) for end in self.ends)
        at_us = max(self._loop.now_us, self._event_ends_us)
        for going, coming in zip_longest(out, back):
            at_us = self._send_to(peripheral, at_us, going) + _TURN_US
            at_us = self._send_to(central, at_us, coming) + _TURN_US
        self._event_ends_us = at_us

    def _send_to(self, end: Controller, at_us: int, packet: _Packet | None) -> int:
        """When a packet that begins at that time, or an empty one, has arrived."""
        size = 0 if packet is None else packet.size
        at_us += _US_PER_BYTE * (size + _FRAME_BYTES)
        if packet is not None:
            self._arriving_us[end].append(at_us)
            self._loop.call_at_us(at_us, self._arrive, end, packet)
        return at_us

    def _arrive(self, end: Controller, packet: _Packet) -> None:
        self._arriving_us[end].popleft()
        if packet.aired is not None:
            packet.aired()
        packet.arrive()


class Air(link.LocalLink):
    """The link bus of Bumble's controllers, with anchors instead of instant delivery."""

    def __init__(self, loop: VirtualLoop, seed: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.controllers: dict[Controller, RadioModel] = {}  # type: ignore[assignment]
        self.connections: list[AirConnection] = []
        self._loop = loop
        self._dice = random.Random(f"air {seed}")
        self._unreachable_until_us: dict[Controller, int] = {}

    def add_controller(self, controller: Controller) -> None:
        """Let a controller be heard; Bumble calls this."""
        self.controllers.setdefault(controller, RadioModel())

    def set_model(self, controller: Controller, model: RadioModel) -> None:
        """Choose how a wearable's connections behave."""
        self.controllers[controller] = model

    # advertising

    def send_advertising_pdu(self, sender_controller: Controller, packet: Any) -> None:
        """Let everybody in reach hear an advertisement; a connection request meets one."""
        if isinstance(packet, ll.ConnectInd):
            self._connect(sender_controller, packet)
            return
        advertiser = sender_controller.le_legacy_advertiser
        data = advertiser.advertising_data + advertiser.scan_response_data
        received = ll.AdvInd(advertiser_address=packet.advertiser_address, data=data)
        if not self._reachable(sender_controller):
            return
        for controller in list(self.controllers):
            if controller is not sender_controller and self._reachable(controller):
                controller.on_ll_advertising_pdu(received)

    def _connect(self, central: Controller, packet: ll.ConnectInd) -> None:
        peripheral = next(
            c for c in self.controllers if c.random_address == packet.advertiser_address
        )
        for old in self.connections_of(peripheral):
            if central in old.ends:  # its farewell is still on the way: it arrives before this
                old.forget(peripheral)
                old.close()
        model = self.controllers[peripheral]
        dice = random.Random(self._dice.getrandbits(64))
        self.connections.append(AirConnection(central, peripheral, model, self._loop, dice))
        peripheral.on_ll_advertising_pdu(packet)

    def next_advertisement_us(self, listener: Controller | None = None) -> int | None:
        """When anybody (but the listener) next advertises."""
        found: list[int] = []
        for controller in self.controllers:
            if controller is not listener:
                found += self.own_advertisement_us(controller)
        return min(found, default=None)

    def own_advertisement_us(self, controller: Controller) -> list[int]:
        """When a controller next advertises, if it does."""
        advertiser = controller.le_legacy_advertiser
        if not advertiser.enabled:
            return []
        timer = advertiser.timer_handle
        if isinstance(timer, asyncio.TimerHandle):
            return [round(timer.when() * 1e6)]
        return [self._loop.now_us]

    # reach

    def _reachable(self, controller: Controller) -> bool:
        return self._loop.now_us >= self._unreachable_until_us.get(controller, 0)

    def hide(self, controller: Controller, until_us: int) -> None:
        """Take a controller out of reach: its connections hear nothing until then."""
        self._unreachable_until_us[controller] = until_us
        for connection in self.connections_of(controller):
            connection.silence(until_us)

    def bury(self, controller: Controller) -> None:
        """A controller without power: its peers notice after the supervision timeout."""
        self.controllers.pop(controller, None)
        for connection in self.connections_of(controller):
            connection.close()
            timeout_us = round(connection.model.supervision_timeout_s * 1e6)
            for end in connection.ends:
                if end is not controller:
                    due_us = self._loop.now_us + timeout_us
                    self._loop.call_at_us(due_us, self._notice, connection, end)

    def _notice(self, dead: AirConnection, survivor: Controller) -> None:
        if self._between(survivor, dead.other(survivor).random_address) is None:
            dead.forget(survivor)

    def connections_of(self, controller: Controller) -> list[AirConnection]:
        """Connections a controller takes part in."""
        self.connections = [one for one in self.connections if one.open]
        return [one for one in self.connections if controller in one.ends]

    # data

    def send_acl_data(
        self,
        sender_controller: Controller,
        destination_address: hci.Address,
        transport: core.PhysicalTransport,
        data: bytes,
    ) -> None:
        """Queue data of one end for the other."""
        self.send(sender_controller, destination_address, data, None)

    def send(
        self,
        sender: Controller,
        destination: hci.Address,
        data: bytes,
        aired: Callable[[], None] | None,
    ) -> None:
        """The same, telling when the packet has left the sender's queue for good."""
        found = self._between(sender, destination)
        if found is None:
            return
        connection, receiver = found

        def arrive() -> None:
            if receiver.le_connections.get(sender.random_address):
                receiver.on_link_acl_data(sender.random_address, core.PhysicalTransport.LE, data)

        connection.send(sender, _Packet(len(data), arrive, aired))

    def send_ll_control_pdu(
        self, sender_address: hci.Address, receiver_address: hci.Address, packet: ll.ControlPdu
    ) -> None:
        """Queue a control packet; a farewell ends the connection where it arrives."""
        sender = next((c for c in self.controllers if c.random_address == sender_address), None)
        if sender is None:
            return
        found = self._between(sender, receiver_address)
        if found is None:
            return
        connection, receiver = found

        def arrive() -> None:
            if isinstance(packet, ll.TerminateInd):
                connection.close()
            if receiver.le_connections.get(sender_address):
                receiver.on_ll_control_pdu(sender_address, packet)

        connection.send(sender, _Packet(12, arrive, None))

    def _between(
        self, sender: Controller, address: hci.Address
    ) -> tuple[AirConnection, Controller] | None:
        for connection in reversed(self.connections):
            if connection.open and sender in connection.ends:
                receiver = connection.other(sender)
                if receiver.random_address == address:
                    return connection, receiver
        return None
