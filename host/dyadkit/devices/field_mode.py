"""Field mode: each wearable learns its partner and records without a host until it is stopped."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from dyadkit.dyad.traces import PersonName
from dyadkit.errors import LinkError
from dyadkit.links import Link
from dyadkit.links.conversation import HELLO, Conversation
from dyadwire import messages
from dyadwire.states import IDLE, RECORDING

ANSWER_TIMEOUT_S = 10.0
ALL_STREAMS = 0xFFFFFFFF
OTHER: dict[PersonName, PersonName] = {"a": "b", "b": "a"}


@dataclass(frozen=True, slots=True)
class SentOut:
    """A wearable that records on its own: its hardware address, and its free flash."""

    wearable: str
    free_kib: int


async def send_out(links: Mapping[PersonName, Link]) -> dict[PersonName, SentOut]:
    """Make each wearable the other's partner and let both record.

    Raises
    ------
    LinkError
        one is out of reach, refuses, or does not begin to record; the other may have begun
    """
    addresses = {person: await _address(link) for person, link in links.items()}
    _refuse_sealed(links)
    session = Random().getrandbits(30) + 1
    sent: dict[PersonName, SentOut] = {}
    for person, link in links.items():
        async with Conversation(link) as talk:
            await talk.greet()
            partner = messages.Partner(addresses[OTHER[person]])
            await talk.request(partner, messages.Partner, ANSWER_TIMEOUT_S)
            await talk.say(messages.Start(session, ALL_STREAMS))
            await _expect(talk, RECORDING)
            status = await talk.answer(messages.Status, ANSWER_TIMEOUT_S)
            sent[person] = SentOut(addresses[person].hex(), status.free_kib)
    return sent


async def call_back(links: Mapping[PersonName, Link]) -> None:
    """Stop both; what they recorded stays in their flash until it is pulled.

    Raises
    ------
    LinkError
        one is out of reach, refuses, or does not stop
    """
    for link in links.values():
        async with Conversation(link) as talk:
            await talk.greet()
            await talk.say(messages.Stop(0))
            await _expect(talk, IDLE)


def _refuse_sealed(links: Mapping[PersonName, Link]) -> None:
    """A wearable with a key tells the time to nobody but its host: no clocks would be joined."""
    for person, link in links.items():
        if getattr(link, "is_sealed", False):
            raise LinkError(
                f"wearable {link.address} of {person} has a key, and two such cannot yet ask each "
                "other for the time: in the field their recordings could not be put on one clock; "
                "record with a host (dyadkit record), or without keys (dyadkit keys reset)"
            )


async def _address(link: Link) -> bytes:
    async with Conversation(link) as talk:
        return bytes((await talk.greet()).wearable)


async def _expect(talk: Conversation, state: int) -> None:
    """Greet again until the wearable says that it is in this state, three times at most."""
    for _ in range(3):
        hello = await talk.request(HELLO, messages.Hello, ANSWER_TIMEOUT_S)
        if hello.state == state:
            return
    raise LinkError(f"wearable {talk.name} did not change its state as it was told to")
