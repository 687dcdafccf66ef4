"""The gallery, drawn when the site is built: each figure of `dyadkit.plot`, and its call."""

import inspect
from collections.abc import Callable
from pathlib import Path

from matplotlib.axes import Axes

from dyadkit import plot
from dyadkit.plot import example

CALLS: dict[str, tuple[str, Callable[[], Axes]]] = {
    "quality": ("quality(result)", lambda: plot.quality(example.session())),
    "trust": ("trust(result)", lambda: plot.trust(example.session())),
    "excerpt": ('excerpt(result, "a")', lambda: plot.excerpt(example.session(), "a")),
    "alignment": ("alignment(result)", lambda: plot.alignment(example.session())),
    "pair": ("pair(result)", lambda: plot.pair(example.session())),
    "heart_rates": ("heart_rates(result)", lambda: plot.heart_rates(example.session())),
    "person": ('person(result, "b")', lambda: plot.person(example.session(), "b")),
    "against_chance": (
        'against_chance(result, "leader")',
        lambda: plot.against_chance(example.session(), "leader"),
    ),
    "lag_profile": (
        'lag_profile(result, "eda")',
        lambda: plot.lag_profile(example.session(), "eda"),
    ),
    "coupling_surface": (
        'coupling_surface(result, "heart_rate")',
        lambda: plot.coupling_surface(example.session(), "heart_rate"),
    ),
    "answers": ("answers(result)", lambda: plot.answers(example.session())),
    "verdicts": ("verdicts(result)", lambda: plot.verdicts(example.session())),
    "verdict_course": ("verdict_course(result)", lambda: plot.verdict_course(example.session())),
    "weeks": ("weeks(result)", lambda: plot.weeks(example.weeks())),
    "dyads": ("dyads(result.effects)", lambda: plot.dyads(example.effects())),
    "coherence": ('coherence(result, "eda")', lambda: plot.coherence(example.session(), "eda")),
    "phase": ('phase(result, "heart_rate")', lambda: plot.phase(example.session(), "heart_rate")),
    "recurrence": ('recurrence(result, "eda")', lambda: plot.recurrence(example.session(), "eda")),
}
"""Each figure's call, in the order of a report; those on request come last."""
ABOUT = """# Gallery of figures

Each figure takes a result of `dyadkit.analyze` (`weeks`, `dyads`: of sessions over weeks, of a
study) and gives axes of matplotlib, 85 or 174 mm wide, as journals ask for one or two columns:

```python
import dyadkit

result = dyadkit.analyze(dyadkit.load("session-12"), seed=0)
axes = dyadkit.plot.pair(result)
axes.figure.savefig("figure-1.pdf")
```

Into a figure of your own a function draws with `axes=`. Grey is what chance gives, blue and
vermilion are a and b. The people below are simulated, ten minutes with two conditions.
"""


def write(place: Path) -> None:
    """Write the page and its pictures into a folder; pictures that are there are kept."""
    pictures = place / "gallery"
    pictures.mkdir(parents=True, exist_ok=True)
    parts = [ABOUT]
    for name, (call, draw) in CALLS.items():
        file = pictures / f"{name}.svg"
        if not file.exists():
            draw().figure.savefig(file, metadata={"Date": None})
        about = (inspect.getdoc(getattr(plot, name)) or "").split("\n\nExamples")[0]
        picture = f"![{_alt(about)}](gallery/{name}.svg)"
        parts.append(f"## {name}\n\n`dyadkit.plot.{call}`\n\n{about}\n\n{picture}")
    text = "\n\n".join(parts) + "\n"
    page = place / "gallery.md"
    if not page.exists() or page.read_text() != text:
        page.write_text(text)


def _alt(about: str) -> str:
    """The first sentence, for those who do not see the picture."""
    return about.split("\n\n")[0].replace("\n", " ").replace("[", "").replace("]", "")
