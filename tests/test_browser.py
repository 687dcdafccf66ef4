"""The browser of the tests finds what is wrong with a page, and nothing where nothing is."""

import pytest

from fakes import browser as pages

SOUND = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sound</title></head>'
    "<body><main><h1>Sound</h1><p>Text.</p></main></body></html>"
)
FAULTY = (
    "<!doctype html><html><head><title></title></head><body>"
    '<img src="https://nowhere.invalid/x.png"><p style="color:#ccc;width:3000px">Pale.</p>'
    "<ul><p>no item</p></ul><script>nowhere()</script></body></html>"
)


@pytest.fixture(scope="module")
def browser():
    with pages.chromium() as found:
        yield found


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "page.html"
        path.write_text(text)
        return path

    return write


def test_a_sound_page_has_no_faults_fits_a_phone_and_prints(browser, written, tmp_path):
    path = written(SOUND)
    with pages.opened(browser, path, viewport=pages.PHONE) as page:
        assert pages.serious_faults(page) == []
        assert (page.complaints, pages.asked_of_the_network(page)) == ([], [])
        assert pages.too_wide(page) == 0
        assert pages.print_out(page, tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    assert pages.faults_of_html(path) == []


def test_a_faulty_page_is_found_out(browser, written):
    path = written(FAULTY)
    with pages.opened(browser, path, viewport=pages.PHONE) as page:
        found = " ".join(pages.serious_faults(page))
        assert all(rule in found for rule in ("color-contrast", "image-alt", "html-has-lang"))
        assert any("nowhere is not defined" in line for line in page.complaints)
        assert pages.asked_of_the_network(page) == ["https://nowhere.invalid/x.png"]
        assert pages.too_wide(page) > 1000
    assert pages.faults_of_html(path)
