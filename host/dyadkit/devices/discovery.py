"""Discovery of wearables, by radio and by cable, and how each of them is."""

import asyncio
import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dyadkit.decoding.messages import Message, firmware_of
from dyadkit.devices.flashing.boards import room_words
from dyadkit.devices.health import failed_checks, self_test
from dyadkit.devices.kit_links import with_keys
from dyadkit.devices.pairing import Members
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import PersonName
from dyadkit.errors import LinkError, NoPermissionError, NoWearableError
from dyadkit.links import Link, usb
from dyadkit.links.ble import BleLink, BleRadio, Found, scan
from dyadkit.links.conversation import Conversation, Onlooker
from dyadkit.links.serialport import is_port, may_be_there, same_port
from dyadwire import messages, states

ANSWER_TIMEOUT_S = 5.0
NO_SIGNAL_DBM = 0


@dataclass(frozen=True, slots=True, eq=False)
class WearableInReach(Result):
    """One wearable in reach: where it is, who it is, how it is.

    rssi_dbm : strength of its radio here; 0 on a cable
    battery_percent : None where it is not measured or it did not answer
    hours_left : of recording that fit into its free flash; None where it did not answer
    failed_checks : names of what did not hold in its self-test; None where it reported none
    complaint : why it did not answer, empty where it did
    """

    name: str
    address: str
    rssi_dbm: int
    wearable: str = ""
    firmware: str = ""
    protocol: str = ""
    state: str = ""
    battery_percent: int | None = None
    free_kib: int = 0
    used_kib: int = 0
    hours_left: int | None = None
    failed_checks: tuple[str, ...] | None = None
    complaint: str = ""
    has_key: bool = False

    def sentence(self) -> str:
        """A line for a person."""
        signal = f"{self.rssi_dbm} dBm" if self.rssi_dbm != NO_SIGNAL_DBM else "cable"
        line = f"{self.name or '(no name)'}  {self.address}  {signal}"
        if self.complaint:
            return f"{line}  ({self.complaint})"
        charge = "not measured" if self.battery_percent is None else f"{self.battery_percent} %"
        tested = "" if self.failed_checks is None else f", {self_test(self.failed_checks)}"
        return (
            f"{line}  {self.state}, battery {charge}, firmware {self.firmware} (protocol "
            f"{self.protocol}), flash {self.free_kib} KiB free ({room_words(self.free_kib)} of "
            f"recording), {self.used_kib} KiB used{tested}"
            f"{'' if self.has_key else ', no key: anybody in range can read and command it'}"
        )


async def reachable(radio: BleRadio, seconds: float = 4.0) -> list[WearableInReach]:
    """Wearables that advertise, loudest first, each asked how it is."""
    return [
        await asked(one.name, with_keys(BleLink(one.address, radio)), one.rssi_dbm)
        for one in await scan(radio, seconds)
    ]


async def plugged(cable: usb.Cable) -> list[WearableInReach]:
    """Wearables on cables, each asked how it is.

    Raises
    ------
    NoPermissionError
        none answers, and a port may not be opened
    """
    found = await usb.scan(cable, sealed=with_keys)
    if not found:
        _refuse_closed(cable)
    return [await asked("", with_keys(usb.UsbLink(one.port, cable))) for one in found]


def _refuse_closed(cable: usb.Cable) -> None:
    """Raise if a port may not be opened: the wearable sought may be behind it."""
    closed = [
        name
        for name in cable.port_names()
        if Path(name).exists() and not os.access(name, os.R_OK | os.W_OK)
    ]
    if closed:
        raise NoPermissionError(
            f"no permission to open {', '.join(closed)}: dyadkit doctor says which group to join"
        )


async def radio_links(members: Members, radio: BleRadio) -> dict[PersonName, Link]:
    """A link to each wearable of a dyad: over the cable where it is given as a serial port.

    Raises
    ------
    NoWearableError
        one is not in reach, or several have its name
    """
    on_cable = {person for person, one in members.items() if is_port(one.wearable)}
    found = await scan(radio) if len(on_cable) < len(members) else []
    return {
        person: with_keys(
            usb.UsbLink(one.wearable)
            if person in on_cable
            else BleLink(address_of(one.wearable, found), radio)
        )
        for person, one in members.items()
    }


async def cable_links(members: Members, cable: usb.Cable) -> dict[PersonName, Link]:
    """A link over a cable to each wearable of a dyad, known by port or hardware address.

    Raises
    ------
    NoWearableError
        one is not plugged in
    NoPermissionError
        one is not found, and a port may not be opened
    """
    ports = await usb.scan(cable, sealed=with_keys)
    links: dict[PersonName, Link] = {}
    for person, one in members.items():
        wanted = one.wearable.replace(":", "").lower()
        matching = [port.port for port in ports if same_port(one.wearable, port.port)]
        matching += [port.port for port in ports if wanted == port.wearable]
        if not matching and may_be_there(one.wearable):
            matching = [one.wearable]
        if not matching:
            _refuse_closed(cable)
            seen = ", ".join(f"{port.wearable} at {port.port}" for port in ports) or "none"
            raise NoWearableError(
                f"wearable {one.wearable} of {person} is not on a cable (seen: {seen}); plug it "
                "in, or pair again with its port or hardware address"
            )
        links[person] = with_keys(usb.UsbLink(matching[0], cable))
    return links


async def link_to(wearable: str, radio: BleRadio) -> Link:
    """A link to one wearable: by cable where a serial port is named, else over the radio.

    Raises
    ------
    NoWearableError
        it is not in reach, or several have its name
    """
    if is_port(wearable):
        return with_keys(usb.UsbLink(wearable))
    return with_keys(BleLink(address_of(wearable, await scan(radio)), radio))


def address_of(name: str, found: Sequence[Found]) -> str:
    """Address of the one wearable with this name or address."""
    wanted = name.lower()
    matching = [one.address for one in found if wanted in (one.name.lower(), one.address.lower())]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise NoWearableError(
            f"{len(matching)} wearables are called {name} ({', '.join(matching)}): pair again "
            "with their addresses"
        )
    seen = ", ".join(one.name or one.address for one in found) or "none"
    raise NoWearableError(f"wearable {name} is not in reach (seen: {seen}); is it charged and on?")


class _Answers(Onlooker):
    """What a wearable says of itself when it is greeted."""

    def __init__(self) -> None:
        self.self_test: messages.SelfTest | None = None

    def take(self, message: Message | None) -> None:
        """Note the self-test, which comes unasked."""
        if isinstance(message, messages.SelfTest):
            self.self_test = message


async def asked(name: str, link: Link, rssi_dbm: int = NO_SIGNAL_DBM) -> WearableInReach:
    """How one wearable is, by its own words; with a complaint where it does not answer."""
    answers = _Answers()
    talk = Conversation(link, name, answers)
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            await link.open()
            hello = await talk.greet()
            status = await talk.answer(messages.Status)
    except (LinkError, TimeoutError) as error:
        complaint = str(error) or "did not answer"
        return WearableInReach(name, link.address, rssi_dbm, complaint=complaint)
    finally:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                await link.close()
    known = status.battery_percent != messages.NO_BATTERY
    return WearableInReach(
        name,
        link.address,
        rssi_dbm,
        hello.wearable.hex(),
        firmware_of(hello),
        f"{hello.major}.{hello.minor}",
        next((word for number, word, _ in states.STATES if number == hello.state), "unknown"),
        status.battery_percent if known else None,
        status.free_kib,
        status.used_kib,
        status.hours_left,
        None if answers.self_test is None else failed_checks(answers.self_test),
        has_key=getattr(link, "is_sealed", False),
    )
