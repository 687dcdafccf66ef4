"""The decoder one frame at a time: slow and obvious, the oracle of the one in arrays."""

from heapq import merge

from dyadkit.decoding.messages import message_of, split_frames
from dyadkit.dyad.limits import MAX_SAMPLE
from dyadwire import codec, frames, messages
from dyadwire.errors import WireError


class Plain:
    """What a wearable said; `blocks` by (boot, stream) and sequence, each with its samples."""

    def __init__(self):
        self.blocks, self.infos, self.hellos, self.others = {}, {}, [], []
        self.exchanges, self.sends = [], []
        self.duplicates = self.rejected = self.asked = 0


def plain_decode(received, said):
    plain, waiting = Plain(), {}
    asks = (one for one in _messages(said, plain) if isinstance(one[1], messages.Probe))
    for host_ns, message in merge(asks, _messages(received, plain), key=lambda one: one[0]):
        if isinstance(message, messages.Block):
            _take(plain, message)
            if plain.sends and plain.sends[-1][2] == host_ns:
                size = messages.size(message) + len(message.samples) + frames.OVERHEAD
                plain.sends[-1][3] += size
        elif isinstance(message, messages.Probe):
            waiting[message.seq] = host_ns
            plain.asked += 1
        elif isinstance(message, messages.Echo):
            if message.seq in waiting:
                sent_us = waiting.pop(message.seq) // 1000
                plain.exchanges.append((message.boot, sent_us, *message[2:], host_ns // 1000))
        else:
            _note(plain, host_ns, message)
    return plain


def _note(plain, host_ns, message):
    if isinstance(message, messages.Sent):
        size = messages.size(message) + frames.OVERHEAD
        plain.sends.append([message.boot, message.sent_us, host_ns, size])
    elif isinstance(message, messages.StreamInfo):
        plain.infos[message.stream] = message
    elif isinstance(message, messages.Hello):
        plain.hellos.append((host_ns, message))
    elif not isinstance(message, messages.Calibration):
        plain.others.append((host_ns, message))


def _messages(chunks, plain):
    for host_ns, framed in split_frames(chunks):
        message = message_of(framed)
        if message is not None:
            yield host_ns, message
        else:
            plain.rejected += frames.kind_of(framed) in messages.BY_KIND


def _take(plain, block):
    try:
        samples = codec.decode(block.samples, block.count)
    except WireError:
        plain.rejected += 1
        return
    if max(map(abs, samples)) >= MAX_SAMPLE:
        plain.rejected += 1
        return
    known = plain.blocks.setdefault((block.boot, block.stream), {})
    plain.duplicates += block.sequence in known
    known.setdefault(block.sequence, (block, samples))
