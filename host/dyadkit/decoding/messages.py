"""Messages out of received bytes: whole frames, known kinds, numbers that can be true."""

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeAlias

from dyadkit.dyad.limits import MAX_BLOCKS, MAX_SAMPLES, MAX_STAMP_US
from dyadwire import frames, key_messages, meanings, messages
from dyadwire.errors import WireError

Message: TypeAlias = (
    messages.Hello
    | messages.StreamInfo
    | messages.Start
    | messages.Stop
    | messages.Probe
    | messages.Echo
    | messages.Sent
    | messages.Block
    | messages.Ack
    | messages.Fetch
    | messages.Fetched
    | messages.Status
    | messages.Event
    | messages.Fault
    | messages.Refusal
    | messages.Calibration
    | messages.Exchanged
    | messages.Taken
    | messages.Partner
    | messages.Offer
    | messages.Piece
    | messages.Wants
    | messages.Updated
    | messages.Contents
    | messages.Held
    | messages.Copy
    | messages.Copied
    | messages.SelfTest
    | messages.Hardware
    | key_messages.Greeting
    | key_messages.Challenge
    | key_messages.Proof
    | key_messages.Proven
    | key_messages.NewKey
    | key_messages.Erase
    | key_messages.Obeyed
    | key_messages.PairKey
)
"""Any message of the protocol; the same as `messages.MESSAGES` and `key_messages.KEY_MESSAGES`."""


def message_of(framed: bytes) -> Message | None:
    """Message in a whole frame; None for what is none of ours.

    Such are kinds of a newer version, payloads that are too short, blocks of nothing and numbers
    that no boot ever gets to: one wrong firmware shall not upset what is recorded of two people.
    """
    try:
        message: Message | None = messages.unpack(frames.kind_of(framed), frames.payload_of(framed))
    except WireError:
        return None
    if message is None:
        return None
    return message if is_possible(type(message), message) else None


def firmware_of(hello: messages.Hello) -> str:
    """Firmware version that a wearable says it runs."""
    return str(hello.build.rstrip(b"\0").decode("ascii", "replace"))


def reason_of(refusal: messages.Refusal) -> str:
    """Why a wearable refuses, in words."""
    return dict(meanings.REASONS).get(refusal.reason, "unknown reason")


def split_frames(received: Iterable[tuple[int, bytes]]) -> Iterable[tuple[int, bytes]]:
    """Whole frames in chunks of received bytes: yields (host_ns, frame) for each."""
    reader = frames.FrameReader()
    for host_ns, data in received:
        for framed in reader.feed(data):
            yield host_ns, framed


def is_possible(layout: Any, message: Any) -> Any:
    """Whether a message's numbers can be true; takes one message, or columns of many of a kind."""
    possible: Any = True
    for name in _stamps(layout):
        possible = possible & (getattr(message, name) < MAX_STAMP_US)
    rule = _RULES.get(layout)
    return possible if rule is None else possible & rule(message)


@cache
def _stamps(layout: Any) -> tuple[str, ...]:
    """Fields that are wide enough to hold a time beyond `MAX_STAMP_US`."""
    letters = re.findall(r"\d*([a-zA-Z])", layout.LAYOUT)
    return tuple(
        name for name, letter in zip(layout._fields, letters, strict=False) if letter == "Q"
    )


_RULES: dict[type[Message], Callable[[Any], Any]] = {
    messages.Block: lambda block: (
        (block.count > 0) & (block.sequence < MAX_BLOCKS) & (block.counter < MAX_SAMPLES)
    ),
    messages.StreamInfo: lambda info: info.unit_denominator != 0,
    messages.Held: lambda held: held.number < messages.OPEN_END,
}
