"""What a page or a program may ask: words, fields and their shapes; all else is refused."""

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from dyadkit.dyad.limits import MAX_LABEL_LETTERS
from dyadkit.live.door import Message

MAX_TEXT_BYTES = 16 << 10
"""Of one request: a note of a long paragraph and its frame are a tenth of it."""
MAX_POINTS = 20_000


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MAX_LABEL_LETTERS


def _is_person(value: Any) -> bool:
    return value in ("a", "b", None)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_words(value: Any) -> bool:
    return isinstance(value, dict) and len(value) <= 2 and all(map(_is_word, value.values()))


def _is_pads(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= 9 and all(isinstance(x, dict) for x in value)


Shape = Callable[[Any], bool]
_MARK: Mapping[str, Shape] = {
    "label": _is_word, "label_kind": _is_word, "person": _is_person, "ago_s": _is_number,
}  # fmt: skip
ASKED: Mapping[str, Mapping[str, Shape]] = {
    "find": {},
    "blink": {"address": _is_word},
    "pair": {"address": _is_word, "person": _is_person},
    "labels": {
        "title": _is_word, "codes": _is_words, "roles": _is_words, "pads": _is_pads,
        "silent": _is_flag, "blind": _is_flag,
    },
    "check": {},
    "start": {},
    "stop": {},
    "mark": _MARK,
    "end": {"person": _is_person, "ago_s": _is_number},
    "undo": {},
    "trouble": {"person": _is_person, "seconds": _is_number},
    "speed": {"speed": _is_number, "paused": _is_flag},
    "history": {"from_s": _is_number, "to_s": _is_number, "points": _is_number},
}  # fmt: skip
"""Every word that may be asked, with the fields it may have."""


def read_request(text: str | bytes | None) -> Message:
    """A request out of what came over a socket or as a body.

    Raises
    ------
    ValueError
        it is too long, no JSON object, or has a field of another shape

    Examples
    --------
    >>> read_request('{"do": "mark", "label": "bell", "ago_s": 0.2, "id": 3}')
    {'do': 'mark', 'label': 'bell', 'ago_s': 0.2, 'id': 3}
    """
    if text is None or len(text) > MAX_TEXT_BYTES:
        raise ValueError(f"a request is a text of {MAX_TEXT_BYTES >> 10} KiB at most")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("a request is one JSON object") from None
    if not isinstance(said, dict):
        raise ValueError("a request is one JSON object")
    return checked(said)


def checked(said: Message) -> Message:
    """A request whose word is known and whose fields have their shapes.

    Raises
    ------
    ValueError
        a word or field is not known, or of another shape
    """
    word = said.get("do")
    shapes = ASKED.get(word) if isinstance(word, str) else None
    if shapes is None:
        raise ValueError(f"do is one of {', '.join(ASKED)}")
    for name, value in said.items():
        if name in ("do", "id"):
            continue
        if name not in shapes:
            raise ValueError(f"{word} has no field {name[:40]!r}")
        if not shapes[name](value):
            raise ValueError(f"{name} of {word} has another shape")
    if not (said.get("id") is None or _is_number(said["id"])):
        raise ValueError("id is a number")
    return said
