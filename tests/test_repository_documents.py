"""Every document names what is there: links, paths, names in the code, the version to cite."""

import functools
import json
import os
import re
from pathlib import Path

import pytest

from dyadkit import synchrony
from dyadkit.capture.session import NEXT
from dyadkit.devices.bench.bringup import accepted
from dyadkit.version import __version__

ROOT = Path(__file__).parents[1]
ROOMS = ("firmware", "shared", "host", "hardware", "docs", "tests", ".ci")
MADE = ROOT / "hardware" / "out"
"""Made by `hardware/build.py`, some of it only where a tool is installed."""

FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
INDENTED = re.compile(r"^    .*$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
TICKED = re.compile(r"`([^`\n]+)`")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
NAME = re.compile(r"[A-Za-z_][\w.]*(\(\))?")
HOME = re.compile(r"`([A-Za-z_][\w.]*)`\s+in\s+`([\w./-]+\.py)`")


def files():
    """Every file of the repository, without what tools and demos leave behind."""
    for folder, folders, names in os.walk(ROOT):
        left = ("dist", "demo") if Path(folder) == ROOT else ("__pycache__", "made", "built")
        folders[:] = [
            one for one in sorted(folders) if one == ".ci" or not one.startswith((".", *left))
        ]
        yield from (Path(folder, name) for name in sorted(names))


FILES = [*files()]
PATHS = ["/" + file.relative_to(ROOT).as_posix() for file in FILES]
DOCUMENTS = [file for file in FILES if file.suffix == ".md" and MADE not in file.parents]
FOR_CONTRIBUTORS = [
    file
    for file in DOCUMENTS
    if file in (ROOT / "CONTRIBUTING.md", ROOT / "docs" / "architecture.md")
    or file.parent == ROOT / "docs" / "decisions"
]

every_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda one: str(one.relative_to(ROOT))
)
for_contributors = pytest.mark.parametrize(
    "document", FOR_CONTRIBUTORS, ids=lambda one: str(one.relative_to(ROOT))
)


def prose_of(document):
    """A document without its blocks of code."""
    return INDENTED.sub("", FENCE.sub("", document.read_text()))


def anchor_of(heading):
    """What a heading is called in a link."""
    bare = re.sub(r"[^\w\- ]", "", heading.replace("`", "").strip().lower())
    return bare.replace(" ", "-")


def paths_in(document):
    """Words that name a file or folder of the repository: in backticks, and files in commands."""
    text = document.read_text()
    for ticked in TICKED.findall(prose_of(document)):
        for word in ticked.split():
            if word.split("/")[0] in ROOMS and "/" in word or word.endswith((".py", ".md")):
                yield word.strip(",;:")
    for block in [*FENCE.findall(text), *INDENTED.findall(FENCE.sub("", text))]:
        yield from (word for word in block.split() if re.fullmatch(r"[\w./-]+/[\w-]+\.py", word))


def exists(word, document):
    """Whether a path leads somewhere: from the root, the document, or as the end of one path."""
    place = word.split("::")[0].rstrip("/")
    if (document.parent / place).exists() or (ROOT / place).exists():
        return True
    return MADE in (document.parent / place).parents or any(
        path.endswith("/" + place) for path in PATHS
    )


@functools.cache
def words_of_the_code():
    """Every word of every source file, and of what else is run or configured."""
    sources = [file for file in FILES if file.suffix in (".py", ".toml", ".html")]
    sources += [ROOT / "run", ROOT / ".ci" / "run", ROOT / "shared" / "PROTOCOL.md"]
    return set(re.findall(r"\w+", " ".join(file.read_text() for file in sources)))


def dead_links(document):
    """Links of a document that lead to no file, or to no heading of it."""
    dead = []
    for target in LINK.findall(prose_of(document)):
        path, _, anchor = target.partition("#")
        place = (document.parent / path).resolve() if path else document
        if re.match(r"[a-z]+:", target) or MADE in place.parents:
            continue
        headings = HEADING.findall(place.read_text()) if place.is_file() else []
        if not place.exists() or (anchor and anchor not in map(anchor_of, headings)):
            dead.append(target)
    return dead


def absent_paths(document):
    """Paths a document names in backticks or commands that do not exist."""
    return [word for word in paths_in(document) if not exists(word, document)]


@every_document
def test_every_link_leads_somewhere(document):
    assert dead_links(document) == []


@every_document
def test_every_path_in_backticks_or_commands_exists(document):
    assert absent_paths(document) == []


