"""From `dyadkit live --sim` to the report, in a real browser: what its users do and see.

The photographs (`DYADKIT_PHOTOGRAPHS`) are meant to be looked at.
"""

import json
import os
import signal
import time

import pytest

from dyadkit.storage import read_session
from dyadkit.storage.mark_lines import MARKS_NAME
from fakes.browser import PHONE, chromium, opened, photograph, serious_faults
from fakes.live_page import LiveServer, live

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")
pytest.importorskip("uvicorn")

DESK = {"width": 1366, "height": 768}
MARKUP = '<img src=x onerror="window.hurt=1"><b>bold</b>'
MACHINE_S = 0.5
"""What a busy machine may add to a time that is looked at from outside."""
AWAY_S = 9.0
"""Longer than an alarm needs, shorter than what makes a test long."""


def text_of(page, selector):
    return page.locator(selector).inner_text()


def wait_for(page, condition, seconds=30.0):
    """Wait until something holds; Playwright's own way evaluates text, which the page forbids."""
    until_s = time.monotonic() + seconds
    while not page.evaluate(f"Boolean({condition})"):
        assert time.monotonic() < until_s, f"not within {seconds} s: {condition}"
        page.wait_for_timeout(50)


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """One session as its users see it; what each test asks of it was noted on the way."""
    folder = tmp_path_factory.mktemp("live")
    noted = {"faults": {}, "folder": folder / "first"}
    words = ("--sim", "--out", "first", "--participants", "M-014", "C-014", "--roles",
             "Mother,<b>Child</b>")  # fmt: skip
    with live(folder, *words) as server, chromium() as browser:
        with opened(browser, server.address, viewport=DESK) as page:
            _pair(page, noted)
            _check(page, noted)
            _record(page, noted)
            _lose_the_link(page, noted, server)
        again = _kill_the_server(server, folder, noted)
        try:
            with opened(browser, again.address, viewport=DESK) as page:
                _see_it_again(page, noted)
                _stop(page, noted)
                noted["complaints"] = page.complaints
        finally:
            again.close()
    return noted


def _pair(page, noted):
    page.wait_for_selector("#pair:not([hidden])")
    noted["locked"] = page.locator("[data-key=check]").is_disabled()
    noted["address bar"] = page.url
    page.click("[data-key=find]")
    page.wait_for_selector("[data-key^=pair-a]")
    buttons = [one.get_attribute("data-key") for one in page.locator("[data-key^=pair-]").all()]
    first, second = sorted({name.split("-", 2)[2] for name in buttons})
    page.click(f"[data-key='blink-{first}']")
    noted["blinks"] = text_of(page, f"[data-key='blink-{first}']")
    wait_for(page, "!document.querySelector('[data-key=find]').disabled", 40)
    page.click(f"[data-key='pair-a-{first}']")
    page.click(f"[data-key='pair-b-{second}']")
    wait_for(page, "!document.querySelector('[data-key=check]').disabled")
    noted["paired"] = text_of(page, "#pair")
    photograph(page, "live-1-pair")
    noted["faults"]["pair"] = serious_faults(page)
    page.click("[data-key=check]")


def _check(page, noted):
    page.wait_for_selector("#check:not([hidden])")
    wait_for(page, "document.querySelector('#check .primary')", 40)
    wait_for(page, "document.querySelector('#check').innerText.includes('bpm')", 40)
    noted["ready"] = text_of(page, "#check")
    photograph(page, "live-2-check")
    noted["faults"]["check"] = serious_faults(page)
    page.keyboard.press("s")


def _record(page, noted):
    page.wait_for_selector("#record:not([hidden])")
    noted["before"] = page.evaluate("dyadkit.store.lane('b/pulse').length")
    page.keyboard.press("1")
    wait_for(page, "dyadkit.store.conditions.includes('Rest')")
    page.keyboard.press("4")
    wait_for(page, "dyadkit.store.marks.length === 2")
    page.keyboard.press("u")
    wait_for(page, "dyadkit.store.marks.some((one) => one.undone)")
    page.keyboard.press("n")
    page.keyboard.type(MARKUP)
    page.keyboard.press("Enter")
    wait_for(page, "dyadkit.store.marks.length === 3")
    wait_for(page, "document.querySelectorAll('#log li').length === 3")
    page.keyboard.press("ArrowLeft")
    noted["paused"] = page.evaluate("dyadkit.charts.end !== null")
    page.keyboard.press("End")
    page.keyboard.press("-")
    noted["window"] = page.evaluate("dyadkit.charts.window")
    page.keyboard.press("+")
    noted["log"], noted["hurt"] = text_of(page, "#log"), page.evaluate("window.hurt ?? null")
    noted["after"] = page.evaluate("dyadkit.store.lane('b/pulse').length")
    noted["sentence"] = text_of(page, "#sentence")
    photograph(page, "live-3-record")
    noted["faults"]["record"] = serious_faults(page)
    page.keyboard.press("t")
    noted["faults"]["light"] = serious_faults(page)
    photograph(page, "live-3-light")
    page.keyboard.press("t")
    page.set_viewport_size(PHONE)
    noted["wide"] = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    photograph(page, "live-3-phone")
    page.set_viewport_size(DESK)


