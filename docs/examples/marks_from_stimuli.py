"""Mark what a stimulus program shows, in the recording that goes on beside it.

    DYADKIT_LIVE="http://127.0.0.1:40123/?token=..." python marks_from_stimuli.py

`dyadkit live` and `dyadkit record --live` print that address. Without one the pictures are shown
and nothing is marked, so that an experiment can be tried alone. It needs nothing but Python: the
function below fits into any PsychoPy experiment as it is.
"""

import json
import os
import time
import urllib.error
import urllib.request

ADDRESS, _, TOKEN = os.environ.get("DYADKIT_LIVE", "").partition("?token=")


def mark(label: str, kind: str = "event", at_s: float | None = None) -> bool:
    """Set a mark; `at_s` is when it happened, by `time.perf_counter`, if not now.

    True once it is on disk; False, with the reason printed, where it is not.
    """
    if not ADDRESS:
        return False
    ago_s = 0.0 if at_s is None else time.perf_counter() - at_s
    body = json.dumps({"label": label, "kind": kind, "ago_s": ago_s}).encode()
    request = urllib.request.Request(
        f"{ADDRESS}api/marks", body, {"Authorization": f"Bearer {TOKEN}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=2.0) as answer:
            return json.load(answer)["ok"]
    except (urllib.error.URLError, TimeoutError) as error:
        print(f"not marked: {label} ({error})")
        return False


# 1. A condition lasts until the next one. Contrasts and each person's own rest are told from them.
mark("pictures", kind="condition")

# 2. In PsychoPy the moment of a flip is exact, and a request before it would hold the flip up. So
#    let `window.callOnFlip` note `time.perf_counter()`, and mark after the flip with `at_s`.
for number in (1, 2, 3):
    shown_s = time.perf_counter()  # here the flip
    is_marked = mark(f"picture {number}", at_s=shown_s)
    print(f"picture {number}: {'marked' if is_marked else 'shown, not marked'}")
