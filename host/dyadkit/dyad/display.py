"""Short forms of results: for a terminal, arrays by size, range and gaps; for notebooks, tables.

In a terminal what fits into one line is written as dataclasses are. What does not has a line a
field; the parts of a field are written out as far as there is room, and stand as `Name(…)` where
there is none.
"""

import dataclasses
from collections.abc import Iterable, Sequence
from enum import Enum
from html import escape
from textwrap import wrap
from typing import Any

import numpy as np
from numpy.typing import NDArray

WIDTH = 100
MAX_LINES = 20
_INDENT = "    "
_ROOM = WIDTH - len(_INDENT) - len(",")
_SHOWN_WHOLE = 4
"""So many elements of an array are shown themselves."""
_SOME_WORDS = 36
"""A text is cut where so many columns of it stay, and left out otherwise."""


def terminal_form(result: Any) -> str:
    """A dataclass in at most `MAX_LINES` lines of at most `WIDTH` columns.

    Examples
    --------
    >>> from dyadkit.dyad.traces import Mark, Trace
    >>> print(terminal_form(Mark(12.5, 12.5, "bell")))
    Mark(start_s=12.5, stop_s=12.5, label='bell', kind='event', person=None)
    >>> print(terminal_form(Trace(np.arange(9.0), np.full(9, np.nan), "counts", 1.0)))
    Trace(
        times_s=array(9, 0…8),
        values=array(9, all NaN),
        unit='counts',
        rate_hz=1.0,
        gaps_s=array(0×2),
        bounds_s=array(0),
        status=array(0),
        sensor='',
    )
    """
    whole = _text(result, depth=WIDTH)
    if len(whole) <= WIDTH:
        return whole
    shown = _shown(result)
    lines = _packed(shown) if len(shown) > MAX_LINES - 2 else _a_line_each(shown)
    return "\n".join([f"{_name(result)}(", *(_INDENT + line for line in lines), ")"])


