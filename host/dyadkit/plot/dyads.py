"""Figure of a study: every dyad beside strangers, with its own interval."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from dyadkit.plot.style import BLACK, DOUBLE_MM, LINE, MUTED, canvas, plain

if TYPE_CHECKING:
    from dyadkit.study.whole_report import DyadEffect

MAX_SHOWN = 200
"""More dyads are read in the table of the study."""


@canvas(DOUBLE_MM, 120.0)
def dyads(effects: "Sequence[DyadEffect]", *, axes: Axes) -> Axes:
    """Forest of one measure: each dyad's value with 95 %, and its people with other partners.

    effects : those of one measure in one condition, of a study's `effects`

    Examples
    --------
    >>> from dyadkit.plot import example
    >>> len(dyads(example.effects()).get_yticks())
    4
    """
    plain(axes)
    shown = sorted(effects, key=lambda one: one.value)[-MAX_SHOWN:]
    rows = np.arange(len(shown))
    low, high = np.array([one.interval for one in shown]).reshape(-1, 2).T
    axes.hlines(rows, low, high, color=BLACK, lw=1.6)
    axes.plot([one.value for one in shown], rows, "o", color=BLACK, ms=5)
    axes.plot([one.strangers for one in shown], rows, "|", color=MUTED, ms=9, mew=1.8)
    axes.axvline(0.0, color=MUTED, lw=0.8, ls=(0, (2, 3)), zorder=-1)
    axes.set_yticks(rows, [one.dyad[:24] for one in shown])
    axes.grid(axis="y", color=LINE, lw=0.5)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.8, len(shown) - 0.2)
    return axes
