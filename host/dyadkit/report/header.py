"""Head of a page: whose session, when, where it comes from, with what it was measured."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from dyadkit.analysis.findings import Findings
from dyadkit.dyad.provenance import SessionOrigin, Whence
from dyadkit.dyad.traces import PERSONS

UNTOLD = "not told"
_ID_SHOWN, _HASH_SHOWN = 4, 12


@dataclass(frozen=True, slots=True)
class Head:
    """Head of a page.

    whence : the one of the four words of `Whence` that is true, or several of many sessions
    people : what a and b are called; empty where they have no names
    facts : label and text of each
    """

    whence: tuple[Whence, ...]
    people: tuple[str, str]
    subject: str
    kicker: str
    facts: tuple[tuple[str, str], ...]
    every: tuple[Whence, ...] = tuple(Whence)

    @property
    def origin_words(self) -> str:
        """The true words, for the edge of a printed page."""
        return ", ".join(self.whence)


def head_of(findings: Findings) -> Head:
    """Head of the page of one session."""
    origin = findings.origin or SessionOrigin(whence_of(findings)[0])
    conditions = dict.fromkeys(one.label for one in findings.marks if one.kind == "condition")
    length = f"{findings.duration_s / 60:.1f} min"
    if conditions:
        length += f", {len(conditions)} condition{'s' * (len(conditions) > 1)}"
    kicker = f"Session {short_name(findings.source)}"
    if findings.whence:
        kicker += f" · {findings.whence}"
    return Head(
        (origin.whence,),
        findings.participants if all(findings.participants) else ("", ""),
        ", ".join(conditions),
        kicker,
        (("When", when(origin.began)), ("How long", length), *_equipment(origin)),
    )


def _equipment(origin: SessionOrigin) -> list[tuple[str, str]]:
    worn = (origin.a, origin.b)
    rows = [
        ("Wearables", [f"…{one.wearable[-_ID_SHOWN:]}" if one.wearable else "" for one in worn]),
        ("Firmware", [one.firmware for one in worn]),
        ("Skin sensor calibrated", [one.calibrated for one in worn]),
    ]
    found = [(label, _of_both(texts)) for label, texts in rows]
    data = f"sha256 {origin.sha256[:_HASH_SHOWN]}…" if origin.sha256 else "not stored"
    return [*found, ("Data", data)]


def _of_both(texts: list[str]) -> str:
    if not any(texts):
        return UNTOLD
    if texts[0] == texts[1]:
        return f"{texts[0]}, both"
    return ", ".join(f"{n} {text or UNTOLD}" for n, text in zip(PERSONS, texts, strict=True))


class HasOrigin(Protocol):
    """Whatever says whether its people were simulated, and what it is a replay of."""

    @property
    def simulated(self) -> bool:
        """Whether no one was recorded."""

    @property
    def replayed(self) -> tuple[str, ...]:
        """What it is a replay of."""


def whence_of(result: HasOrigin) -> tuple[Whence, ...]:
    """The word for results that do not keep their origin; imported ones count as recorded."""
    if result.replayed:
        return (Whence.REPLAYED,)
    return (Whence.SIMULATED,) if result.simulated else (Whence.RECORDED,)


def when(began: str) -> str:
    """A moment as people write it; as it was given where it is no ISO 8601.

    Examples
    --------
    >>> when("2026-11-30T17:41:29+00:00"), when("")
    ('30 Nov 2026, 17:41 UTC', 'not told')
    """
    if not began:
        return UNTOLD
    try:
        moment = datetime.fromisoformat(began)
    except ValueError:
        return began
    zone = moment.strftime("%Z")
    return f"{moment.day} {moment:%b %Y, %H:%M}{f' {zone}' if zone else ''}"


def short_name(source: str) -> str:
    """The session's own name out of its path; a file named session.mcap says nothing by itself."""
    path = Path(source.replace("\\", "/"))
    return path.parent.name if path.name == "session.mcap" else path.stem or "session"
