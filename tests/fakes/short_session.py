"""A session of two seconds with samples and no exchanges: quick to write, too short to say much."""

from dyadkit.storage import SessionWriter
from dyadwire import codec, frames, messages


def framed(message):
    return frames.frame(message.KIND, messages.pack(message))


def block(sequence):
    samples = [100 + k for k in range(10)]
    buffer = bytearray(80)
    end = codec.encode_into(buffer, 0, samples, 0, 10, 0)
    stamp_us = 100_000 * (sequence + 1)
    return messages.Block(1, 1, sequence, 10 * sequence, stamp_us, 10, 0, bytes(buffer[:end]))


def begun(folder, persons="ab", began_ns=0):
    """The writer of a session of these persons, all of it on disk so far."""
    writer = SessionWriter(folder)
    writer.log(began_ns, "session", about={})
    for person in persons:
        hello = messages.Hello(1, 0, 1, 0, bytes(6), 1, b"0.1\0")
        writer.append(f"{person}/heard", began_ns, framed(hello))
        writer.append(
            f"{person}/heard", began_ns + 1, framed(messages.StreamInfo(1, 100_000, 1, 1))
        )
        for k in range(20):
            writer.append(f"{person}/heard", began_ns + 10**8 * (k + 1), framed(block(k)))
    writer.sync()
    return writer


def write(folder, persons="ab"):
    """The same, closed."""
    begun(folder, persons).close({"duration_s": 2.0})
