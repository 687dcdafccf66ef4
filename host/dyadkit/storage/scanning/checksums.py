"""Checksums of any stretch of bytes in constant time, for files made to cost.

A header that could begin a message costs a checksum over all that it claims. In an honest file
nearly every such header is right; a crafted one can hold a wrong one each dozen bytes, and each
claims a megabyte. CRC-32 is linear, so the sum of a stretch follows from the sums of what ends
where it begins and where it ends (as in zlib's `crc32_combine`).
"""

import zlib
from functools import cache

from dyadkit.storage.layout import GUARDED

_EACH = 256
"""Between places whose sum is kept: as little as the steps in between cost."""
_POLYNOMIAL = 0xEDB88320
_BITS = 32


class StretchSums:
    """Sums of all beginnings of some bytes, from which that of any stretch follows.

    Examples
    --------
    >>> data = bytes(range(256)) * 40
    >>> StretchSums(data).crc32(1000, 9000, 7) == zlib.crc32(data[1000:9000], 7)
    True
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._until = [0]
        for begin in range(0, len(data), _EACH):
            self._until.append(zlib.crc32(data[begin : begin + _EACH], self._until[-1]))

    def crc32(self, start: int, stop: int, before: int = 0) -> int:
        """As `zlib.crc32(data[start:stop], before)`."""
        return _behind_zeros(self._to(start) ^ before, stop - start) ^ self._to(stop)

    def guard(self, channel: int, host_ns: int, start: int, stop: int) -> int:
        """As `layout.guard` of the content from start to stop."""
        return self.crc32(start, stop, zlib.crc32(GUARDED.pack(channel, host_ns)))

    def _to(self, stop: int) -> int:
        """Sum of all bytes before `stop`."""
        place = stop // _EACH
        return zlib.crc32(self._data[place * _EACH : stop], self._until[place])


def _behind_zeros(crc: int, count: int) -> int:
    """What a sum becomes when so many zero bytes follow, itself linear in the sum."""
    power = 0
    while count:
        if count & 1:
            low, second, third, high = _tables(power)
            crc = (
                low[crc & 0xFF]
                ^ second[crc >> 8 & 0xFF]
                ^ third[crc >> 16 & 0xFF]
                ^ high[crc >> 24]
            )
        count >>= 1
        power += 1
    return crc


@cache
def _tables(power: int) -> tuple[list[int], ...]:
    """Effect of 2 ** power zero bytes on a sum, by the value of each of its four bytes."""
    columns = _columns(power)
    return tuple(
        [_combined(value << shift, columns) for value in range(256)] for shift in (0, 8, 16, 24)
    )


@cache
def _columns(power: int) -> list[int]:
    """Effect of 2 ** power zero bytes on each single bit of a sum."""
    if power:
        half = _columns(power - 1)
        return [_combined(column, half) for column in half]
    columns = []
    for bit in range(_BITS):
        crc = 1 << bit
        for _ in range(8):
            crc = crc >> 1 ^ (_POLYNOMIAL if crc & 1 else 0)
        columns.append(crc)
    return columns


def _combined(value: int, columns: list[int]) -> int:
    combined, bit = 0, 0
    while value:
        if value & 1:
            combined ^= columns[bit]
        value >>= 1
        bit += 1
    return combined
