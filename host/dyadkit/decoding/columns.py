"""Messages of one kind as columns: the vectorised twin of `messages.unpack`."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dyadkit.decoding.framing import Batch
from dyadkit.decoding.messages import is_possible
from dyadkit.dyad.arrays import Ints
from dyadwire import frames, messages

Columns: TypeAlias = Any
"""Record array: a field of a message is a column of this name."""

_TYPES = {"B": "u1", "H": "<u2", "I": "<u4", "Q": "<u8", "b": "i1", "h": "<i2", "i": "<i4"}


@dataclass(frozen=True, slots=True, eq=False)
class KindRows:
    """Frames of one kind among those of a batch.

    rows : shape (n,), which frames of the batch can be read, in order
    columns : their fixed fields, n of each
    tails : shape (n, 2), begin and end in the batch's data of what follows the fixed fields
    rejected : frames of the kind that are too short or hold what cannot be
    """

    rows: Ints
    columns: Columns
    tails: Ints
    rejected: int


def columns_of(layout: Any, batch: Batch, rows: Ints) -> KindRows:
    """Fields of frames of one kind, with the same rule for what can be true as `message_of`."""
    begins = batch.starts[rows] + frames.HEADER_SIZE
    tails = np.stack([begins + messages.size(layout), batch.ends[rows] - 4], axis=1)
    whole = tails[:, 0] <= tails[:, 1]
    record = _record_of(layout.LAYOUT, layout._fields)
    octets: NDArray[np.uint8] = np.frombuffer(batch.data, dtype=np.uint8)
    packed = octets[begins[whole, None] + np.arange(record.itemsize)]
    columns = packed.view(record).reshape(-1).view(np.recarray)
    possible = np.broadcast_to(is_possible(layout, columns), len(columns))
    kept = np.flatnonzero(whole)[possible]
    return KindRows(rows[kept], columns[possible], tails[kept], len(rows) - len(kept))


@cache
def _record_of(layout: str, names: tuple[str, ...]) -> np.dtype[np.void]:
    """Record type of a message's fixed fields; its tail has no letter in the layout."""
    found = re.findall(r"(\d*)([a-zA-Z])", layout)
    types = [f"S{size}" if letter == "s" else _TYPES[letter] for size, letter in found]
    return np.dtype(list(zip(names, types, strict=False)))
