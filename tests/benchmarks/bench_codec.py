"""Size and speed of the wire's codec, on the host and inside MicroPython, against other codings.

    python tests/benchmarks/bench_codec.py [BVP.csv ...]

Each file is the PPG of an Empatica E4; without files a synthetic pulse is used.
"""

import subprocess
import sys
from pathlib import Path
from random import Random
from time import process_time

import figures
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from dyadkit.decoding.samples import unpack_samples
from dyadwire import codec, frames
from dyadwire.frames import FrameReader
from fakes.inside_micropython import MICROPYTHON, ROOT

BLOCK = 20
MUTATIONS = 100_000
DEVICE = """
import sys, time
sys.path[:0] = [{firmware!r}, {shared!r}]
from array import array
from dyadwire import codec, frames, plain
from wearable.sensors import fifo
raw, out = bytearray(192), array("i", bytes(128))
samples = array("i", [131072 + index * index % 97 for index in range(255)])
buffer = bytearray(1000)
count = 1
while codec.encode_into(buffer, 25, samples, 0, count, 0) < 240:
    count += 1
def us_each(act):
    start = time.ticks_us()
    for _ in range(400):
        act()
    return time.ticks_diff(time.ticks_us(), start) / 400
def encode():
    return codec.encode_into(buffer, 25, samples, 0, count, 0)
def encode_plainly():
    return plain.encode_into(buffer, 25, samples, 0, count, 0)
def whole_frame():
    frames.seal(buffer, 8, encode() - 3)
def unpack():
    fifo.unpack(raw, 0, 6, 32, out)
def unpack_plainly():
    fifo.unpack_plainly(raw, 0, 6, 32, out)
def unpack_words():
    fifo.unpack_words(raw, 0, 4, 10, out)
for act in (encode, encode_plainly, whole_frame, unpack, unpack_plainly, unpack_words):
    print(act.__name__, min(us_each(act) for _ in range(25)))
block = array("i", {block})
def raw_of_20():
    others.raw(buffer, block, 20)
def varint_of_20():
    others.varint(buffer, block, 20)
def wire_of_20():
    codec.encode_into(buffer, 0, block, 0, 20, 0)
def rice_of_20():
    others.rice(buffer, block, 20)
sys.path.insert(0, {here!r})
import other_codings as others
assert others.rice(buffer, block, 20) == {rice_bits}, others.rice(buffer, block, 20)
for act in (raw_of_20, varint_of_20, wire_of_20, rice_of_20):
    print(act.__name__, min(us_each(act) for _ in range(25)))
"""


def ppg(paths: list[str]) -> np.ndarray:
    """Counts of a PPG recording scaled into the middle of 18 bits, or of a synthetic pulse."""
    if paths:
        values = np.concatenate([np.loadtxt(path, skiprows=2) for path in paths])
        return np.round(131_072 + 8 * values).astype(np.int64)
    times_s = np.arange(60_000) / 100
    pulse = 900 * np.exp(3 * np.cos(2 * np.pi * 1.2 * times_s)) / np.exp(3)
    noise = np.random.default_rng(1).normal(0, 6, times_s.size)
    return np.round(131_072 + pulse + noise).astype(np.int64)


def varint_bytes(values: np.ndarray) -> float:
    """Mean bytes of a zigzag varint."""
    zigzag = np.where(values >= 0, 2 * values, -2 * values - 1)
    return float(np.mean(1 + sum(zigzag >= 1 << (7 * k) for k in range(1, 5))))


def rice_bytes(blocks: np.ndarray) -> float:
    """Mean bytes of block-adaptive Rice coding: 18 bits, a 5-bit parameter, then differences."""
    differences = np.diff(blocks, axis=1)
    zigzag = np.where(differences >= 0, 2 * differences, -2 * differences - 1)
    bits = [np.sum((zigzag >> k) + 1 + k, axis=1) for k in range(20)]
    return float(np.mean(np.min(bits, axis=0) + 5 + 18) / (8 * blocks.shape[1]))


def rice_bits(block: list[int]) -> int:
    """Bits of one block with the parameter that the machine code takes: near the mean."""
    zigzag = [2 * d if d >= 0 else -2 * d - 1 for d in np.diff(block).tolist()]
    k = 0
    while len(block) << k < sum(zigzag):
        k += 1
    return 18 + 5 + sum((one >> k) + 1 + k for one in zigzag)


