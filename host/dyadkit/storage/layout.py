"""Layout of `session.mcap`: topics, the message header and its checksum, the metadata record."""

import struct
import zlib

FILE_NAME = "session.mcap"
ABOUT_NAME = "session.json"
LOCKED_NAME = "session.locked"
PARTS_NAME = "pulling"
"""Folder within a session's of what a pull has fetched so far."""
PROFILE = "dyadkit"

WIRE_TOPICS = ("a/heard", "b/heard", "a/said", "b/said")
JSON_TOPICS = ("host", "marks", "links", "exchanges", "wearables", "gaps")
TOPICS = (*WIRE_TOPICS, *JSON_TOPICS)
"""In the order of their channel numbers, from 1; only ever added to at the end."""
CHANNEL = {topic: number for number, topic in enumerate(TOPICS, 1)}

MAGIC = b"\x89MCAP0\r\n"
MESSAGE = 0x05
CHUNK = 0x06
MESSAGE_INDEX = 0x07
METADATA = 0x0C
OPCODES = range(0x01, 0x10)
RECORD_HEADER = struct.Struct("<BQ")  # opcode, length
MESSAGE_HEADER = struct.Struct("<BQHIQQ")  # opcode, length, channel, guard, log, publish
CHUNK_HEADER = struct.Struct("<BQQQQIIQ")  # .., start, end, size, CRC, no compression, size
FIXED_SIZE = MESSAGE_HEADER.size - RECORD_HEADER.size
MAX_CONTENT = 1 << 20
MAX_RECORD = RECORD_HEADER.size + FIXED_SIZE + MAX_CONTENT
"""What the longest message takes."""

GUARDED = struct.Struct("<HQ")


def guard(channel: int, host_ns: int, data: bytes) -> int:
    """Checksum of a message's channel, time and content; stands in MCAP's `sequence` field."""
    return zlib.crc32(data, zlib.crc32(GUARDED.pack(channel, host_ns)))
