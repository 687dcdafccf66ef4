"""Files and marks that nobody honest made, each from a seed."""

import json
import random
import zlib

from dyadkit.storage.layout import CHANNEL, GUARDED, JSON_TOPICS, MESSAGE, MESSAGE_HEADER

ODD = [
    None, True, -1, 0, 2**63, 2**64, 10**400, 1.5, float("inf"), "", "a", "x" * 5000, "\x1b[2J",
    "\ud800", [], ["a"], [[[]]], {}, {"a": {}}, {"a": ["C07"], "b": 7},
]  # fmt: skip
"""Values of every shape but the one expected."""
NAMES = [
    "event", "about", "participants", "simulated", "duration_s", "mode", "notes", "unfinished",
    "began_utc", "clock_truth", "answer_turn_us", "replayed", "wearables", "person", "address",
    "phase", "label", "kind", "seconds", "set_ns", "undoes_ns", "at_ns", "host_ns", "topic", "utc",
    "marks_from_byte", "line", "why", "recovered",
]  # fmt: skip
EVENTS = ["session", "mark", "no mark", "connected", "link lost", "closed", "phase", "gap", "end"]


def message(channel, host_ns, data):
    """A message of a session file whose checksum holds, whatever it says."""
    checked = zlib.crc32(data, zlib.crc32(GUARDED.pack(channel, host_ns)))
    size = MESSAGE_HEADER.size - 9 + len(data)
    return MESSAGE_HEADER.pack(MESSAGE, size, channel, checked, host_ns, host_ns) + data


def entry(dice):
    """JSON, or nearly, as nobody wrote it on purpose."""
    said = {dice.choice(NAMES): dice.choice(ODD) for _ in range(dice.randrange(6))}
    if dice.random() < 0.8:
        said["event"] = dice.choice(EVENTS)
    if dice.random() < 0.3:
        said["label"] = "tea"
    text = json.dumps(said).encode()
    return dice.choice([text, text, text, text[:-1], b"[" * 50_000, b"\xff" + text, b"[]", b"7"])


def crafted(whole, dice):
    """A session file in which some messages are somebody's, all with checksums that hold."""
    added = b"".join(
        message(
            CHANNEL[dice.choice(JSON_TOPICS)],
            dice.choice([0, 5, 10**9, 2**63, 2**64 - 1]),
            entry(dice),
        )
        for _ in range(dice.randrange(1, 6))
    )
    place = dice.choice([0, len(whole), dice.randrange(len(whole))])
    return whole[:place] + added + whole[place:]


def damaged(whole, dice):
    """A file after one of the accidents that files have."""
    data = bytearray(whole)
    at = dice.randrange(len(data))
    size = dice.choice([1, 1, 1, 31, 512, 4096])
    match dice.randrange(6):
        case 0:
            data[at] ^= 1 << dice.randrange(8)
        case 1:
            del data[at:]
        case 2:
            data[at : at + size] = bytes(len(data[at : at + size]))
        case 3:
            del data[at : at + size]
        case 4:
            data[at:at] = dice.randbytes(size)
        case 5:
            other = dice.randrange(len(data))
            data[at : at + size] = data[other : other + size]
    return bytes(data)


def line(dice):
    """A line of marks.jsonl."""
    said = {"at_ns": dice.choice([5, 10**9, *ODD]), "label": dice.choice(["tea", *ODD])}
    said |= {dice.choice(NAMES): dice.choice(ODD) for _ in range(dice.randrange(4))}
    text = json.dumps(said).encode()
    return dice.choice([text, text, text[: dice.randrange(len(text))], dice.randbytes(40), b""])


def dice_of(seed):
    """Chance of one trial; the seed is what a failure prints."""
    return random.Random(seed)
