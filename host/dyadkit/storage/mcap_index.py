"""MCAP index: the parts of `session.mcap` that are no messages, from beginning to summary.

Nothing of them is needed to read a session back; other MCAP programs want them. The summary is
made by walking the finished file, so that recording needs no memory for it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mcap.data_stream import RecordBuilder
from mcap.opcode import Opcode
from mcap.records import (
    Channel,
    ChunkIndex,
    DataEnd,
    Footer,
    Header,
    MessageIndex,
    Statistics,
    SummaryOffset,
)

from dyadkit.storage.layout import (
    CHANNEL,
    CHUNK,
    CHUNK_HEADER,
    JSON_TOPICS,
    MAGIC,
    MESSAGE_INDEX,
    PROFILE,
    RECORD_HEADER,
)


class _Chunk(NamedTuple):
    """One chunk of a file with the message indexes behind it."""

    place: ChunkIndex
    counts: dict[int, int]


def beginning() -> bytes:
    """Magic, header, and the channels."""
    builder = RecordBuilder()
    Header(profile=PROFILE, library="dyadkit").write(builder)
    for channel in _channels():
        channel.write(builder)
    return MAGIC + bytes(builder.end())


def message_index(channel: int, entries: list[tuple[int, int]]) -> bytes:
    """Times and places of one channel's messages in the chunk before it."""
    builder = RecordBuilder()
    MessageIndex(channel_id=channel, records=entries).write(builder)
    return bytes(builder.end())


def ending(path: Path) -> bytes:
    """End of data, summary and footer for a file of whole chunks."""
    data_end = RecordBuilder()
    DataEnd(0).write(data_end)
    ended = bytes(data_end.end())
    start = path.stat().st_size + len(ended)
    chunks = list(_walk(path))
    builder = RecordBuilder()
    offsets: list[SummaryOffset] = []
    for opcode, records in (
        (Opcode.CHANNEL, _channels()),
        (Opcode.STATISTICS, [_statistics(chunks)]),
        (Opcode.CHUNK_INDEX, [chunk.place for chunk in chunks]),
    ):
        group = builder.count
        for record in records:
            record.write(builder)
        offsets.append(SummaryOffset(opcode, start + group, builder.count - group))
    offsets_start = start + builder.count
    for offset in offsets:
        offset.write(builder)
    summary = bytes(builder.end())
    footer = RecordBuilder()
    Footer(summary_start=start, summary_offset_start=offsets_start, summary_crc=0).write(footer)
    return ended + summary + bytes(footer.end()) + MAGIC


def _channels() -> list[Channel]:
    return [
        Channel(
            id=number,
            topic=topic,
            message_encoding="json" if topic in JSON_TOPICS else "dyadwire",
            metadata={},
            schema_id=0,
        )
        for topic, number in CHANNEL.items()
    ]


def _statistics(chunks: list[_Chunk]) -> Statistics:
    counts: dict[int, int] = {}
    for chunk in chunks:
        for channel, count in chunk.counts.items():
            counts[channel] = counts.get(channel, 0) + count
    return Statistics(
        attachment_count=0,
        channel_count=len(CHANNEL),
        channel_message_counts=counts,
        chunk_count=len(chunks),
        message_count=sum(counts.values()),
        message_start_time=min((chunk.place.message_start_time for chunk in chunks), default=0),
        message_end_time=max((chunk.place.message_end_time for chunk in chunks), default=0),
        metadata_count=0,
        schema_count=0,
    )


def _walk(path: Path) -> Iterator[_Chunk]:
    """Every chunk of a file, from its records' headers alone."""
    with path.open("rb") as file:
        file.seek(len(MAGIC))
        chunk: _Chunk | None = None
        while header := file.read(RECORD_HEADER.size):
            opcode, length = RECORD_HEADER.unpack(header)
            begin = file.tell()
            if opcode == CHUNK:
                if chunk is not None:
                    yield chunk
                fields = header + file.read(CHUNK_HEADER.size - RECORD_HEADER.size)
                chunk = _begun(begin - RECORD_HEADER.size, fields)
            elif opcode == MESSAGE_INDEX and chunk is not None:
                _add_index(chunk, begin - RECORD_HEADER.size, length, file.read(6))
            file.seek(begin + length)
        if chunk is not None:
            yield chunk


def _begun(at: int, fields: bytes) -> _Chunk:
    _, length, first_ns, last_ns, size, _, _, _ = CHUNK_HEADER.unpack(fields)
    index = ChunkIndex(
        chunk_length=RECORD_HEADER.size + length,
        chunk_start_offset=at,
        compression="",
        compressed_size=size,
        message_end_time=last_ns,
        message_index_length=0,
        message_index_offsets={},
        message_start_time=first_ns,
        uncompressed_size=size,
    )
    return _Chunk(index, {})


def _add_index(chunk: _Chunk, at: int, length: int, head: bytes) -> None:
    channel = int.from_bytes(head[:2], "little")
    chunk.place.message_index_offsets[channel] = at
    chunk.place.message_index_length += RECORD_HEADER.size + length
    chunk.counts[channel] = int.from_bytes(head[2:6], "little") // 16
