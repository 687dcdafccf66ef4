"""Outcome of a recording: what it ended with, and what to do about what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dyadkit.capture.wearable import Capture, CaptureState
from dyadkit.links.usb import is_cable


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of a recording.

    missing_blocks : blocks that neither radio nor flash could give
    missing_samples : samples in gaps, those lost at a sensor included
    unfinished : a sentence for each wearable that did not give all it has
    notes : what was noticed and does not change the data
    """

    folder: Path
    duration_s: float
    missing_blocks: int
    reconnects: int
    faults: tuple[str, ...]
    missing_samples: int = 0
    unfinished: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def has_gaps(self) -> bool:
        """Whether anything is missing that was or should have been recorded."""
        return bool(self.missing_blocks or self.missing_samples or self.unfinished)

    def sentences(self) -> list[str]:
        """Lines for a person."""
        lines = [f"recorded {self.duration_s:.0f} s to {self.folder}"]
        if self.reconnects:
            lines.append(f"links were lost and found again {self.reconnects} times")
        if self.missing_samples or self.missing_blocks:
            lines.append(
                f"{self.missing_samples} samples are missing ({self.missing_blocks} blocks could "
                f"not be fetched): dyadkit info {self.folder} says where"
            )
        return [*lines, *self.unfinished, *(f"note: {note}" for note in self.notes)]


def outcome_of(
    place: tuple[Path, str],
    duration_s: float,
    captures: Sequence[Capture],
    notes: tuple[str, ...],
) -> Outcome:
    """Outcome of captures that have come to their end; `place` is the folder and the dyad."""
    folder, dyad = place
    undrained = sum(
        wanted.stop - wanted.first for one in captures for wanted in one.backfill.missing()
    )
    return Outcome(
        folder,
        duration_s,
        undrained + sum(one.backfill.not_in_flash for one in captures),
        sum(max(one.tally.connects - 1, 0) for one in captures),
        tuple(fault for one in captures for fault in one.tally.faults),
        sum(gap.samples for one in captures for gap in one.backfill.gaps()),
        tuple(
            _unfinished(one, folder, dyad)
            for one in captures
            if one.state is not CaptureState.CLOSED
        ),
        notes,
    )


def ways_out(folder: Path, dyad: str) -> str:
    """What to do about a session that could not be written to its end."""
    return (
        f"what is on disk: dyadkit recover {folder} --out {folder}-saved (where there is room); "
        f"what the wearables still hold of it: dyadkit pull {dyad} --completes {folder}-saved "
        f"--out {folder}-whole"
    )


def _unfinished(capture: Capture, folder: Path, dyad: str) -> str:
    person = capture.person
    if capture.state is CaptureState.UNFIT:
        return capture.complaint
    if not capture.tally.connects:
        return f"wearable {person} was never reached ({capture.complaint or 'no answer'})"
    wired = is_cable(capture.link.address)
    away = "did not answer over its cable" if wired else "was out of reach"
    return (
        f"wearable {person} {away} at the end: what it recorded since is in its flash; "
        f"once it is back: dyadkit pull {dyad} --completes {folder} --out {folder}-whole"
    )
