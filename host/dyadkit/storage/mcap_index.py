"""MCAP index: the parts of `session.mcap` that are no messages, from beginning to summary.

Nothing of them is needed to read a session back; other MCAP programs want them. The summary is
made by walking the finished file, so that recording needs no memory for it.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mcap.data_stream import RecordBuilder
from mcap.opcode import Opcode
from mcap.records import (
    Channel,
    ChunkIndex,
    DataEnd,
    Footer,
    Header,
    McapRecord,
    MessageIndex,
    MetadataIndex,
    Statistics,
    SummaryOffset,
)

from dyadkit.storage.disk import Appendable
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


def ending(file: Appendable, size: int, metadata: bytes) -> bytes:
    """Metadata, end of data, summary and footer for a file of whole chunks.

    Of each chunk no more is held than its row in the summary: a day has 86 400.
    """
    data_end = RecordBuilder()
    DataEnd(0).write(data_end)
    ended = metadata + bytes(data_end.end())
    start = size + len(ended)
    chunks, statistics = _summed(_walk(file, size))
    builder = RecordBuilder()
    MetadataIndex(offset=size, length=len(metadata), name=PROFILE).write(builder)
    groups = (
        (Opcode.CHANNEL, _written(_channels())),
        (Opcode.STATISTICS, _written([statistics])),
        (Opcode.CHUNK_INDEX, chunks),
        (Opcode.METADATA_INDEX, bytes(builder.end())),
    )
    summary = b"".join(group for _, group in groups)
    offsets, at = [], start
    for opcode, group in groups:
        offsets.append(SummaryOffset(opcode, at, len(group)))
        at += len(group)
    footer = Footer(summary_start=start, summary_offset_start=at, summary_crc=0)
    return ended + summary + _written(offsets) + _written([footer]) + MAGIC


def _written(records: Iterable[McapRecord]) -> bytes:
    builder = RecordBuilder()
    for record in records:
        record.write(builder)
    return bytes(builder.end())


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


def _summed(chunks: Iterable[_Chunk]) -> tuple[bytes, Statistics]:
    """Chunks' rows of the summary, and the statistics of all."""
    rows = RecordBuilder()
    counts: dict[int, int] = {}
    first_ns, last_ns, number = 0, 0, 0
    for place, found in chunks:
        place.write(rows)
        for channel, count in found.items():
            counts[channel] = counts.get(channel, 0) + count
        first_ns = (
            place.message_start_time if not number else min(first_ns, place.message_start_time)
        )
        last_ns = max(last_ns, place.message_end_time)
        number += 1
    return bytes(rows.end()), Statistics(
        attachment_count=0,
        channel_count=len(CHANNEL),
        channel_message_counts=counts,
        chunk_count=number,
        message_count=sum(counts.values()),
        message_start_time=first_ns,
        message_end_time=last_ns,
        metadata_count=1,
        schema_count=0,
    )


def _walk(file: Appendable, size: int) -> Iterator[_Chunk]:
    """Every chunk of a file, from its records' headers alone."""
    at, chunk = len(MAGIC), None
    while at < size:
        header = file.read(at, at + CHUNK_HEADER.size)
        opcode, length = RECORD_HEADER.unpack_from(header)
        if opcode == CHUNK:
            if chunk is not None:
                yield chunk
            chunk = _begun(at, header)
        elif opcode == MESSAGE_INDEX and chunk is not None:
            head = header[RECORD_HEADER.size : RECORD_HEADER.size + 6]
            _add_index(chunk, at, length, head)
        at += RECORD_HEADER.size + length
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
