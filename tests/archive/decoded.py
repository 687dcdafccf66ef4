"""What a stored session decodes to, as hashes."""

import hashlib
from pathlib import Path

import numpy as np

from dyadkit.decoding.decode import decode
from dyadkit.storage import read_session

PERSONS = ("a", "b")
COLUMNS = ("sequences", "counters", "stamps_us", "counts", "status", "samples")


def hashes_of(file: Path):
    """SHA-256 of every stream's columns, the exchanges, hellos and units, by person."""
    stored = read_session(file)
    found = {}
    for person in PERSONS:
        decoded = decode(stored.topics[f"{person}/heard"], stored.topics[f"{person}/said"])
        for (boot, stream), run in sorted(decoded.runs.items()):
            digest = hashlib.sha256()
            for name in COLUMNS:
                digest.update(np.ascontiguousarray(getattr(run, name), dtype="<i8").tobytes())
            found[f"{person} boot {boot} stream {stream}"] = digest.hexdigest()
        said = [
            [tuple(one) for one in decoded.exchanges],
            [(at_ns, tuple(hello)) for at_ns, hello in decoded.hellos],
            sorted((number, tuple(info)) for number, info in decoded.infos.items()),
            decoded.rejected,
        ]
        found[f"{person} exchanges, hellos, units"] = hashlib.sha256(
            repr(said).encode()
        ).hexdigest()
    return found
