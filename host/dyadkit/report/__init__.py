"""Reports: self-contained pages of a session or of weeks, quality first, numbers with their doubt.

Rules of this room: findings in, HTML out. It tests and decides nothing; what may be said comes
from `analysis`, and each of its sentences is shown as it is. All it computes is what figures need.

Start reading at `page.render`: the sections in their order (`data_quality`, `people`, `coupling`,
`regulation`), with `figures`, `words` and the templates beneath; `weeks` is the other page.
"""

from dyadkit.report.page import render

__all__ = ["render"]
