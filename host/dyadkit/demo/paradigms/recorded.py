"""Recording of a kit: its people wear virtual wearables with the real firmware, marks are set."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from dyadkit.capture.progress import Progress
from dyadkit.capture.session import RecordingPlan
from dyadkit.demo import simulated
from dyadkit.demo.paradigms.kit import Kit
from dyadkit.demo.paradigms.rehearsal import Truth, paired
from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.errors import SessionError
from dyadkit.links import monotonic_ns
from dyadkit.sim.device.feed import SensorFeed
from dyadkit.storage.marks import set_mark

AIR_COUNTS = 1200
"""What the sensor sees of the room: less than a count for each microampere of light."""


def record_kit(
    kit: Kit,
    truth: Truth,
    circumstances: simulated.Circumstances,
    folder: Path,
    report: Callable[[Progress], None] = lambda _: None,
    stop: asyncio.Event | None = None,
) -> simulated.Performance:
    """Record one session of a kit through two virtual wearables; errors as `record_feeds`.

    Conditions are marked as an assistant does, by the recording's own clock, so they lie some
    seconds off what the bodies do: these began with the world, the recording once both linked.
    """
    pair = paired(kit, truth, circumstances.seed, spare_s=simulated.SETTLE_S)
    feeds = {
        person: _off(kit, person, feed)
        for person, feed in simulated.feeds_of(pair, circumstances).items()
    }
    facts = {
        "simulated": True,
        "truth": {"paradigm": kit.paradigm.value, "effect": truth.value},
        "people": {name: kit.people[k].facts() for k, name in enumerate(PERSONS)},
    }
    codes: dict[PersonName, str] = {"a": "SIM-A", "b": "SIM-B"}
    plan = RecordingPlan(
        folder, duration_s=kit.seconds, participants=codes, about=facts, seed=circumstances.seed
    )
    assistant = _Assistant(kit, folder)

    def watch(now: Progress) -> None:
        assistant.watch(now)
        report(now)

    return simulated.record_feeds(feeds, plan, circumstances, watch, stop)


class _Assistant:
    """Sets the mark of each condition as it begins."""

    def __init__(self, kit: Kit, folder: Path) -> None:
        self._due = list(kit.marks())
        self._folder = folder

    def watch(self, now: Progress) -> None:
        """Mark what has begun by now; before the session is there, later."""
        while self._due and 0.0 < now.elapsed_s >= self._due[0].start_s:
            try:
                set_mark(self._folder, monotonic_ns(), self._due[0].label, "condition")
            except SessionError:
                return
            self._due.pop(0)


def _off(kit: Kit, person: PersonName, feed: SensorFeed) -> SensorFeed:
    """The feed with the spans in which a sensor lies beside the body."""
    counts, usiemens = feed.ppg_counts.copy(), feed.eda_usiemens.copy()
    for off in kit.off:
        if off.person == person:
            counts[_span(off.start_s, off.stop_s, feed.ppg_rate_hz, len(counts))] = AIR_COUNTS
            usiemens[_span(off.start_s, off.stop_s, feed.eda_rate_hz, len(usiemens))] = 0.0
    if kit.people[PERSONS.index(person)].age_years < 1.0:
        usiemens = np.zeros_like(usiemens)
    return replace(feed, ppg_counts=counts, eda_usiemens=usiemens)


def _span(start_s: float, stop_s: float, rate_hz: float, length: int) -> slice:
    return slice(round(start_s * rate_hz), min(round(stop_s * rate_hz), length))
