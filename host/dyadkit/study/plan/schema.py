"""Schema of `study.toml`: which tables and keys there are, and what each may hold."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dyadkit.study.measures import MEASURES, PERSON_MEASURES
from dyadkit.study.plan.choices import StudyTest


@dataclass(frozen=True, slots=True)
class ValueKind:
    """Kind of a value: what it must be, in words, whether it is that, and which words are known."""

    words: str
    fits: Callable[[Any], bool]
    known: tuple[str, ...] = ()


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _between(low: float, high: float) -> ValueKind:
    return ValueKind(
        f"a number from {low:g} to {high:g}",
        lambda value: _is_number(value) and low <= value <= high,
    )


def _count(low: int) -> ValueKind:
    return ValueKind(
        f"a whole number, {low} or more",
        lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= low,
    )


def _one_of(words: tuple[str, ...]) -> ValueKind:
    return ValueKind("one of " + ", ".join(words), lambda value: value in words, words)


def _some_of(words: tuple[str, ...]) -> ValueKind:
    return ValueKind(
        "a list of " + ", ".join(words),
        lambda value: isinstance(value, list) and all(one in words for one in value),
        words,
    )


TEXT = ValueKind("a text", lambda value: isinstance(value, str) and value.strip() != "")
TEXTS = ValueKind(
    "a list of texts",
    lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
)
SHARE = _between(0.0, 1.0)
YES_NO = ValueKind("true or false", lambda value: isinstance(value, bool))

TABLES: dict[str, dict[str, ValueKind]] = {
    "study": {"name": TEXT, "sessions": TEXT, "participants": TEXT, "results": TEXT, "hash": TEXT},
    "roles": {"a": TEXT, "b": TEXT},
    "analysis": {
        "seed": _count(0),
        "max_lag_s": _between(1.0, 30.0),
        "others": _count(0),
        "hash": TEXT,
    },
    "measures": {"names": _some_of(tuple(MEASURES)), "conditions": TEXTS},
    "model": {"covariates": TEXTS},
    "exclude": {
        "min_minutes": _between(0.0, 1440.0),
        "min_skin_trusted": SHARE,
        "min_pulse_trusted": SHARE,
        "max_clock_bound_s": _between(0.0, 3600.0),
    },
    "partners": {"count": _count(0)},
    "hypothesis": {
        "name": TEXT,
        "measure": _one_of((*MEASURES, *PERSON_MEASURES)),
        "test": _one_of(tuple(test.value for test in StudyTest)),
        "condition": TEXT,
        "against": TEXT,
        "covariate": TEXT,
        "predictor": _one_of(PERSON_MEASURES),
        "primary": YES_NO,
    },
}
"""Every table of the file with its keys; `hypothesis` may stand there many times."""
MANY = "hypothesis"
REQUIRED = {"study": ("name",), "hypothesis": ("name", "measure", "test")}
