"""Record two people's autonomic physiology on one clock; measure how they move together.

From a recorded session to its report; `load` gives both people's traces and marks on one time
line, `analyze` every estimate with its uncertainty and what chance gives:

>>> import dyadkit
>>> dyad = dyadkit.load("session-12")
>>> result = dyadkit.analyze(dyad, seed=0)
>>> result.coupling["eda"].leader
<Leader.A: 'a'>
>>> result.save("session-12.html")

Rooms, from the top; imports point down only:

* `cli`: strings and exit codes
* `report` (pages), `study` (many sessions), `demo` (simulated and replayed recordings)
* `plot`: figures of results, for pages, papers and notebooks
* `analysis`: what is found in one session, and what may be said of it
* `capture` (records sessions), `sessions` (reads them), `formats` (other people's files)
* `devices`: one wearable or this computer, outside of a recording
* `signals` (bodies), `synchrony` (pairs), `clock` (time), `links` (bytes), `storage` (disk),
  `sim` (virtual wearables)
* `decoding`: bytes to arrays
* `dyad`: the nouns all of them speak
"""

from typing import TYPE_CHECKING, Any

from dyadkit.dyad.renderers import FOR_PARTICIPANTS, IN_NOTEBOOKS, RENDERERS
from dyadkit.errors import extra
from dyadkit.version import __version__

if TYPE_CHECKING:
    from dyadkit import plot
    from dyadkit.analysis.whole import Analysis, analyze
    from dyadkit.dyad.people import Person
    from dyadkit.dyad.series import Series
    from dyadkit.dyad.traces import Dyad, Mark
    from dyadkit.formats.arrays import from_arrays
    from dyadkit.formats.loading import load

__all__ = [
    "Analysis",
    "Dyad",
    "Mark",
    "Person",
    "Series",
    "__version__",
    "analyze",
    "from_arrays",
    "load",
    "plot",
]

_HOMES = {
    "Analysis": "analysis.whole",
    "Dyad": "dyad.traces",
    "Mark": "dyad.traces",
    "Person": "dyad.people",
    "Series": "dyad.series",
    "analyze": "analysis.whole",
    "from_arrays": "formats.arrays",
    "load": "formats.loading",
}


def __getattr__(name: str) -> Any:
    """Import the heavy parts only when they are asked for."""
    import importlib

    if name == "plot":
        with extra("report"):
            return importlib.import_module("dyadkit.plot")
    if name not in _HOMES:
        raise AttributeError(f"module dyadkit has no attribute {name}")
    return getattr(importlib.import_module(f"dyadkit.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """What there is to call, whether imported yet or not."""
    return __all__


def _page_of_session(result: Any) -> str:
    with extra("report"):
        from dyadkit.report.page import render

    return render(result)


def _page_for_participants(result: Any) -> str:
    with extra("report"):
        from dyadkit.dyad.renderers import Audience
        from dyadkit.report.page import render

    return render(result, Audience.PARTICIPANT)


def _part_of_notebook(result: Any) -> str:
    with extra("report"):
        from dyadkit.report.notebook import fragment

    return fragment(result)


def _page_of_weeks(result: Any) -> str:
    with extra("report"):
        from dyadkit.report.weeks import render

    return render(result)


def _page_of_study(result: Any) -> str:
    with extra("report"):
        from dyadkit.report.study_page import render

    return render(result)


def _page_of_bringup(result: Any) -> str:
    with extra("report"):
        from dyadkit.report.bringup_page import render

    return render(result)


RENDERERS |= {
    "Analysis": _page_of_session,
    "Weeks": _page_of_weeks,
    "StudyReport": _page_of_study,
    "Bringup": _page_of_bringup,
}
FOR_PARTICIPANTS["Analysis"] = _page_for_participants
IN_NOTEBOOKS["Analysis"] = _part_of_notebook
