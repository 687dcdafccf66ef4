"""The dyadkit command, also as `python -m dyadkit`.

Ctrl-C while the command is still being imported ends it as Ctrl-C does later: without a traceback.
"""

import os
import signal
from types import FrameType

INTERRUPTED = 130


def main() -> None:
    """Import the command line, then run it."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # not where it is ignored
        signal.signal(signal.SIGINT, _leave)
    from dyadkit.cli import main as run

    run()


def _leave(_signal: int, _frame: FrameType | None) -> None:
    """End at once: nothing has begun, so nothing is to be tidied up."""
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
