"""Circular shifts, the default null: one person's series moved against the other's."""

from dataclasses import dataclass

import numpy as np

from dyadkit.synchrony.chance.extreme import Excess, excess, tail_p
from dyadkit.synchrony.chance.question import MIN_SHIFT_S, NullResult, Question

FEW_BLOCKS = 12.0


@dataclass(frozen=True, slots=True)
class CircularShift:
    """Chance as misalignment: everything stays but who was where when.

    It cannot see a schedule that both people share; for that, compare with `PseudoDyads`.

    count : None uses every admissible shift exactly, with an extreme-value p; a number draws so
        many at random and gives p = (1 + #{null >= observed}) / (count + 1)
    min_shift_s : smallest shift; never less than three times the largest lag

    Raises
    ------
    ValueError
        a count below 1

    Examples
    --------
    >>> from dyadkit.synchrony.coupling import couple
    >>> rng = np.random.default_rng(1)
    >>> a = rng.standard_normal(1206)
    >>> b = a[:1200] + 2.0 * rng.standard_normal(1200)
    >>> couple(a[6:], b, rate_hz=4.0, null=CircularShift(count=99)).p     # the least ranks can say
    0.01
    >>> couple(a[6:], b, rate_hz=4.0, null=CircularShift()).p < 0.001
    True

    References
    ----------
    Jenkinson 1955 (the extreme-value law)
    """

    count: int | None = None
    min_shift_s: float = MIN_SHIFT_S

    def __post_init__(self) -> None:
        """Refuse nonsense."""
        if self.count is not None and self.count < 1:
            raise ValueError(f"count must be at least 1, not {self.count}")

    def judge(self, question: Question, seed: int) -> NullResult:
        """Compare the pair with its own shifted versions."""
        rng = np.random.default_rng(seed)
        found = excess(question.curves, question.windows(self.min_shift_s), rng)
        observed = float(found.observed)
        if self.count is None:
            p, null = tail_p(found), found.null
        else:
            chosen = rng.integers(len(found.null), size=self.count)
            null = found.null[chosen]
            p = (1.0 + float(np.sum(null >= observed))) / (self.count + 1.0)
        mean, sd = float(null.mean()), float(null.std())
        return NullResult(
            p, observed, mean, sd, len(null), found.blocks, "circular shift", _warnings(found)
        )


def _warnings(found: Excess) -> tuple[str, ...]:
    if found.blocks >= FEW_BLOCKS:
        return ()
    return (
        f"only {found.blocks:.0f} independent shifts (below {FEW_BLOCKS:.0f}): p is approximate; "
        "record longer or lower max_lag_s",
    )