def test_a_dead_link_and_an_absent_path_are_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "# A heading\n\n[here](#a-heading) [there](#another) [gone](gone.md) [far](https://x.y)\n\n"
        "`host/dyadkit/gone.py`, `layers.py`, `host/dyadkit/errors.py`, `test_layers.py`, `a/b`\n\n"
        "    python tests/benchmarks/bench_gone.py\n"
    )
    assert dead_links(page) == ["#another", "gone.md"]
    assert absent_paths(page) == [
        "host/dyadkit/gone.py", "layers.py", "tests/benchmarks/bench_gone.py",
    ]  # fmt: skip


@for_contributors
def test_every_name_told_to_contributors_is_in_the_code(document):
    unknown = []
    for ticked in TICKED.findall(prose_of(document)):
        if NAME.fullmatch(ticked) and not ticked.endswith((".py", ".md", ".json", ".mcap")):
            parts = ticked.removesuffix("()").split(".")
            unknown += [ticked] * (not set(filter(None, parts)) <= words_of_the_code())
    assert unknown == []


@for_contributors
def test_every_name_is_in_the_file_it_is_said_to_be_in(document):
    astray = []
    for name, path in HOME.findall(document.read_text()):
        homes = [ROOT / there[1:] for there in PATHS if there.endswith("/" + path)]
        text = " ".join(home.read_text() for home in homes)
        astray += [(name, path)] * (not set(name.split(".")) <= set(re.findall(r"\w+", text)))
    assert astray == []


def test_the_drawing_of_a_recording_is_its_table():
    text = (ROOT / "docs" / "architecture.md").read_text()
    drawn = set(re.findall(r"^    (\w+) --> (\w+): (.+)$", text, re.MULTILINE))
    table = {(was.value, then.value, turn.value) for (was, turn), then in NEXT.items()}
    assert drawn == table


def test_every_page_of_docs_is_in_an_index():
    for index in (ROOT / "docs" / "README.md", ROOT / "docs" / "decisions" / "README.md"):
        linked = {(index.parent / one).resolve() for one in LINK.findall(index.read_text())}
        below = {one for one in index.parent.glob("*.md") if one != index}
        assert below <= linked, index


def test_the_page_of_measures_and_the_door_of_synchrony_hold_the_same_names():
    text = (ROOT / "docs" / "synchrony-measures.md").read_text()
    named = {re.split(r"\W", ticked)[0] for ticked in TICKED.findall(text)}
    assert set(synchrony.__all__) <= named
    rows = [line for line in text.splitlines() if line.startswith("|") and "](#" in line]
    measures = {one for row in rows for one in TICKED.findall(row) if NAME.fullmatch(one)}
    assert len(measures) > 20
    rooms = {one.stem for one in (ROOT / "host" / "dyadkit" / "synchrony").iterdir()}
    assert {one.split(".")[0] for one in measures} <= {*synchrony.__all__, *rooms}


ORIGIN = re.compile(r"^Origin of the figures: (.*?)\.$", re.MULTILINE | re.DOTALL)
ORIGINS = {"measured", "simulated", "computed"}


def origins_in(text):
    """How the figures of a page were had, by its own line; empty where no line says so."""
    found = ORIGIN.search(text)
    return ORIGINS & set(re.findall(r"\w+", found[1])) if found else set()


def test_every_page_of_figures_says_how_they_were_had():
    pages = [*(ROOT / "docs" / "accuracy").glob("*.md"), ROOT / "docs" / "first-wearable.md"]
    pages.append(ROOT / "hardware" / "bringup-checklist.md")
    assert [one.name for one in pages if not origins_in(one.read_text())] == []


def test_a_page_whose_figures_have_no_origin_is_found():
    assert origins_in("# Clock\n\nOrigin of the figures: simulated.\n") == {"simulated"}
    assert origins_in("# Clock\n\n| error | 0.05 ms |\n") == set()
    assert origins_in("# Clock\n\nOrigin of the figures: believed.\n") == set()


def test_what_labs_measured_is_said_of_the_figures_it_replaces():
    """A model's figure that a handed-in file replaces is no longer the only one in its document."""
    for file in sorted((ROOT / "hardware" / "measured").glob("*.json")):
        for outcome in accepted(json.loads(file.read_text())).outcomes:
            for one in outcome.figures:
                if one.model_document:
                    text = (ROOT / one.model_document).read_text()
                    assert f"{one.value:g}" in text, f"{file.name}: {outcome.step}, {one.name}"


def test_the_version_to_cite_is_the_version():
    cited = (ROOT / "CITATION.cff").read_text()
    assert re.search(rf"^version: {re.escape(__version__)}$", cited, re.MULTILINE)
    for needed in ("cff-version: 1.2.0", "message: ", "title: ", "authors:"):
        assert re.search(rf"^{re.escape(needed)}", cited, re.MULTILINE), needed
