"""The site's table of contents: which document stands where. The first page is the README."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any

ROOT, DECISIONS = "README", "docs/decisions/README"
CHAPTERS = (
    ("Tutorials", ("docs/tutorials/*",)),
    ("How to", (
        "docs/first-wearable", "docs/how-to/*", "docs/import-export", "docs/windows",
        "docs/build-image", "docs/clock-bench",
    )),
    ("Understand", (
        "docs/understanding/*", "docs/regulation", "docs/synchrony-measures",
        "docs/stored-sessions", "docs/architecture", DECISIONS,
    )),
    ("People and data", (
        "docs/privacy", "docs/people/*", "hardware/SAFETY", "hardware/skin-contact",
    )),
    ("Reference", (
        "docs/site/made/gallery", "docs/site/made/commands",
        "docs/site/made/python/*", "docs/examples/README",
        "shared/PROTOCOL", "firmware/README", "docs/*",
    )),
    ("Accuracy", ("docs/accuracy/README", "docs/accuracy/*")),
    ("Hardware", ("hardware/README", "hardware/*", "hardware/measured/*")),
    ("Project", ("docs/site/made/citing", "CONTRIBUTING", "SECURITY", "*")),
)  # fmt: skip
"""Caption and documents of each chapter; a star stands for those that no other line names."""
BELOW = {DECISIONS: ("docs/decisions/*",)}
"""Documents that stand below another."""


def with_contents(app: Any, name: str, source: list[str]) -> None:
    """Add what only the site shows: the contents to the first page, the decisions to theirs."""
    found = app.env.found_docs
    if name == ROOT:
        source[0] += "".join(_tree(pages, caption) for caption, pages in chapters(found))
    if name in BELOW:
        source[0] += _tree(_matching(BELOW[name], set(found) - {name}))


def chapters(found: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Caption and documents of each chapter; each document once, all of them somewhere."""
    below = {one for name, pages in BELOW.items() for one in _matching(pages, found) if one != name}
    named = {page for _, pages in CHAPTERS for page in pages if "*" not in page}
    left = {one for one in found if one != ROOT} - below
    for caption, pages in CHAPTERS:
        own = [one for one in _matching(pages, left) if one in pages or one not in named]
        left -= set(own)
        yield caption, own


def _matching(pages: Iterable[str], found: Iterable[str]) -> list[str]:
    """Documents that a pattern names, in the order of patterns; a star stops at a slash."""
    ordered = sorted(found)
    matching = [
        one
        for pattern in pages
        for one in ordered
        if fnmatchcase(one, pattern) and one.count("/") == pattern.count("/")
    ]
    return list(dict.fromkeys(matching))


def _tree(pages: list[str], caption: str = "") -> str:
    if not pages:
        return ""
    options = [":hidden:", f":caption: {caption}"] if caption else [":hidden:"]
    listed = "\n".join([*options, "", *(f"/{one}" for one in pages)])
    return f"\n\n```{{toctree}}\n{listed}\n```\n"
