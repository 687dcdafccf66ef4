"""Pages as their readers open them: laptop, phone, dark, print; with a validator and with axe.

`DYADKIT_PHOTOGRAPHS=folder` keeps what is photographed, to be looked at.
"""

import json
import os
import re
from dataclasses import replace

import numpy as np
import pytest

import dyadkit
from dyadkit.analysis.schema import published
from dyadkit.plot import example
from dyadkit.plot.style import BLACK, CHANCE, GROUNDS, MUTED, PAPER, WRITTEN
from dyadkit.report import Audience, render
from dyadkit.report.weeks import render as render_weeks
from fakes import browser as pages
from fakes import recorded
from fakes.read_page import ReadPage

MAX_BYTES = 3_000_000
MIN_CONTRAST = 4.5


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")

    def write(name, page):
        path = folder / f"{name}.html"
        path.write_text(page, encoding="utf-8")
        return path

    return write


def bad_data():
    """Sensors that fell off: no pulse of b at all, and noise for most of both people's skin."""
    rng = np.random.default_rng(5)
    noise = rng.uniform(0.0, 40.0, 16 * 300)
    skin = np.where(np.arange(len(noise)) % 3000 < 1800, noise, 4.0)
    a = {
        "ppg": dyadkit.Series(rng.normal(size=300 * 100), rate_hz=100.0, unit="counts"),
        "eda": dyadkit.Series(skin, rate_hz=16.0, unit="µS"),
    }
    b = {"eda": dyadkit.Series(skin[::-1].copy(), rate_hz=16.0, unit="µS")}
    return dyadkit.analyze(dyadkit.from_arrays(a, b), seed=0)


def demo(shared_folder):
    return dyadkit.analyze(dyadkit.load(recorded.usual(shared_folder)[0]), seed=0)


def real_pair(request):
    """Two real people whom another system recorded, imported; needs the optional recordings."""
    files = sorted(
        (request.getfixturevalue("data") / "samples" / "physiokit_pair").glob("*.csv.gz")
    )
    return dyadkit.analyze(dyadkit.load(*files[:2]), seed=0)


KINDS = (
    "demo", "conditions", "bad-data", "real-pair", "weeks", "participants", "participants-bad-data",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(request, written, shared_folder):
    """Paths of the pages by kind; the real pair's only where the optional recordings are."""
    session, failed = example.session(), bad_data()
    made = {
        "demo": render(demo(shared_folder)),
        "conditions": render(session),
        "bad-data": render(failed),
        "weeks": render_weeks(example.weeks()),
        "participants": render(session, Audience.PARTICIPANT),
        "participants-bad-data": render(failed, Audience.PARTICIPANT),
    }
    if os.environ.get("DYADKIT_DATA"):
        made["real-pair"] = render(real_pair(request))
    return {name: written(name, text) for name, text in made.items()}


@pytest.fixture(scope="module")
def browser(made):
    """Opened when all pages are made: a demo is recorded in an event loop, which is not its own."""
    with pages.chromium() as found:
        yield found


@pytest.fixture(params=KINDS)
def page(request, made):
    """Path of each kind of page, and its name."""
    if request.param not in made:
        pytest.skip("DYADKIT_DATA is not set: the page of a real pair is not looked at")
    return made[request.param], request.param


@pytest.mark.parametrize(
    ("kind", "options"),
    [("laptop", {}), ("phone", {"viewport": pages.PHONE}), ("dark", {"color_scheme": "dark"})],
)
def test_a_page_fits_its_window_asks_nobody_and_can_be_read_by_all(browser, page, kind, options):
    path, name = page
    with pages.opened(browser, path, **options) as opened:
        pages.photograph(opened, f"{name}-{kind}")
        assert pages.too_wide(opened) == 0
        assert pages.serious_faults(opened) == []
        assert (opened.complaints, pages.asked_of_the_network(opened)) == ([], [])


def test_a_printed_page_has_numbers_and_says_where_the_data_come_from(browser, page, tmp_path):
    path, name = page
    with pages.opened(browser, path) as opened:
        printed = pages.print_out(opened, tmp_path / f"{name}.pdf").read_bytes()
    count = len(re.findall(rb"/Type\s*/Page\b", printed))
    assert 1 <= count <= (3 if name.startswith("participants") else 16)
    text = path.read_text(encoding="utf-8")
    assert 'content: counter(page) " / " counter(pages)' in text
    origin = "IMPORTED" if "bad" in name or "real" in name else "SIMULATED"
    assert f"· {origin}" in text


def test_the_letters_of_a_figure_are_as_large_as_those_of_the_page(browser, page):
    path, _ = page
    for options in ({}, {"viewport": pages.PHONE}):
        with pages.opened(browser, path, **options) as opened:
            sizes = opened.evaluate(
                "[...document.querySelectorAll('svg')].filter(s => s.checkVisibility())"
                ".map(s => s.getBoundingClientRect().width / s.viewBox.baseVal.width)"
            )
            assert all(size > 0.85 for size in sizes), min(sizes)


def test_a_page_is_of_moderate_size_without_scripts(page):
    path, _ = page
    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) < MAX_BYTES
    assert "<script" not in text


def test_every_page_is_valid_html(made):
    assert pages.faults_of_html(*made.values()) == []


def test_every_figure_has_words_for_those_who_do_not_see_it(page):
    text = page[0].read_text(encoding="utf-8")
    assert text.count("<svg") == text.count("<title id=") == text.count("<svg ") > 0
    assert text.count('role="img" aria-label') == text.count("<svg") + text.count('class="dots')
    assert ReadPage(text).loaded == []


def luminance(colour):
    """Relative luminance of #rrggbb, as WCAG 2 computes it."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("letters", [BLACK, MUTED, *WRITTEN.values()])
@pytest.mark.parametrize("ground", [PAPER, CHANCE, *GROUNDS])
def test_letters_stand_out_from_every_ground_of_a_figure(letters, ground):
    light, dark = sorted((luminance(letters), luminance(ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= MIN_CONTRAST - 0.05


def test_a_page_of_names_that_are_code_shows_them_as_text(browser, written):
    nasty = '"} </style><script>x()</script>'
    found = replace(example.session(), source=nasty, participants=(nasty, nasty))
    text = render(found)
    assert "<script" not in text
    with pages.opened(browser, written("nasty", text)) as opened:
        assert opened.complaints == []
        assert nasty in opened.inner_text("h1")


def test_the_twin_of_a_page_keeps_to_the_published_schema(shared_folder, tmp_path):
    jsonschema = pytest.importorskip(
        "jsonschema", reason="jsonschema is missing: ./run test installs it"
    )
    jsonschema.Draft202012Validator.check_schema(published())
    validator = jsonschema.Draft202012Validator(published())
    for name, found in (("demo", demo(shared_folder)), ("bad", bad_data())):
        found.save(tmp_path / f"{name}.json")
        twin = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
        assert [error.message for error in validator.iter_errors(twin)] == []
        assert twin["schema_version"] == 1
    wrong = twin | {"said": "nothing"}
    assert not validator.is_valid(wrong)
