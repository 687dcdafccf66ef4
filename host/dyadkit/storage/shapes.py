"""Shapes of what a session says in JSON: facts of the whole, and entries of the host's log.

A file may be another program's, damaged or made to harm. What has the shape it must have goes on;
what has not is left out here, once, so that nobody above has to doubt the type of anything.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from dyadkit.dyad.limits import MAX_LABEL_LETTERS

MAX_NS = 1 << 63
"""Host times are below: 292 years of nanoseconds."""

Shape = Callable[[Any], bool]


def is_text(said: Any) -> bool:
    """Words, of any sensible length; half a letter, which JSON can write, is none."""
    if not isinstance(said, str) or len(said) > MAX_LABEL_LETTERS:
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in said)


def is_count(said: Any) -> bool:
    """A whole number from 0 on that fits into 63 bits."""
    return type(said) is int and 0 <= said < MAX_NS


def is_number(said: Any) -> bool:
    """A finite number."""
    return type(said) in (int, float) and abs(said) < MAX_NS and math.isfinite(said)


def is_person(said: Any) -> bool:
    """A person of a dyad."""
    return said in ("a", "b") and isinstance(said, str)


def is_person_or_both(said: Any) -> bool:
    """A person of a dyad, or nobody in particular."""
    return said is None or is_person(said)


def is_seconds(said: Any) -> bool:
    """A length of time."""
    return is_number(said) and said >= 0


def one_of(*words: str) -> Shape:
    """The shape of one of some words."""
    return lambda said: isinstance(said, str) and said in words


def each(of: Shape) -> Shape:
    """The shape of a list of such."""
    return lambda said: isinstance(said, list) and all(map(of, said))


def by_person(of: Shape) -> Shape:
    """The shape of such for one person or both."""
    return lambda said: (
        isinstance(said, dict) and all(is_person(one) and of(said[one]) for one in said)
    )


def is_flag(said: Any) -> bool:
    """Yes or no."""
    return isinstance(said, bool)


def is_plain(said: Any) -> bool:
    """Words, numbers and flags by name."""
    return isinstance(said, dict) and all(
        is_text(name) and (is_text(one) or is_number(one) or is_flag(one))
        for name, one in said.items()
    )


def is_clock_truth(said: Any) -> bool:
    """What a simulator's two clocks truly showed."""
    is_pair = isinstance(said, dict) and set(said) == {"a_us", "b_us"}
    if not is_pair or not all(map(each(is_count), said.values())):
        return False
    return len(said["a_us"]) == len(said["b_us"])


def is_right_used(said: Any) -> bool:
    """When a person withdrew, or their half was deleted."""
    return isinstance(said, dict) and is_text(said.get("on"))


MARK_KINDS = one_of("event", "condition", "note", "end", "undo")

FACTS: dict[str, Shape] = {
    "answer_turn_us": is_number,
    "began_utc": is_text,
    "completed_from_sha256": is_text,
    "clock_truth": is_clock_truth,
    "conditions": each(is_text),
    "consent": is_text,
    "duration_s": is_seconds,
    "dyad": is_text,
    "faults": each(is_text),
    "left_out": each(is_text),
    "missing_blocks": is_count,
    "missing_samples": is_count,
    "mode": is_text,
    "notes": each(is_text),
    "participants": by_person(is_text),
    "people": by_person(is_plain),
    "purged": by_person(is_right_used),
    "reconnects": is_count,
    "recovered": each(is_text),
    "recovered_from_sha256": is_text,
    "replayed": by_person(is_text),
    "roles": by_person(is_text),
    "sha256": is_text,
    "simulated": is_flag,
    "unfinished": each(is_text),
    "wearables": by_person(is_text),
    "withdrawn": by_person(is_right_used),
}  # fmt: skip
"""Facts whose shape somebody relies on; others may have any."""

ENTRIES: dict[str, dict[str, Shape]] = {
    "closed": {"person": is_person},
    "connected": {"person": is_person},
    "link lost": {"person": is_person},
    "mark": {"label": is_text},
    "phase": {"phase": is_text},
}
"""What an entry of the log must say."""

MAY_SAY: dict[str, dict[str, Shape]] = {
    "connected": {"address": is_text},
    "mark": {
        "kind": MARK_KINDS,
        "person": is_person_or_both,
        "seconds": is_seconds,
        "set_ns": is_count,
        "undoes_ns": is_count,
    },
    "session": {"about": lambda said: isinstance(said, dict), "marks_from_byte": is_count},
}
"""What an entry may leave out, and must say in this shape where it does not."""


def shaped_facts(said: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Facts that have the shape they must have, and the names of the others.

    Examples
    --------
    >>> shaped_facts({"participants": ["C07"], "simulated": True})
    ({'simulated': True}, ('participants',))
    """
    odd = tuple(name for name in said if name in FACTS and not FACTS[name](said[name]))
    return {name: said[name] for name in said if name not in odd}, odd


def is_entry(entry: Mapping[str, Any]) -> bool:
    """Whether an entry of the log has the shape of its event.

    Examples
    --------
    >>> is_entry({"event": "closed", "person": "a"}), is_entry({"event": "closed", "person": 7})
    (True, False)
    """
    event = entry.get("event")
    if not isinstance(event, str):
        return False
    needed, possible = ENTRIES.get(event, {}), MAY_SAY.get(event, {})
    return all(shape(entry.get(name, ...)) for name, shape in needed.items()) and all(
        shape(entry[name]) for name, shape in possible.items() if name in entry
    )
