"""Recording at this computer: radio or cable, a status line, keys for marks, Ctrl-C to stop."""

import asyncio
import contextlib
import shutil
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, TextIO

import typer

from dyadkit.capture.flash_copy import CopyProgress
from dyadkit.capture.outcome import Outcome
from dyadkit.capture.progress import Progress
from dyadkit.capture.pull import Pulled, PullPlan, pull
from dyadkit.capture.session import RecordingPlan, record
from dyadkit.cli.keys import MarkKeys
from dyadkit.cli.live.page import start_page
from dyadkit.cli.output import LINE_EACH_S, printable, say
from dyadkit.cli.terminal import pressed, stopped_by_signals
from dyadkit.devices.discovery import cable_links, radio_links
from dyadkit.devices.pairing import Members
from dyadkit.dyad.traces import PERSONS, PersonName
from dyadkit.links import Link
from dyadkit.links.ble import BleRadio
from dyadkit.links.usb import Cable
from dyadkit.live.recorder.desk import Desk
from dyadkit.live.recorder.view import MarkPad, PageLabels
from dyadwire.messages import NO_BATTERY

FindLinks = Callable[[Members], Awaitable[dict[PersonName, Link]]]
WIDTH = 118
CLEAR = 0.9
"""From this share of clear seconds on, a pulse is called clear."""


async def by_radio(members: Members) -> dict[PersonName, Link]:
    """Links over this computer's Bluetooth."""
    return await radio_links(members, BleRadio())


async def by_cable(members: Members) -> dict[PersonName, Link]:
    """Links over this computer's serial ports."""
    return await cable_links(members, Cable())


def record_here(
    links: FindLinks, members: Members, plan: RecordingPlan, keys: MarkKeys, page: int | None = None
) -> Outcome:
    """Record the two wearables of a dyad; both must be in reach at the start.

    page : port of a page that shows it, 0 for any that is free; None for no page
    """
    return asyncio.run(_record(links, members, plan, keys, page))


def pull_here(links: FindLinks, members: Members, plan: PullPlan) -> Pulled:
    """Fetch both wearables' flash; Ctrl-C leaves it to be gone on with."""
    is_seen = sys.stderr.isatty()

    async def run() -> Pulled:
        return await pull(plan, await links(members), PullLine())

    try:
        return asyncio.run(run())
    finally:
        if is_seen:
            typer.echo(err=True)


class PullLine:
    """How far a pull is: one line on the terminal, redrawn; elsewhere a line now and then."""

    def __init__(self) -> None:
        self._redraws = sys.stderr.isatty()
        self._said_s = float("-inf")

    def __call__(self, progress: dict[PersonName, CopyProgress]) -> None:
        """Show it."""
        line = "  ".join(
            f"{person} {one.segments} segments, {one.size_bytes >> 10} KiB, {one.later} to go"
            + (f" ({one.complaint})" if one.complaint and not one.segments else "")
            for person, one in progress.items()
        )
        if self._redraws:
            typer.echo(f"\r{_fitted(line)}", err=True, nl=False)
        elif time.monotonic() - self._said_s >= LINE_EACH_S:
            self._said_s = time.monotonic()
            say(line, err=True)


async def _record(
    find: FindLinks, members: Members, plan: RecordingPlan, keys: MarkKeys, page: int | None
) -> Outcome:
    links = await find(members)
    desk = Desk(plan.folder, plan.clock_ns, _labels(plan, keys))
    status = StatusLine(keys, desk=desk)
    loop = asyncio.get_running_loop()

    def report(progress: Progress) -> None:
        desk.report(progress)
        status(progress)

    with stopped_by_signals(loop, desk.stop.set), pressed(keys, loop) as is_typed:
        what = f"{keys.help()}; " if is_typed else ""
        say(f"{what}Ctrl-C stops and fetches what is missing", err=True)
        try:
            async with _shown(desk, page):
                return await record(desk.plan(plan), links, report, desk.stop)
        finally:
            with contextlib.suppress(OSError):
                typer.echo(err=True)


@contextlib.asynccontextmanager
async def _shown(desk: Desk, page: int | None) -> AsyncIterator[None]:
    """Have a page show the recording, from a process of its own; None: no page."""
    if page is None:
        yield
        return
    async with desk.opened():
        server = start_page(desk.folder, page)
        try:
            yield
        finally:
            server.terminate()


def _labels(plan: RecordingPlan, keys: MarkKeys) -> PageLabels:
    """What the page calls people and keys, as the recording was told."""
    roles = plan.about.get("roles", {})
    return PageLabels(
        str(plan.about.get("dyad", "")),
        dict(plan.participants),
        {person: str(roles.get(person, "")) for person in PERSONS},
        [MarkPad(label, "condition") for label in list(keys.conditions.values())[:9]],
    )


