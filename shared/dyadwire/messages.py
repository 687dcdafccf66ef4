"""Every message of the protocol: a namedtuple, its kind and its byte layout.

Layouts are little-endian `struct` formats. A message whose last field is bytes beyond the layout
says so with `TAIL = True`. Times are microseconds of the wearable's own clock since its boot,
unless the name says `host`.
"""

import struct
from collections import namedtuple

from dyadwire.errors import WireError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Message: TypeAlias = Any  # one of MESSAGES: tuples whose classes carry KIND and LAYOUT


class Hello(
    namedtuple("Hello", ("major", "minor", "boot", "boot_random", "wearable", "state", "build"))
):
    """Identity of a wearable and of its boot; first answer to every connection.

    `boot` counts power-ons, `boot_random` tells two devices or a wiped counter apart,
    `wearable` is its 6-byte hardware address, `build` the version in the image,
    or four letters of the hash of the update that runs instead.
    """

    KIND = 0x01
    LAYOUT = "<BBHI6sB4s"


class StreamInfo(
    namedtuple("StreamInfo", ("stream", "rate_millihz", "unit_numerator", "unit_denominator"))
):
    """A stream's nominal rate and unit: value = counts * numerator / denominator."""

    KIND = 0x02
    LAYOUT = "<BIii"


class Start(namedtuple("Start", ("session", "streams"))):
    """Host: record and send. `streams` has bit (1 << stream number) set for each stream wanted."""

    KIND = 0x03
    LAYOUT = "<II"


class Stop(namedtuple("Stop", ("session",))):
    """Host: stop recording; what is in flash stays until it is fetched."""

    KIND = 0x04
    LAYOUT = "<I"


class Probe(namedtuple("Probe", ("seq", "host_us"))):
    """Host: request for the time; `host_us` is the host's own clock just before the write."""

    KIND = 0x05
    LAYOUT = "<HQ"


class Echo(namedtuple("Echo", ("seq", "boot", "received_us", "answered_us"))):
    """Answer to a Probe, in the answering wearable's own microseconds."""

    KIND = 0x06
    LAYOUT = "<HHQQ"


class Sent(namedtuple("Sent", ("boot", "sent_us"))):
    """Time stamp just before the notification that carries this frame was handed to the radio."""

    KIND = 0x07
    LAYOUT = "<HQ"


class Block(
    namedtuple(
        "Block", ("stream", "boot", "sequence", "counter", "stamp_us", "count", "status", "samples")
    )
):
    """Consecutive samples of one stream, as `codec` packs them.

    `sequence` counts blocks of the stream, `counter` is the running number of the first sample
    (a jump means samples lost at the sensor), `stamp_us` is when the last sample was read.
    """

    KIND = 0x08
    LAYOUT = "<BHIIQBH"
    TAIL = True


OPEN_END = 0xFFFFFFFF


class Ack(namedtuple("Ack", ("boot", "stream", "first", "stop"))):
    """Host: the blocks first <= sequence < stop of this stream and boot are safely on disk."""

    KIND = 0x09
    LAYOUT = "<HBII"


class Fetch(namedtuple("Fetch", ("boot", "stream", "first", "stop"))):
    """Host: send the blocks first <= sequence < stop of this stream and boot from flash."""

    KIND = 0x0A
    LAYOUT = "<HBII"


class Fetched(namedtuple("Fetched", ("boot", "stream", "first", "stop", "missing"))):
    """Answer to a Fetch, word for word, when all found blocks were sent.

    `missing` counts those not in flash; blocks after the last one in flash are not missing if the
    Fetch had an open end (`stop` 0xFFFFFFFF).
    """

    KIND = 0x0B
    LAYOUT = "<HBIII"


class Status(
    namedtuple(
        "Status",
        (
            "at_us",
            "state",
            "battery_percent",
            "temperature_centi",
            "free_kib",
            "used_kib",
            "queued",
            "lost",
            "hours_left",
            "wear_permille",
            "ppg_millihz",
        ),
    )
):
    """State of the wearable, its battery, flash and queues; each ten seconds.

    `battery_percent` and `temperature_centi` (of the PPG sensor's die) are NO_BATTERY and
    NO_TEMPERATURE where they are not known. `queued` counts bytes waiting for the radio, `lost`
    samples lost at sensors since boot. `hours_left` of recording fit into the free flash,
    `wear_permille` of the flash's erases are used up, `ppg_millihz` is the PPG sensor's measured
    rate (0: not yet).
    """

    KIND = 0x0C
    LAYOUT = "<QBBhIIHIHHI"


