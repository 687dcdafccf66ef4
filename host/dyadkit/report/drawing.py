"""Figures as SVG within a page: drawn by `dyadkit.plot`, coloured by the page, readable on a phone.

A figure is drawn twice, for a wide and for a narrow window, and the page shows one of them: scaled
down, its letters would be too small. Colours become the page's own, so that they turn with it in
the dark and in print.
"""

import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from markupsafe import Markup, escape
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dyadkit.plot.style import BLACK, CHANCE, GROUNDS, INK, LINE, MUTED, PAPER, STYLE, WRITTEN

WIDE, NARROW, GLYPH = 940, 350, 250
"""Widths in CSS pixels: of a page's column, of a phone's, of the marks beside an answer."""
_SIZE = 12.0
_ROW, _BELOW = 17, 22
"""Pixels of a mark's row, and of the words below."""
_COLOURS = {
    INK["a"]: "--a", INK["b"]: "--b", WRITTEN["a"]: "--at", WRITTEN["b"]: "--bt",
    BLACK: "--ink", MUTED: "--mut", LINE: "--line", CHANCE: "--chance", PAPER: "--bg",
    GROUNDS[0]: "--c0", GROUNDS[1]: "--c1", GROUNDS[2]: "--c2",
}  # fmt: skip
LIGHT = "; ".join(f"{variable}: {colour}" for colour, variable in _COLOURS.items())
"""The colours as a style, for where no style sheet gives them."""
_PAGE_STYLE: Any = STYLE | {"font.size": _SIZE}
_UNWANTED = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|<style.*?</style>", re.S
)

Draw = Callable[[Axes], object]


@dataclass(frozen=True, slots=True)
class Alt:
    """What a figure is, and what it shows, for those who do not see it."""

    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Space:
    """Height of a figure and room around its axes, in CSS pixels."""

    height: int
    left: int = 40
    right: int = 24
    top: int = 20
    bottom: int = 42
    width: int = WIDE


def figure(draw: Draw, alt: Alt, wide: Space, narrow: Space | None = None) -> Markup:
    """A figure in both widths, the one that does not fit hidden by the page."""
    small = _svg(draw, alt, NARROW, narrow or wide, "narrow")
    return _svg(draw, alt, wide.width, wide, "wide") + small


def single(draw: Draw, alt: Alt, space: Space) -> Markup:
    """A figure for where no style sheet chooses between two widths."""
    return _svg(draw, alt, space.width, space, "alone")


def glyph(draw: Draw, alt: Alt, rows: int) -> Markup:
    """A small figure beside an answer, of so many rows of marks."""
    height = _ROW * max(rows, 1)
    return _svg(draw, alt, GLYPH, Space(height + _BELOW, 8, 8, 2, _BELOW - 2), "glyph")


def _svg(draw: Draw, alt: Alt, width: int, space: Space, kind: str) -> Markup:
    with mpl.rc_context(_PAGE_STYLE):
        own = Figure(figsize=(width / 72, space.height / 72), dpi=72)
        own.patch.set_visible(False)
        size = (
            space.left / width,
            space.bottom / space.height,
            1 - (space.left + space.right) / width,
            1 - (space.top + space.bottom) / space.height,
        )
        draw(own.add_axes(size))
        out = io.StringIO()
        own.savefig(out, format="svg", metadata={"Date": None})
    return _of_page(out.getvalue(), alt, kind, (width, space.height))


def _of_page(svg: str, alt: Alt, kind: str, size: tuple[int, int]) -> Markup:
    """An SVG of its own as a part of a page: names of its own, the page's letters and colours."""
    name = "f" + hashlib.sha256(f"{kind} {alt} {svg}".encode()).hexdigest()[:8]
    body = _UNWANTED.sub("", svg)
    body = body[body.index(">", body.index("<svg")) + 1 : body.rindex("</svg>")]
    body = re.sub(r"<!--.*?-->\s*", "", body, flags=re.S)
    body = re.sub(r"font: (?:(bold|\d00) )?([\d.]+)px [^;\"]*", _letters, body)
    used = set(re.findall(r"#([\w.-]+)\)|href=\"#([\w.-]+)\"", body))
    kept = {one for pair in used for one in pair if one}
    body = re.sub(r' id="([^"]+)"', lambda m: _named(m, kept, name), body)
    body = re.sub(r"url\(#([\w.-]+)\)", rf"url(#{name}-\1)", body)
    body = re.sub(r'xlink:href="#([^"]+)"', rf'href="#{name}-\1"', body)
    body = body.replace("xlink:href", "href")
    for colour, variable in _COLOURS.items():
        body = body.replace(colour, f"var({variable})")
    width, height = size
    return Markup(
        f'<svg class="{kind}" role="img" aria-labelledby="{name}t {name}d" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}"><title id="{name}t">'
        f'{escape(alt.title)}</title><desc id="{name}d">{escape(alt.description)}</desc>'
        f"{_shorter(body)}</svg>"
    )


def _letters(found: re.Match[str]) -> str:
    weight = "font-weight: 600; " if found[1] else ""
    return f"{weight}font-size: {float(found[2]):g}px"


def _named(found: re.Match[str], kept: set[str], name: str) -> str:
    return f' id="{name}-{found[1]}"' if found[1] in kept else ""


def _shorter(body: str) -> str:
    """Numbers to a hundredth of a pixel, without empty groups and line ends."""
    body = re.sub(r"(\d+\.\d\d)\d+", r"\1", body)
    body = re.sub(r"\s*\n\s*", "\n", body)
    return re.sub(r"<g>\s*</g>\s*|<defs>\s*</defs>\s*", "", body)
