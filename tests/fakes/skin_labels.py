"""Wrist recordings at 8 Hz whose 5 s epochs three experts judged, against the artefact mask."""

import gzip

import numpy as np

from dyadkit.signals import eda

EPOCH_SAMPLES = 40
SKIPPED, ARTEFACT = 0, 2


def labelled(folder):
    """Epochs hit, falsely masked, missed and rightly kept, over all recordings of `folder`.

    An epoch is an artefact if two of three experts say so, and masked if any of its samples is.
    """
    return np.sum([_counts(labels) for labels in sorted(folder.glob("*_Epochs.csv.gz"))], axis=0)


def _counts(labels):
    values = _columns(labels.with_name(labels.name.replace("_Epochs", "")), 8)[:, 5]
    votes = _columns(labels, 1, slice(3, 6))
    count = min(len(votes), len(values) // EPOCH_SAMPLES)
    mask = eda.artefacts(values, 8.0)[: count * EPOCH_SAMPLES]
    found = mask.reshape(count, EPOCH_SAMPLES).any(axis=1)
    bad = (votes[:count] == ARTEFACT).sum(axis=1) >= 2
    judged = (votes[:count] != SKIPPED).all(axis=1)
    cells = (found & bad, found & ~bad, ~found & bad, ~found & ~bad)
    return [np.sum(judged & cell) for cell in cells]


def _columns(path, skip, wanted=slice(None)):
    with gzip.open(path, "rt", encoding="latin-1") as file:
        rows = [line.strip().split(",") for line in file.readlines()[skip:] if line.strip()]
    return np.array([[float(cell) for cell in row[wanted]] for row in rows])
