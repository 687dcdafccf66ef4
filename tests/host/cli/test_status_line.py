"""The status line: drawn anew on a terminal, a line a change elsewhere, a bell for a new alarm."""

import io

from dyadkit.capture.progress import Progress, SessionPhase
from dyadkit.capture.wearable import CaptureState
from dyadkit.cli.live_recording import StatusLine


class Terminal(io.StringIO):
    def isatty(self):
        return True


def progress(elapsed_s, a=CaptureState.RECORDING, alarms=()):
    states = {"a": a, "b": CaptureState.RECORDING}
    silent_s = dict.fromkeys(states, 0.0)
    return Progress(SessionPhase.RECORDING, elapsed_s, states, silent_s, 100, {}, alarms)


def test_a_terminal_shows_one_line_that_is_drawn_anew():
    terminal = Terminal()
    show = StatusLine(to=terminal)
    for second in range(3):
        show(progress(second))
    assert terminal.getvalue().count("\r") == 3
    assert "\n" not in terminal.getvalue()


def test_a_file_gets_a_line_only_when_something_changes():
    file = io.StringIO()
    show = StatusLine(to=file)
    for second in range(60):
        show(progress(second, CaptureState.APART if 20 <= second < 40 else CaptureState.RECORDING))
    lines = file.getvalue().splitlines()
    assert ["a apart" in line for line in lines] == [False, True, False]


def test_a_terminal_that_was_closed_ends_no_recording():
    class Closed(Terminal):
        def write(self, _):
            raise OSError(5, "Input/output error")

    StatusLine(to=Closed())(progress(1.0))


def test_the_bell_rings_once_for_an_alarm_that_stays():
    terminal = Terminal()
    show = StatusLine(to=terminal)
    for second in range(5):
        alarms = (f"a silent for {second} s: bring it closer",) if second >= 2 else ()
        show(progress(second, alarms=alarms))
    assert terminal.getvalue().count("\a") == 1
    assert "! a silent for 4 s" in terminal.getvalue()