class Event(namedtuple("Event", ("at_us", "code", "value"))):
    """An event at the wearable: a button, a changed LED current, contact made or lost."""

    KIND = 0x0D
    LAYOUT = "<QBi"


class Fault(namedtuple("Fault", ("at_us", "code", "text"))):
    """A fault of the wearable: where and what, in a few words (UTF-8)."""

    KIND = 0x0E
    LAYOUT = "<QB"
    TAIL = True


class Refusal(namedtuple("Refusal", ("kind", "reason"))):
    """The wearable will not do what message `kind` asked for; `reason` tells why."""

    KIND = 0x0F
    LAYOUT = "<BB"


class Calibration(
    namedtuple("Calibration", ("zero_current_nv", "zero_voltage_nv", "gain_ppm", "day", "jig"))
):
    """Constants of the skin-conductance front end: G = gain * (I - I0) / (V - V0).

    `gain_ppm` is the correction of the gain, `day` counts days since 2000-01-01 (0: never
    calibrated), `jig` identifies the calibration resistors.
    """

    KIND = 0x10
    LAYOUT = "<iiiHH"


class Exchanged(
    namedtuple(
        "Exchanged", ("boot", "sent_us", "peer_boot", "received_us", "answered_us", "returned_us")
    )
):
    """One probe between two wearables, as the asking one keeps it in flash."""

    KIND = 0x11
    LAYOUT = "<HQHQQQ"


class Taken(namedtuple("Taken", ("count",))):
    """Over a cable only: so many more bytes have left the wearable's input buffer."""

    KIND = 0x12
    LAYOUT = "<H"


class Contents(namedtuple("Contents", ("first",))):
    """Host: name the first segment of flash whose number is `first` or more."""

    KIND = 0x20
    LAYOUT = "<I"


class Held(namedtuple("Held", ("number", "boot", "size_bytes", "fetched", "later"))):
    """Answer to Contents: one segment of flash, and how many come after it.

    A segment is a run of whole frames of one boot. `number` is 0 where there is none; `fetched`
    is 1 once all its blocks were acknowledged.
    """

    KIND = 0x21
    LAYOUT = "<IHIBI"


class Copy(namedtuple("Copy", ("number", "first"))):
    """Host: send the frames of this segment as they lie in flash, from its frame `first` on."""

    KIND = 0x22
    LAYOUT = "<II"


class Copied(namedtuple("Copied", ("number", "first", "stop", "checksum"))):
    """Answer to a Copy when frames first <= index < stop were sent: those are all there are.

    `checksum` is the CRC32 over the bytes of all frames of the segment, from its beginning.
    """

    KIND = 0x23
    LAYOUT = "<IIII"


class SelfTest(
    namedtuple("SelfTest", ("at_us", "made", "failed", "skin_mv", "reference_mv", "battery_mv"))
):
    """Self-test of the wearable at boot; `made` and `failed` are bits of CHECKS.

    `skin_mv` is the voltage at the electrodes, `reference_mv` what it is measured against,
    `battery_mv` the battery's; each 0 where it was not measured.
    """

    KIND = 0x30
    LAYOUT = "<QHHhHH"


class Hardware(namedtuple("Hardware", ("processor", "mpy_version", "flash_kib", "board"))):
    """Hardware of the wearable: the compiled code it loads, its flash, its board.

    `processor` is MicroPython's own number, `mpy_version` that of the `.mpy` files it loads, lowest
    byte of `sys.implementation._mpy`; `flash_kib` is what the file system holds in all, `board` the
    row of the firmware's table of boards (UTF-8).
    """

    KIND = 0x31
    LAYOUT = "<BBI"
    TAIL = True


class Partner(namedtuple("Partner", ("wearable",))):
    """Host: whose time to ask in the field, zeros for nobody; answered word for word when kept."""

    KIND = 0x13
    LAYOUT = "<6s"


