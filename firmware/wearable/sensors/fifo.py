"""Samples out of the bytes of a sensor's FIFO."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array


def unpack(raw: bytearray, first: int, step: int, count: int, samples: "array[int]") -> None:
    """Fill samples[:count] with the 18-bit values whose high byte lies at first, first + step, ..."""
    for index in range(count):
        samples[index] = (raw[first] & 0x03) << 16 | raw[first + 1] << 8 | raw[first + 2]
        first += step


if not TYPE_CHECKING:
    try:
        from wearable.sensors.fifo_fast import unpack  # noqa: F811 - the same as machine code
    except (ImportError, SyntaxError, ValueError):
        pass  # a MicroPython that cannot compile for this processor
