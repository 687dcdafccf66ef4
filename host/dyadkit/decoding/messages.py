"""Messages out of received bytes: whole frames, known kinds, numbers that can be true."""

from collections.abc import Iterable
from typing import TypeAlias

from dyadwire import frames, meanings, messages
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
)
"""Any message of the protocol; the same as `messages.MESSAGES`."""

_MAX_BLOCKS = 1 << 24
"""Of one stream in one boot: six weeks, if a block is closed five times a second."""
_MAX_SAMPLES = 1 << 31
_MAX_STAMP_US = 1 << 53


def message_of(framed: bytes) -> Message | None:
    """Message in a whole frame; None for what is none of ours.

    Such are kinds of a newer version, payloads that are too short, blocks of nothing and numbers
    that no boot ever gets to: one wrong firmware shall not upset what is recorded of two people.
    """
    try:
        message: Message | None = messages.unpack(frames.kind_of(framed), frames.payload_of(framed))
    except WireError:
        return None
    return message if message is not None and _is_possible(message) else None


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


def _is_possible(message: Message) -> bool:
    if isinstance(message, messages.Block):
        return bool(
            message.count
            and message.sequence < _MAX_BLOCKS
            and message.counter < _MAX_SAMPLES
            and message.stamp_us < _MAX_STAMP_US
        )
    if isinstance(message, messages.StreamInfo):
        return bool(message.unit_denominator)
    if isinstance(message, messages.Held):
        return bool(message.number < messages.OPEN_END)
    return all(not isinstance(field, int) or field < _MAX_STAMP_US for field in message)
