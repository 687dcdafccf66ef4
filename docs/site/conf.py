"""Sphinx's settings: the site is the repository's own documents, and a reference made from code.

`./run docs` builds it into `docs/site/built`. Nothing is fetched, neither when it is built nor when
it is read. What is not a document (a script that a page links to) is copied beside it.
"""

import sys
from pathlib import Path
from typing import Any

from pygments.lexers.special import TextLexer

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "host"), str(ROOT / "shared")]

import contents  # noqa: E402
import gallery  # noqa: E402
import reference  # noqa: E402

from dyadkit.version import __version__  # noqa: E402

project, author, version, release = "dyadkit", "the dyadkit authors", __version__, __version__
extensions = ["sphinx.ext.autodoc", "numpydoc", "myst_parser"]
root_doc = "README"
source_suffix = {".md": "markdown"}
include_patterns = [
    "*.md", "docs/*.md", "docs/[!s]*/**.md", "docs/site/made/**.md", "hardware/*.md",
    "hardware/measured/*.md", "firmware/README.md", "shared/PROTOCOL.md",
]  # fmt: skip
html_theme = "furo"
html_title = f"dyadkit {__version__}"
html_theme_options = {
    "top_of_page_buttons": [],
    "light_css_variables": {"code-font-size": "75%"},  # a hundred characters fit
    "dark_css_variables": {"code-font-size": "75%"},
}
html_show_sphinx = html_copy_source = html_show_sourcelink = False
html_last_updated_fmt = None

myst_heading_anchors = 4
myst_enable_extensions = ["attrs_inline"]
myst_fence_as_directive = []
suppress_warnings = ["myst.xref_missing"]  # links to files of the repository
autodoc_typehints = "none"
autosummary_generate = False
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_validation_checks: set[str] = set()


def setup(app: Any) -> None:
    """Sphinx calls this: the reference is written first, then pages get their links and places."""
    reference.write(ROOT / reference.PLACE)
    gallery.write(ROOT / reference.PLACE)
    app.connect("source-read", contents.with_contents)
    app.connect("autodoc-process-docstring", reference.with_fields, priority=400)
    app.add_lexer("mermaid", TextLexer)  # diagrams are shown as they are written
