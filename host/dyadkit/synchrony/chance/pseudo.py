"""Pseudo-dyads: partners from other sessions, the null that knows about shared schedules."""

from dataclasses import dataclass
from enum import Enum

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.errors import SignalError
from dyadkit.synchrony.chance.extreme import Excess, excess
from dyadkit.synchrony.chance.question import NullResult, Question
from dyadkit.synchrony.grid import checked_values

FEW_PARTNERS = 19


class SessionTime(Enum):
    """Session time of a pseudo partner: which moments of another session it brings.

    SAME keeps what happened when, and so controls a schedule, task or stimulus all sessions shared.
    ANY adds partners moved in time, which is more values but no such control.
    """

    SAME = "same"
    ANY = "any"


@dataclass(frozen=True, slots=True, eq=False)
class PseudoDyads:
    """Chance as people of the same role who never met; p = (1 + #{null >= observed}) / (B + 1).

    The only null here that keeps a schedule, film or task all sessions shared. With `SAME` p cannot
    go below 1 / (pseudo-dyads + 1): 5 % needs nineteen of them.

    partners : other sessions' b, one series each, on the same grid from the session's start
    partners_of_b : other sessions' a, to be paired with b; may be empty
    time : whether partners keep their time in the session
    count : how many values to draw in all when the time is ANY

    Raises
    ------
    ValueError
        no partner at all
    SignalError
        a partner's series covers less than half of the session

    Examples
    --------
    Ten pairs of strangers saw one film; one of the pairs, by either null:

    >>> from dyadkit.synchrony.coupling import couple
    >>> rng = np.random.default_rng(0)
    >>> a, b, *others = rng.standard_normal(1200) + rng.standard_normal((20, 1200))
    >>> couple(a, b, rate_hz=4.0).p < 0.001
    True
    >>> round(couple(a, b, rate_hz=4.0, null=PseudoDyads(tuple(others))).p, 2)
    0.21

    References
    ----------
    Bernieri, Reznick & Rosenthal 1988, J. Pers. Soc. Psychol. 54, 243–253 (pseudosynchrony)
    """

    partners: tuple[Floats, ...]
    partners_of_b: tuple[Floats, ...] = ()
    time: SessionTime = SessionTime.SAME
    count: int = 999

    def judge(self, question: Question, seed: int) -> NullResult:
        """Compare the pair with pseudo pairs."""
        found = self._pseudo_pairs(question)
        if self.time is SessionTime.SAME:
            null = np.array([float(pair.observed) for pair in found])
        else:
            rng = np.random.default_rng(seed)
            pool = [pair.null[rng.integers(len(pair.null), size=self.count)] for pair in found]
            null = np.stack(pool)[np.arange(self.count) % len(pool), np.arange(self.count)]
        observed = float(excess(question.curves, question.windows()).observed)
        p = (1.0 + float(np.sum(null >= observed))) / (len(null) + 1.0)
        name = f"pseudo-dyads, {self.time.value} time"
        mean, sd = float(null.mean()), float(null.std())
        return NullResult(p, observed, mean, sd, len(null), float(len(found)), name, _few(found))

    def _pseudo_pairs(self, question: Question) -> list[Excess]:
        """Each pseudo pair's excess over its own shifts."""
        statistic, rate_hz, n = question.statistic, question.rate_hz, len(question.a)
        prepared = [statistic.prepared(fitted(s, n), rate_hz) for s in self.partners]
        curves = [statistic.curves(question.prepared_a, partner) for partner in prepared]
        prepared = [statistic.prepared(fitted(s, n), rate_hz) for s in self.partners_of_b]
        curves += [statistic.curves(partner, question.prepared_b) for partner in prepared]
        if not curves:
            raise ValueError("pseudo-dyads need at least one partner from another session")
        return [excess(one, question.windows()) for one in curves]


def fitted(series: Floats, n: int) -> Floats:
    """A partner's series on a session of n samples: cut, or with the missing end as NaN."""
    values = checked_values(series, "a partner's series")[:n]
    if np.isfinite(values).sum() < n / 2:
        raise SignalError("a partner's series covers less than half of this session: leave it out")
    return np.pad(values, (0, n - len(values)), constant_values=np.nan)


def _few(found: list[Excess]) -> tuple[str, ...]:
    if len(found) >= FEW_PARTNERS:
        return ()
    return (f"only {len(found)} pseudo-dyads: p cannot go below {1 / (len(found) + 1):.2f}",)
