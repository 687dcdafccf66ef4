"""Reports: self-contained pages of a session or of weeks, quality first, numbers with their doubt.

Rules of this room: findings in, HTML out. It tests and decides nothing; what may be said comes
from `analysis`, and each of its sentences is shown as it is, beside its number.

Start reading at `page.render`: the box of `sections.minute`, its evidence in the same order, the
decisions and `methods`; `drawing` puts figures of `dyadkit.plot` into a page. `participant`,
`weeks`, `study_page` and `bringup_page` are other pages.
"""

from dyadkit.dyad.renderers import Audience
from dyadkit.report.page import render

__all__ = ["Audience", "render"]