class Offer(namedtuple("Offer", ("size_bytes", "crc"))):
    """Host: here is an update of the application, so long and with this CRC32."""

    KIND = 0x14
    LAYOUT = "<II"


class Piece(namedtuple("Piece", ("offset", "data"))):
    """Host: the bytes of the update from `offset` on."""

    KIND = 0x15
    LAYOUT = "<I"
    TAIL = True


class Wants(namedtuple("Wants", ("offset",))):
    """The wearable has all of the update below `offset`; it never has room for much more."""

    KIND = 0x16
    LAYOUT = "<I"


class Updated(namedtuple("Updated", ("crc", "outcome"))):
    """Outcome of the update with this CRC32; when it is complete the wearable starts over."""

    KIND = 0x17
    LAYOUT = "<IB"


MESSAGES = (
    Hello, StreamInfo, Start, Stop, Probe, Echo, Sent, Block, Ack, Fetch, Fetched,
    Status, Event, Fault, Refusal, Calibration, Exchanged, Taken, Partner,
    Offer, Piece, Wants, Updated,
    Contents, Held, Copy, Copied, SelfTest, Hardware,
)  # fmt: skip
BY_KIND: "dict[int, Message]" = {message.KIND: message for message in MESSAGES}

NO_BATTERY = 255
NO_TEMPERATURE = -32768

BUTTON = 1
LED_CURRENT = 2
CONTACT = 3
USB_POWER = 4
PARTNER = 5
SENSOR_BACK = 6
SYNC_EDGE = 16

TASK_FAULT = 1
SENSOR_FAULT = 2
FLASH_FAULT = 3
POWER_FAULT = 4
CRASH = 5

CHECK_BUS = 0x01
CHECK_PPG = 0x02
CHECK_CONVERTER = 0x04
CHECK_REFERENCE = 0x08
CHECK_SKIN_VOLTAGE = 0x10
CHECK_BATTERY = 0x20
CHECK_USB = 0x40
CHECK_FLASH = 0x80
CHECK_CALIBRATION = 0x100

CHECKS_OF_HARDWARE = CHECK_BUS | CHECK_PPG | CHECK_CONVERTER | CHECK_REFERENCE | CHECK_SKIN_VOLTAGE

ANOTHER_HOST = 1
OTHER_MAJOR = 2
NOT_NOW = 3

UPDATE_COMPLETE = 0
UPDATE_DAMAGED = 1
UPDATE_FOR_ANOTHER = 2
UPDATE_WINDOW = 1024

X64 = 2
XTENSAWIN = 10
RV32IMC = 11


def size(message: "Message") -> int:
    """Bytes of a message's fixed part; takes a message or its class."""
    return struct.calcsize(message.LAYOUT)


def has_tail(message: "Message") -> bool:
    """Whether the last field is the rest of the payload; takes a message or its class."""
    return bool(getattr(message, "TAIL", False))


def pack(message: "Message") -> bytes:
    """Payload bytes of a message.

    >>> len(pack(Probe(seq=7, host_us=1_000_000))) == size(Probe)
    True
    """
    if has_tail(message):
        return struct.pack(message.LAYOUT, *message[:-1]) + bytes(message[-1])
    return struct.pack(message.LAYOUT, *message)


def unpack(kind: int, payload: "bytes | memoryview") -> "Message | None":
    """Message of a payload; None for a kind this version does not know (newer minor version).

    A payload longer than the layout is a newer minor version's: the known part is returned. A
    shorter one raises WireError.

    >>> unpack(Probe.KIND, pack(Probe(seq=7, host_us=1_000_000)))
    Probe(seq=7, host_us=1000000)
    """
    layout = BY_KIND.get(kind)
    if layout is None:
        return None
    fixed = size(layout)
    if len(payload) < fixed:
        raise WireError(
            "message 0x%02x has %d bytes where %d are needed" % (kind, len(payload), fixed)
        )
    fields = struct.unpack_from(layout.LAYOUT, payload)
    if has_tail(layout):
        fields += (bytes(payload[fixed:]),)
    return layout(*fields)