def sizes(samples: np.ndarray) -> dict[str, float]:
    """Bytes a sample for each coding, without headers."""
    blocks = samples[: samples.size // BLOCK * BLOCK].reshape(-1, BLOCK)
    buffer = bytearray(codec.MAX_SAMPLE_SIZE * BLOCK)
    ours = [codec.encode_into(buffer, 0, block.tolist(), 0, BLOCK, 0) for block in blocks[:5000]]
    return {
        "raw, 18 bits in 3 bytes": 3.0,
        "varint without differences": varint_bytes(blocks),
        "first-difference varint (the wire)": float(np.mean(ours)) / BLOCK,
        "first-difference Rice, adaptive": rice_bytes(blocks),
    }


def false_accepts(seed: int) -> int:
    """Of so many frames with changed bytes, how many were taken for whole though they differ."""
    random = Random(seed)
    accepted = 0
    for _ in range(MUTATIONS):
        framed = frames.frame(8, random.randbytes(random.randrange(1, 60)))
        mutated = bytearray(framed)
        for _ in range(random.randrange(1, 6)):
            mutated[random.randrange(len(mutated))] ^= random.randrange(1, 256)
        reader = FrameReader()
        found = reader.feed(mutated) + reader.finish()
        accepted += any(one != framed for one in found)
    return accepted


def packed(samples: np.ndarray) -> tuple[list[bytes], np.ndarray]:
    """Blocks of a recording and how many samples each holds."""
    blocks = samples[: samples.size // BLOCK * BLOCK].reshape(-1, BLOCK).tolist()
    buffer = bytearray(codec.MAX_SAMPLE_SIZE * BLOCK)
    found = [bytes(buffer[: codec.encode_into(buffer, 0, one, 0, BLOCK, 0)]) for one in blocks]
    return found, np.full(len(found), BLOCK)


def host_decode_rate(samples: np.ndarray) -> float:
    """Samples a second through the host's decoder of whole recordings."""
    blocks, counts = packed(samples)
    start = process_time()
    for _ in range(20):
        unpack_samples(b"".join(blocks), counts)
    return 20 * counts.sum() / (process_time() - start)


def plain_decode_rate(samples: np.ndarray) -> float:
    """Samples a second through the decoder that both sides share."""
    blocks, counts = packed(samples)
    start = process_time()
    for data in blocks:
        codec.decode(data, BLOCK)
    return counts.sum() / (process_time() - start)


def main() -> None:
    """Print the table."""
    samples = ppg(sys.argv[1:])
    for name, size in sizes(samples).items():
        print(f"{name:40s} {size:6.3f} B/sample")
        figures.accuracy(name, size, "B/sample", tolerance=0.001)
    block = samples[100 : 100 + BLOCK].tolist()
    program = DEVICE.format(
        firmware=str(ROOT / "firmware"),
        shared=str(ROOT / "shared"),
        here=str(Path(__file__).parent),
        block=block,
        rice_bits=rice_bits(block),
    )
    run = subprocess.run([MICROPYTHON, "-c", program], capture_output=True, text=True, check=True)
    for line in run.stdout.splitlines():
        name, cost = line.split()
        print(f"{'MicroPython ' + name:40s} {float(cost):6.2f} us")
        if name in ("encode", "whole_frame", "unpack"):
            figures.cost(f"MicroPython, a million times {name}", float(cost))
    host, plain = host_decode_rate(samples), plain_decode_rate(samples)
    print(f"{'host decoder':40s} {host / 1e6:6.2f} M samples/s")
    print(f"{'shared decoder on CPython':40s} {plain / 1e6:6.2f} M samples/s")
    figures.cost("host decoder, a million samples", 1e6 / host)
    figures.cost("shared decoder, a million samples", 1e6 / plain)
    start = process_time()
    accepted = false_accepts(20260101)
    print(f"{f'false accepts in {MUTATIONS} mutations':40s} {accepted:6d}")
    print(f"{'':40s} {process_time() - start:6.1f} s")
    figures.count(f"false accepts in {MUTATIONS} mutations", accepted)


if __name__ == "__main__":
    main()
