"""Sessions changed under valid checksums: what an attacker, or a wrong firmware, can do."""

import numpy as np

from dyadkit.storage import SessionWriter, read_session
from dyadwire import frames, messages

EXTREMES = (0, 1, -1, 2**7, 2**8 - 1, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**53, 2**63)
DAY_US = 86_400_000_000
LIMITS = {"B": (0, 2**8), "H": (0, 2**16), "I": (0, 2**32), "Q": (0, 2**64), "b": (-128, 128),
          "h": (-(2**15), 2**15), "i": (-(2**31), 2**31)}  # fmt: skip


def rows_of(path):
    """(host_ns, topic, bytes) of every message of a session, in order of time."""
    stored = read_session(path)
    rows = [(one.host_ns, topic, one.data) for topic, kept in stored.topics.items() for one in kept]
    return sorted(rows, key=lambda row: row[0]), stored.about


def write(folder, rows, about=None):
    """A closed session of these messages: every checksum in it is valid."""
    writer = SessionWriter(folder)
    for host_ns, topic, data in rows:
        writer.append(topic, max(0, min(host_ns, 2**64 - 1)), data)
    writer.close({} if about is None else about)
    return folder


def mutated(rows, rng, share=0.02):
    """The rows with some of their fields, times, places or bytes changed."""
    found = []
    kinds = (_a_field, _a_field, _a_jump, _its_time, _its_bytes, _twice, _nothing)
    change = kinds[rng.integers(len(kinds))]
    for row in rows:
        found += change(row, rng) if rng.random() < share else [row]
    return found


def _framed(message):
    return frames.frame(message.KIND, messages.pack(message))


def _message(row):
    if row[1][0] not in "ab" or row[1][1] != "/":
        return None
    return messages.unpack(frames.kind_of(row[2]), frames.payload_of(row[2]))


def _changed(row, name, value):
    message = _message(row)
    letters = [letter for letter in type(message).LAYOUT[1:] if letter.isalpha()]
    low, stop = LIMITS.get(letters[message._fields.index(name)], (0, 1))
    return [
        (
            row[0],
            row[1],
            _framed(message._replace(**{name: int(low + (value - low) % (stop - low))})),
        )
    ]


def _a_field(row, rng):
    message = _message(row)
    if message is None:
        return [row]
    numbers = [name for name in message._fields if isinstance(getattr(message, name), int)]
    if not numbers:
        return [row]
    name = numbers[rng.integers(len(numbers))]
    wild = EXTREMES[rng.integers(len(EXTREMES))]
    value = wild if rng.random() < 0.5 else getattr(message, name) ^ (1 << int(rng.integers(64)))
    return _changed(row, name, value)


def _a_jump(row, rng):
    """A clock that goes on by up to a month."""
    message = _message(row)
    stamps = [] if message is None else [n for n in message._fields if n.endswith("_us")]
    if not stamps:
        return [row]
    name = stamps[rng.integers(len(stamps))]
    return _changed(row, name, getattr(message, name) + int(rng.integers(30 * DAY_US)))


def _its_time(row, rng):
    return [(row[0] ^ (1 << int(rng.integers(64))), *row[1:])]


def _its_bytes(row, rng):
    if row[1][1] != "/":
        return [row]
    data = bytearray(row[2])
    data[rng.integers(len(data))] = rng.integers(256)
    payload = bytes(data[frames.HEADER_SIZE : -4])[: frames.MAX_PAYLOAD]
    return [(row[0], row[1], frames.frame(int(data[1]), payload))]


def _twice(row, rng):
    return [row] * int(rng.integers(2, 5))


def _nothing(row, rng):
    return []


def jumping(rows, days, rng):
    """From the middle on, everything that tells the time of both has gone on by so many days."""
    middle_ns = np.median([row[0] for row in rows])
    found = []
    for row in rows:
        if row[0] < middle_ns:
            found.append(row)
            continue
        later = (row[0] + days * DAY_US * 1000, *row[1:])
        message = _message(row)
        for name in () if message is None else message._fields:
            if name.endswith("_us") and later[1] != "host":
                [later] = _changed(later, name, getattr(_message(later), name) + days * DAY_US)
        found.append(later)
    return found


def floods(began_ns, count):
    """Messages that are each possible, and of which no wearable sends so many, by name."""
    one = b"\x02\x02"

    def blocks(fields):
        return [
            _heard(began_ns + k * 10**6, messages.Block(*fields(k), 2, 0, one))
            for k in range(count)
        ]

    def others(message):
        return [_heard(began_ns + k, message(k)) for k in range(count)]

    return {
        "boots": blocks(lambda k: (1, k % 65536, 0, 0, k * 1000)),
        "streams": blocks(lambda k: (k % 256, 5 + k // 256, 0, 0, k * 1000)),
        "restarts of a sensor": blocks(lambda k: (1, 9, k, k % 2 * 7, k * 100_000)),
        "months without a block": blocks(lambda k: (1, 9, k, k * 12_000, k * 120_000_000)),
        "one block": blocks(lambda k: (1, 9, 5, 5, 5)),
        "the last first": blocks(
            lambda k: (1, 9, count - k, 2 * (count - k), 20_000 * (count - k))
        ),
        "events": others(lambda k: messages.Event(k, 1, 1)),
        "greetings": others(lambda k: messages.Hello(1, 0, k % 65536, k, b"aaaaaa", 1, b"0.1\0")),
        "exchanges of a field": others(
            lambda k: messages.Exchanged(
                k % 7, k * 1000, k % 5, k * 1000, k * 1000 + 9, k * 1000 + 20
            )
        ),
        "notifications": others(lambda k: messages.Sent(k % 65536, k)),
        "units": others(lambda k: messages.StreamInfo(k % 256, 2**32 - 1, 2**31 - 1, -1)),
        "half frames": [(began_ns + k, "a/heard", b"\xd7\x08\xdd" * 80) for k in range(count)],
        "nothing": [(began_ns + k, "a/heard", b"") for k in range(count)],
    }


def _heard(host_ns, message):
    return host_ns, "a/heard", _framed(message)
