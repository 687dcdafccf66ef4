# mypy: ignore-errors
# ruff: noqa: F821, ANN201 - viper's pointer types exist only inside its compiler
"""`fifo.unpack` as machine code, for interpreters that can compile it."""

import micropython


@micropython.viper
def unpack(raw: ptr8, first: int, step: int, count: int, samples: ptr32):
    """See `fifo.unpack`."""
    index = 0
    while index < count:
        samples[index] = ((raw[first] & 0x03) << 16) | (raw[first + 1] << 8) | raw[first + 2]
        first += step
        index += 1
