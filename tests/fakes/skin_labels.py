"""Wrist recordings at 8 Hz whose 5 s epochs three experts judged, against the artefact mask."""

import gzip
from dataclasses import dataclass

import numpy as np

from dyadkit.signals import eda

RATE_HZ, EPOCH_SAMPLES = 8.0, 40
EPOCH_S = EPOCH_SAMPLES / RATE_HZ
SKIPPED, ARTEFACT = 0, 2
MAX_SLOPE_PER_S, MIN_USIEMENS = 0.2, 0.05


@dataclass(frozen=True)
class Labelled:
    """A recording, shape (n,) in µS, and its epochs: artefacts by two of three experts, judged."""

    name: str
    values: np.ndarray
    bad: np.ndarray
    judged: np.ndarray

    def counts(self, mask):
        """Epochs hit, falsely masked, missed and rightly kept; masked if any sample is."""
        found = mask[: len(self.bad) * EPOCH_SAMPLES].reshape(len(self.bad), -1).any(axis=1)
        bad = self.bad
        cells = (found & bad, found & ~bad, ~found & bad, ~found & ~bad)
        return np.array([np.sum(self.judged & cell) for cell in cells])

    def begin_in_artefacts(self, responses):
        """For each response within the labels, whether it begins in an epoch of artefacts."""
        epochs = np.array([int(one.onset_s // EPOCH_S) for one in responses], dtype=int)
        return self.bad[epochs[epochs < len(self.bad)]]


def recordings(folder):
    """All labelled recordings of `folder`."""
    return [_read(labels) for labels in sorted(folder.glob("*_Epochs.csv.gz"))]


def labelled(folder):
    """Epochs hit, falsely masked, missed and rightly kept, over all recordings of `folder`."""
    every = recordings(folder)
    return np.sum([one.counts(eda.artefacts(one.values, RATE_HZ)) for one in every], axis=0)


def one_line(values):
    """The rule in one line (Kleckner et al. 2018): a relative slope of more than 20 % a second."""
    slope = np.abs(np.diff(values, prepend=values[:1])) * RATE_HZ
    level = np.maximum(values, MIN_USIEMENS)
    return (slope / level > MAX_SLOPE_PER_S) | (values < MIN_USIEMENS)


def f1(counts):
    hits, false, missed, _ = counts
    return float(2 * hits / max(2 * hits + false + missed, 1))


def _read(labels):
    values = _columns(labels.with_name(labels.name.replace("_Epochs", "")), 8)[:, 5]
    votes = _columns(labels, 1, slice(3, 6))
    count = min(len(votes), len(values) // EPOCH_SAMPLES)
    bad = (votes[:count] == ARTEFACT).sum(axis=1) >= 2
    judged = (votes[:count] != SKIPPED).all(axis=1)
    return Labelled(labels.name.removesuffix("_Epochs.csv.gz"), values, bad, judged)


def _columns(path, skip, wanted=slice(None)):
    with gzip.open(path, "rt", encoding="latin-1") as file:
        rows = [line.strip().split(",") for line in file.readlines()[skip:] if line.strip()]
    return np.array([[float(cell) for cell in row[wanted]] for row in rows])