def html_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Cells of text as a table for a notebook, escaped.

    Examples
    --------
    >>> html_table(["stream"], [["<eda>"]])
    '<table><tr><th>stream</th></tr><tr><td>&lt;eda&gt;</td></tr></table>'
    """
    lines = [_html_row("th", head), *(_html_row("td", row) for row in rows)]
    return f"<table>{''.join(lines)}</table>"


def html_list(sentences: Iterable[str]) -> str:
    """Sentences as a list for a notebook, escaped.

    Examples
    --------
    >>> html_list(["p < 0.001"])
    '<ul><li>p &lt; 0.001</li></ul>'
    """
    return f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in sentences)}</ul>"


def _html_row(cell: str, texts: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<{cell}>{escape(text)}</{cell}>' for text in texts)}</tr>"


def _a_line_each(shown: Sequence[tuple[str, Any]]) -> list[str]:
    """Fields of a result; long texts and containers over several lines while there is room."""
    spare = MAX_LINES - 2 - len(shown)
    lines = []
    for name, value in shown:
        line = f"{name}={_fitted(value, _ROOM - len(name) - 1)},"
        is_whole = line == f"{name}={_text(value, WIDTH)},"
        below = [] if is_whole else _broken(value, _ROOM - len(_INDENT))
        if 0 < len(below) < spare:
            opening, closing = "{}" if isinstance(value, dict) else "()"
            lines += [f"{name}={opening}", *(_INDENT + one for one in below), f"{closing},"]
            spare -= len(below) + 1
        else:
            lines.append(line)
    return lines


def _broken(value: Any, width: int) -> list[str]:
    """A text over several lines, or a container with a line an entry; nothing of anything else."""
    if isinstance(value, str):
        return [repr(line) for line in wrap(value, width - len("''"), drop_whitespace=False)]
    if isinstance(value, dict):
        keys = [f"{key!r}: " for key in value]
        return [
            f"{key}{_fitted(one, width - len(key))},"
            for key, one in zip(keys, value.values(), strict=True)
        ]
    if isinstance(value, list | tuple):
        return [f"{_fitted(one, width)}," for one in value]
    return []


def _packed(shown: Sequence[tuple[str, Any]]) -> list[str]:
    """Fields of a long result, at least two a line."""
    widest = (_ROOM - len(", ")) // 2
    lines = [""]
    for name, value in shown:
        text = f"{name}={_fitted(value, widest - len(name) - 1)},"
        if len(lines[-1]) + len(text) > _ROOM:
            lines.append("")
        lines[-1] += f" {text}" if lines[-1] else text
    return lines


def _fitted(value: Any, width: int) -> str:
    """A value in so many columns: whole, or with short parts, or as many of these as fit."""
    for depth in (2, 1):
        whole = _text(value, depth)
        if len(whole) <= width:
            return whole
    opening, parts, closing = _parts(value, depth=0)
    if not parts:
        return _cut(whole, width)
    whole = opening + ", ".join(parts) + closing
    return whole if len(whole) <= width else _as_many_as_fit(opening, parts, closing, width)


def _as_many_as_fit(opening: str, parts: Sequence[str], closing: str, width: int) -> str:
    room = width - len(f"{opening}, …{closing}")
    kept: list[str] = []
    for part in parts:
        if len(part) > room:
            is_text = part[-1] in "'\""
            kept += [_cut(part, room), "…"] if is_text and room >= _SOME_WORDS else ["…"]
            break
        kept.append(part)
        room -= len(part) + len(", ")
    return opening + ", ".join(kept) + closing


def _cut(text: str, width: int) -> str:
    """A text in quotes, or other text, with its end left out."""
    return f"{text[: width - 2]}…{text[-1]}"


def _text(value: Any, depth: int) -> str:
    """A value in one line, with so many levels of results inside each other written out."""
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not isinstance(value, Enum):
        return _number(value)
    if _is_result(value) and not depth:
        return f"{_name(value)}(…)"
    opening, parts, closing = _parts(value, depth)
    return opening + ", ".join(parts) + closing if parts else " ".join(repr(value).split())


def _parts(value: Any, depth: int) -> tuple[str, list[str], str]:
    """What a result or a container consists of, with its brackets; no parts in anything else."""
    if _is_result(value):
        inner = max(depth - 1, 0)
        texts = [f"{name}={_text(one, inner)}" for name, one in _shown(value)]
        return f"{_name(value)}(", texts, ")"
    if isinstance(value, dict):
        entries = [*value.items()][:WIDTH]
        return "{", [f"{key!r}: {_text(one, depth)}" for key, one in entries], "}"
    if not isinstance(value, list | tuple) or not value:
        return "", [], ""
    if not depth and _results(value):
        return "(", [f"{len(value)} × {_name(value[0])}"], ")"
    opening, closing = ("(", ")") if isinstance(value, tuple) else ("[", "]")
    single = "," if isinstance(value, tuple) and len(value) == 1 else ""
    return opening, [_text(one, depth) for one in value[:WIDTH]], single + closing


def _array(values: NDArray[Any]) -> str:
    size = "×".join(str(length) for length in values.shape)
    if not values.size:
        return f"array({size})"
    if values.dtype.kind not in "fiub":
        return f"array({size}, {values.dtype.name})"
    if values.ndim == 1 and len(values) <= _SHOWN_WHOLE:
        return f"array([{', '.join(_text(one, 0) for one in values)}])"
    if values.dtype.kind == "b":
        return f"array({size}, {_percent(values.mean())} True)"
    missing = np.isnan(values)
    if missing.all():
        return f"array({size}, all NaN)"
    low, high = (
        f"{one:.{_digits(one)}g}" for one in (values[~missing].min(), values[~missing].max())
    )
    span = f"all {low}" if low == high else f"{low}…{high}"
    return f"array({size}, {span}{f', {_percent(missing.mean())} NaN' if missing.any() else ''})"


def _percent(share: float) -> str:
    if 0 < share < 0.01:
        return "< 1 %"
    return "> 99 %" if 0.99 < share < 1 else f"{100 * share:.0f} %"


def _number(value: float) -> str:
    """As Python writes it where that is short, or in six digits; moments of Unix time in more."""
    exact = repr(value)
    return exact if len(exact) <= len("-0.12345") else f"{value:.{max(6, _digits(value))}g}"


def _digits(value: float) -> int:
    """Four digits, or as many as a number of samples or a time has before its point."""
    return 4 if abs(value) < 1e4 else 12


def _shown(result: Any) -> list[tuple[str, Any]]:
    return [(one.name, getattr(result, one.name)) for one in dataclasses.fields(result) if one.repr]


def _is_result(value: Any) -> bool:
    return dataclasses.is_dataclass(value) and not isinstance(value, type)


def _results(values: Any) -> bool:
    return all(_is_result(one) for one in values)


def _name(value: Any) -> str:
    return type(value).__qualname__
