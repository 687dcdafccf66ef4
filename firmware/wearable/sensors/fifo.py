"""The unpacking of samples from the bytes of a sensor's FIFO."""

from micropython import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from array import array

FULL_SCALE = (1 << 18) - 1


def unpack_plainly(
    raw: bytearray, first: int, step: int, count: int, samples: "array[int]"
) -> None:
    """Fill samples[:count] with 18-bit values whose high bytes lie at first, first + step, ..."""
    for index in range(count):
        samples[index] = (raw[first] & 0x03) << 16 | raw[first + 1] << 8 | raw[first + 2]
        first += step


def unpack_words(raw: bytearray, first: int, shift: int, count: int, samples: "array[int]") -> None:
    """Fill samples[:count] with signed words, low byte first, at first, first + 6, ..., shifted."""
    for index in range(count):
        word = raw[first] | raw[first + 1] << 8
        samples[index] = (word - 0x10000 if word & 0x8000 else word) >> shift
        first += 6


unpack = unpack_plainly
if not TYPE_CHECKING:
    try:
        from wearable.sensors import fifo_fast

        unpack = fifo_fast.unpack
    except (ImportError, SyntaxError, ValueError):
        pass  # a MicroPython that cannot compile for this processor
