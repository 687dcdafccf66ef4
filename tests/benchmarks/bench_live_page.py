"""The live page's cost: script a frame, memory over hours, delay, what server and recorder take.

`dyadkit live --sim` as users start it, Chromium headless beside it. Ten minutes of eight traces are
put into the page's own store first, so that it draws as after ten minutes; four hours go through
the same store in the end, as fast as it takes them. CPU is of processes, from /proc, in shares of
one core. Frame rates are counted beside those of an empty page in the same run.
"""

import argparse
import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path

import figures

sys.path.insert(0, str(Path(__file__).parents[1]))

from fakes.browser import chromium, opened
from fakes.live_page import live

DESK = {"width": 1366, "height": 768}
FRAMES = """(seconds) => new Promise((done) => {
    let n = 0; const end = performance.now() + 1000 * seconds;
    const one = (now) => { n++; now < end ? requestAnimationFrame(one) : done(n / seconds); };
    requestAnimationFrame(one); })"""
PAST = """(seconds) => { const { store } = dyadkit, now = store.now; let made = {};
    const put = (name, rate, f) => { const t = [], v = [];
        for (let i = 0; i < seconds * rate; i++) {
            t.push(now - seconds + i / rate); v.push(f(i / rate)); }
        store.lanes[name] = undefined; store.lane(name).add(t, v); };
    for (const p of ["a", "b"]) {
        put(p + "/pulse", 50, (s) => 1e5 + 900 * Math.sin(7.5 * s) + 90 * Math.sin(15 * s));
        put(p + "/beats", 1.2, () => 1); put(p + "/heart_rate", 4, (s) => 72 + 5 * Math.sin(s / 9));
        put(p + "/scl", 4, (s) => 5 + Math.sin(s / 60)); put(p + "/scr", 0.1, () => 0.4); } }"""
HALF_HOUR = """() => { const { store } = dyadkit; let at = store.now;
    for (let second = 0; second < 1800; second++, at++) { const lanes = {};
        const rates = [["pulse", 50], ["beats", 1], ["heart_rate", 4], ["skin", 4], ["scl", 4]];
        for (const p of ["a", "b"]) for (const [name, rate] of rates) {
            const t = [], v = [];
            for (let i = 0; i < rate; i++) { t.push(at + i / rate); v.push(70 + i); }
            lanes[p + "/" + name] = [t, v]; }
        store.takeLanes({ lanes, now_s: at + 1 }); } }"""


def ticks(pid):
    """CPU seconds of a process so far."""
    words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def costs(pids, found):
    """Shares of a core that processes take meanwhile."""
    before, began = {name: ticks(pid) for name, pid in pids.items()}, time.monotonic()
    yield
    passed = time.monotonic() - began
    found |= {name: (ticks(pid) - before[name]) / passed for name, pid in pids.items()}


def heap_mb(page):
    """What the page's script keeps, after a collection."""
    asking = page.context.new_cdp_session(page)
    asking.send("HeapProfiler.collectGarbage")
    used = asking.send("Runtime.getHeapUsage")
    return round((used["usedSize"] + used.get("backingStorageSize", 0)) / 1e6)


def begin(page):
    """From wearables to a recording, as fast as a person could."""
    page.click("[data-key=find]")
    page.wait_for_selector("[data-key^=pair-a]")
    keys = [one.get_attribute("data-key") for one in page.locator("[data-key^=pair-a]").all()]
    page.click(f"[data-key='{keys[0]}']")
    page.wait_for_timeout(500)
    page.click(f"[data-key='{keys[1].replace('pair-a', 'pair-b')}']")
    page.wait_for_selector("[data-key=check]:not([disabled])")
    page.click("[data-key=check]")
    page.wait_for_selector("#check .primary", timeout=60_000)
    page.keyboard.press("s")
    page.wait_for_selector("#record:not([hidden])")


def drawn(page, keys, seconds):
    """p50 and p95 of the script of a drawn frame in ms, and frames a second."""
    for key in keys:
        page.keyboard.press(key)
    page.evaluate("dyadkit.charts.costs.length = 0")
    rate = page.evaluate(FRAMES, seconds)
    found = sorted(page.evaluate("dyadkit.charts.costs"))
    return found[len(found) // 2], found[int(0.95 * len(found))], rate


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--hours", type=float, default=4.0)
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        live(Path(folder), "--sim", "--out", "s") as server,
        chromium() as browser,
        opened(browser, server.address, viewport=DESK) as page,
    ):
        empty = browser.new_page(viewport=DESK)
        print(f"an empty page: {empty.evaluate(FRAMES, 5):.0f} frames a second")
        empty.close()
        begin(page)
        page.evaluate(PAST, 600)
        for name, keys in (("60 s", ""), ("10 min", "--"), ("20 s", "+++")):
            half, most, rate = drawn(page, keys, asked.seconds)
            print(
                f"view of {name}: script {half:.1f} ms a frame, p95 {most:.1f} ms; "
                f"{rate:.0f} frames a second"
            )
        pids, found = (
            {"server": server.pid, "recorder and both simulated wearables": server.recorder},
            {},
        )
        with costs(pids, found):
            page.wait_for_timeout(1000 * asked.seconds)
        print(
            "one page: "
            + ", ".join(f"{name} {share:.1%} of a core" for name, share in found.items())
        )
        stamps = sorted(page.evaluate("dyadkit.store.stamps"))
        half, most = stamps[len(stamps) // 2], stamps[int(0.95 * len(stamps))]
        print(f"sample to page: p50 {half:.2f} s, p95 {most:.2f} s")
        figures.accuracy("sample to page, p95", most, "s", tolerance=0.3)
        with opened(browser, server.address) as _, opened(browser, server.address) as _:
            page.evaluate("dyadkit.store.stamps.length = 0")
            with costs(pids, found):
                page.wait_for_timeout(1000 * asked.seconds)
            stamps = sorted(page.evaluate("dyadkit.store.stamps"))
            print(
                "three pages: "
                + ", ".join(f"{name} {share:.1%} of a core" for name, share in found.items())
                + f"; sample to page p95 {stamps[int(0.95 * len(stamps))]:.2f} s"
            )
        heaps = []
        for _ in range(round(2 * asked.hours)):
            page.evaluate(HALF_HOUR)
            heaps.append(heap_mb(page))
        print(f"heap over {asked.hours:g} h, each half hour, MB: {' '.join(map(str, heaps))}")


if __name__ == "__main__":
    main()
