"""Runs inside MicroPython: every `test_` function of one file, one line of outcome for each.

    micropython micropython_runner.py FILE FOLDER...

The folders are searched for modules first.
"""

import gc
import io
import sys


def outcome_of(test):
    """An empty string if the test passes, else where and why it fails."""
    gc.collect()
    try:
        test()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the outcome
        text = io.StringIO()
        sys.print_exception(error, text)
        return text.getvalue()
    return ""


def run(path):
    folder, _, name = path.rpartition("/")
    sys.path.insert(0, folder)
    module = __import__(name.split(".")[0])
    for name in sorted(dir(module)):
        if name.startswith("test_"):
            outcome = outcome_of(getattr(module, name))
            print("OUTCOME", name, repr(outcome))  # noqa: T201 - read by inside_micropython.py


sys.path[:0] = sys.argv[2:]
run(sys.argv[1])
