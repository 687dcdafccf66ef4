# mypy: ignore-errors
# ruff: noqa: F821, ANN201 - viper's pointer types exist only inside its compiler
"""`cipher.xor_into` as machine code, for interpreters that can compile it."""

import micropython


@micropython.viper
def xor_into(target: ptr8, start: int, end: int, pad: ptr8):
    """See `cipher.xor_plainly`."""
    index = 0
    while start < end:
        target[start] ^= pad[index]
        start += 1
        index += 1
