"""The retry schedule for a silent chip: ever more seldom, and left alone in between.

Asking a chip that holds the bus costs everybody else the bus's time limit.
"""

_MAX_PAUSE_S = 16


class Silence:
    """The backoff of one silent chip: tries after 1, 2, 4, 8, 16, 16 ... s.

    `taken` samples had come before: more than that, and it is back.
    """

    def __init__(self, taken: int) -> None:
        self.taken = taken
        self._pause_s = self._left_s = 1

    def is_due(self) -> bool:
        """Whether to try now; asked once a second."""
        self._left_s -= 1
        if self._left_s:
            return False
        self._pause_s = self._left_s = min(2 * self._pause_s, _MAX_PAUSE_S)
        return True