def _lose_the_link(page, noted, server):
    page.evaluate(f"dyadkit.link.ask('trouble', {{person: 'b', seconds: {AWAY_S}}})")
    came = "dyadkit.store.lane('b/pulse').times[dyadkit.store.lane('b/pulse').length - 1]"
    wait_for(page, "document.querySelector('#sentence.act')")
    noted["alarm after"] = page.evaluate(f"dyadkit.store.time() - {came}")
    noted["alarm"], noted["title"] = text_of(page, "#sentence"), page.title()
    noted["red"] = page.locator("#person-b").get_attribute("class")
    noted["old numbers"] = text_of(page, "#person-b .big")
    noted["announced"] = page.locator("#announce").text_content()
    photograph(page, "live-4-lost")
    noted["faults"]["lost"] = serious_faults(page)
    wait_for(page, "!document.querySelector('#sentence.act')", 40)
    holes = """() => { const lane = dyadkit.store.lane('b/pulse'); let most = 0;
        for (let i = 1; i < lane.length; i++)
            most = Math.max(most, lane.times[i] - lane.times[i - 1]);
        return most; }"""
    until_s = time.monotonic() + 40
    while page.evaluate(holes) > 0.1 and time.monotonic() < until_s:
        page.wait_for_timeout(250)
    noted["hole"] = page.evaluate(holes)
    photograph(page, "live-4b-back")
    noted["delay"] = page.evaluate("dyadkit.store.stamps.sort((a, b) => a - b)")
    noted["complaints before"] = page.complaints


def _kill_the_server(server, folder, noted):
    """Set a mark, and kill the server the moment it is answered; another server finds all again."""
    status, answer = server.ask("api/marks", {"label": "just before"})
    server.kill()
    noted["marked"] = status, json.loads(answer)
    noted["on disk"] = (folder / "first" / MARKS_NAME).read_text()
    recorder = server.recorder
    again = LiveServer(folder, "first")
    noted["same recorder"] = again.recorder == recorder
    return again


def _see_it_again(page, noted):
    page.wait_for_selector("#record:not([hidden])")
    wait_for(page, "dyadkit.store.marks.some((one) => one.label === 'just before')")
    noted["kept"] = page.evaluate("dyadkit.store.lane('a/pulse').length")


def _stop(page, noted):
    page.keyboard.press("s")
    noted["asked"] = text_of(page, "#ask")
    noted["focus"] = page.evaluate("document.activeElement.id")
    page.keyboard.press("y")
    page.wait_for_selector("#done:not([hidden])", timeout=60_000)
    page.wait_for_selector("#open-report", timeout=90_000)
    noted["ended"] = text_of(page, "#done")
    photograph(page, "live-6-done")
    noted["faults"]["done"] = serious_faults(page)
    with page.expect_popup() as popup:
        page.click("#open-report")
    popup.value.wait_for_load_state()
    noted["report"] = popup.value.title(), popup.value.url


def test_wearables_are_found_told_apart_and_paired(story):
    assert story["locked"]
    assert "Flashing" in story["blinks"]
    assert story["paired"].count("Paired: dyad-") == 2
    assert "Self-test" in story["paired"]


def test_the_token_does_not_stay_in_the_address(story):
    assert "token" not in story["address bar"]


def test_the_preflight_says_that_one_can_start(story):
    assert "Start recording" in story["ready"]
    assert "bpm" in story["ready"]
    assert "The dyad cannot see this screen" in story["ready"]


def test_traces_of_both_move_while_marks_are_set(story):
    assert story["after"] > story["before"] > 0
    assert story["sentence"].strip().startswith("All well")
    assert story["paused"]
    assert story["window"] == 120


def test_what_somebody_writes_is_text_and_no_markup(story):
    assert MARKUP in story["log"]
    assert story["hurt"] is None


def test_a_lost_link_is_an_alarm_within_three_seconds_of_words(story):
    assert story["alarm after"] <= 3.0 + MACHINE_S
    assert "b: link lost" in story["alarm"]
    assert story["title"].startswith("✕ b: link lost")
    assert "act" in story["red"].split()
    assert "link lost" in story["announced"]
    assert not any(letter.isdigit() for letter in story["old numbers"])


def test_what_was_missed_is_filled_in_after_the_return(story):
    assert story["hole"] < 0.1


def test_a_sample_is_on_the_page_within_half_a_second(story):
    delays_s = story["delay"]
    assert delays_s[int(0.95 * len(delays_s))] <= 0.5


def test_a_mark_survives_a_kill_of_the_server_straight_after_it_was_answered(story):
    status, answer = story["marked"]
    assert (status, answer["ok"]) == (200, True)
    assert "just before" in story["on disk"]
    entries = read_session(story["folder"]).host_log()
    labels = [one.get("label") for one in entries if one["event"] == "mark"]
    assert "just before" in labels
    assert "Rest" in labels


def test_a_killed_server_ends_no_recording_and_the_next_one_shows_all_of_it(story):
    assert story["same recorder"]
    assert story["kept"] > story["after"]


def test_stopping_asks_first_and_leads_to_the_report(story):
    assert "Keep recording" in story["asked"]
    assert story["focus"] == "ask-no"
    assert "recorded and on disk" in story["ended"]
    assert "Rest" in story["ended"]
    title, url = story["report"]
    assert title
    assert url.endswith("/report")


def test_nothing_was_complained_of(story):
    assert story["complaints before"] == []
    assert story["complaints"] == []


def test_pages_are_accessible_and_fit_a_phone(story):
    assert {name: faults for name, faults in story["faults"].items() if faults} == {}
    assert story["wide"] <= 0


def test_killing_the_recorder_is_said_on_the_page(tmp_path):
    with live(tmp_path, "--sim", "--out", "s") as server:
        os.kill(server.recorder, signal.SIGKILL)
        assert server.until(lambda state: state["phase"] == "gone", 10.0)["said"]
