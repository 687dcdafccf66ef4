# mypy: ignore-errors
# ruff: noqa: F821 - viper's pointer types exist only inside its compiler
"""Other codings of samples as machine code, for comparison with the wire's; run by MicroPython."""

import micropython


@micropython.viper
def raw(buffer: ptr8, samples: ptr32, count: int):
    """Three bytes a sample."""
    index = 0
    at = 0
    while index < count:
        value = samples[index]
        buffer[at] = value & 0xFF
        buffer[at + 1] = (value >> 8) & 0xFF
        buffer[at + 2] = (value >> 16) & 0xFF
        at += 3
        index += 1


@micropython.viper
def varint(buffer: ptr8, samples: ptr32, count: int) -> int:
    """Zigzag varints of the samples themselves; their bytes."""
    index = 0
    at = 0
    while index < count:
        rest = samples[index] << 1
        while rest >= 0x80:
            buffer[at] = (rest & 0x7F) | 0x80
            at += 1
            rest >>= 7
        buffer[at] = rest
        at += 1
        index += 1
    return at


@micropython.viper
def rice(buffer: ptr8, samples: ptr32, count: int) -> int:  # noqa: PLR0915 - a call costs a sample
    """First value in 18 bits, parameter in 5, then Rice codes of first differences; their bits."""
    total = 0
    index = 1
    while index < count:
        difference = samples[index] - samples[index - 1]
        total += (difference << 1) ^ -((difference >> 31) & 1)
        index += 1
    low = 0
    while (count << low) < total:
        low += 1
    bits = (samples[0] << 5) | low
    held = 23
    at = 0
    index = 1
    while index < count:
        while held >= 8:
            held -= 8
            buffer[at] = (bits >> held) & 0xFF
            at += 1
        difference = samples[index] - samples[index - 1]
        zigzag = (difference << 1) ^ -((difference >> 31) & 1)
        ones = zigzag >> low
        while ones >= 16:
            bits = (bits << 16) | 0xFFFF
            held += 16
            while held >= 8:
                held -= 8
                buffer[at] = (bits >> held) & 0xFF
                at += 1
            ones -= 16
        bits = (bits << (ones + 1)) | ((1 << (ones + 1)) - 2)
        held += ones + 1
        while held >= 8:
            held -= 8
            buffer[at] = (bits >> held) & 0xFF
            at += 1
        bits = (bits << low) | (zigzag & ((1 << low) - 1))
        held += low
        index += 1
    buffer[at] = (bits << (8 - held)) & 0xFF
    return at * 8 + held
