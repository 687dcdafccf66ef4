"""Statement: one sentence on a session, with what it rests on and what it does not mean."""

from dataclasses import dataclass
from enum import StrEnum

from dyadkit.dyad.result import Result

_NAN = float("nan")


class About(StrEnum):
    """What a statement is about."""

    COUPLING = "coupling"
    LEADER = "leader"
    ANSWERS = "answers"
    PERSON = "person"
    PAIR = "pair"
    RECOVERY = "recovery"
    CONTEXT = "context"
    CAUTION = "caution"
    SCHEDULE = "schedule"
    LIMIT = "limit"
    COVERAGE = "coverage"


@dataclass(frozen=True, slots=True, eq=False)
class Statement(Result):
    """Statement on a session.

    about, signal : what it is of; `signal` is "eda", "heart_rate", or empty
    positive : whether it claims something beyond chance; only such statements cost error
    p, p_corrected : of its test, alone and within the session's family; NaN where it has none
    estimate, interval : the number behind it; NaN where there is none
    limits : what the sentence does not mean
    person : whom it is of, "a" or "b"; empty where it is of both
    """

    sentence: str
    about: About
    signal: str
    positive: bool
    p: float = _NAN
    p_corrected: float = _NAN
    estimate: float = _NAN
    interval: tuple[float, float] = (_NAN, _NAN)
    limits: str = ""
    person: str = ""