class StatusLine:
    """One line on the terminal, redrawn; the bell rings when something new is wrong.

    In a file or a pipe it is a line whenever something changes, and one now and then. With a desk
    it says what the page would: contact, quality, link, sync and battery of each person.
    """

    def __init__(
        self, keys: MarkKeys | None = None, to: TextIO | None = None, desk: Desk | None = None
    ) -> None:
        self._keys = keys
        self._desk = desk
        self._to = to or sys.stderr
        self._redraws = self._to.isatty()
        self._alarmed: set[str] = set()
        self._reported: tuple[str, ...] = ()
        self._reported_s = time.monotonic()

    def __call__(self, now: Progress) -> None:
        """Show how the recording goes."""
        words = [f"{person} {self._person(now, person)}" for person in now.states]
        seen = self._seen() if self._desk else words
        line = f"{now.phase.value} {now.elapsed_s:6.0f} s  {now.samples} samples  "
        line += "  ".join([*seen, *self._marks(now)])
        new = {_kind(alarm) for alarm in now.alarms}
        bell = "\a" if new - self._alarmed else ""
        self._alarmed = new
        for alarm in now.alarms[:1]:
            line += f"  ! {alarm}"
        reported = (now.phase.value, *words, *now.conditions, *sorted(new))
        with contextlib.suppress(OSError):  # a terminal that was closed ends no recording
            if self._redraws:
                self._to.write(f"\r{_fitted(line)}{bell}")
            elif reported != self._reported or self._is_due():
                self._to.write(f"{printable(line)}\n")
                self._reported_s = time.monotonic()
            self._to.flush()
        self._reported = reported

    def _is_due(self) -> bool:
        return time.monotonic() - self._reported_s > LINE_EACH_S

    def _marks(self, now: Progress) -> list[str]:
        """The condition that goes on, and which key begins which: [r rest] t talk."""
        keyed = {} if self._keys is None else self._keys.conditions
        keys = [
            f"[{key} {label}]" if label in now.conditions else f"{key} {label}"
            for key, label in keyed.items()
        ]
        others = [f"[{one}]" for one in now.conditions if one not in keyed.values()]
        counted = [f"{now.marks} mark{'s' * (now.marks > 1)}"] * bool(now.marks)
        answer = [self._keys.answer] if self._keys and self._keys.answer else []
        shown = " ".join([*keys, *others])
        return [*counted, *([shown] if shown else []), *answer]

    def _seen(self) -> list[str]:
        """Each person as the page shows them, in a few words."""
        people = self._desk.state()["people"] if self._desk else {}
        return [f"{person} {person_words(one)}" for person, one in people.items()]

    @staticmethod
    def _person(now: Progress, person: PersonName) -> str:
        percent = now.battery_percent.get(person, NO_BATTERY)
        charge = "" if percent == NO_BATTERY else f" {percent} %"
        return now.states[person].value + charge


def person_words(one: Mapping[str, Any]) -> str:
    """One person's state as the page is told it, as words of a line: the worst thing, or numbers.

    Examples
    --------
    >>> person_words({"word": "Good", "concerns": [], "bpm": 71.3, "usiemens": 4.12,
    ...               "clear": 1.0, "bound_s": 0.0012, "battery_percent": 84})
    'Good 71 bpm 4.1 µS clear ±1.2 ms 84 %'
    >>> person_words({"word": "Link lost", "concerns": [{"says": "b: link lost 0:28"}]})
    'Link lost'
    """
    if one["concerns"]:
        return str(one["word"])
    parts = [
        (one["bpm"], "{:.0f} bpm"),
        (one["usiemens"], "{:.1f} µS"),
        (one["clear"], "clear" if (one["clear"] or 0) >= CLEAR else "{:.0%} clear"),
        (None if one["bound_s"] is None else one["bound_s"] * 1e3, "±{:.1f} ms"),
        (one["battery_percent"], "{} %"),
    ]
    return " ".join(
        [one["word"], *(how.format(value) for value, how in parts if value is not None)]
    )


def _fitted(line: str) -> str:
    """A line as wide as the terminal, so that drawing it again covers it."""
    width = min(WIDTH, shutil.get_terminal_size((WIDTH + 1, 24)).columns - 1)
    return printable(line)[:width].ljust(width)


def _kind(alarm: str) -> str:
    """An alarm without its numbers: the same alarm a second later is not a new one."""
    return "".join(letter for letter in alarm if not letter.isdigit())
