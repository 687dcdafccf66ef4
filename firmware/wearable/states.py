"""The state machine of a wearable, as a table. What is not in the table cannot happen.

A link is not a state: recording goes on with and without one.
"""

from dyadwire.states import IDLE, RECORDING, SAFE, UPDATING

START = "start"
STOP = "stop"
CRASHED_THRICE = "crashed thrice"
UNFIT_FLASH = "flash without LittleFS"
UPDATE = "update"
UPDATE_ABANDONED = "update abandoned"

NEXT = {
    (IDLE, START): RECORDING,
    (RECORDING, START): RECORDING,
    (RECORDING, STOP): IDLE,
    (IDLE, STOP): IDLE,
    (IDLE, CRASHED_THRICE): SAFE,
    (IDLE, UNFIT_FLASH): SAFE,
    (IDLE, UPDATE): UPDATING,
    (SAFE, UPDATE): UPDATING,
    (UPDATING, UPDATE_ABANDONED): IDLE,
}


class NotNowError(Exception):
    """A step that the present state does not allow."""


class StateMachine:
    """The state the wearable is in, moved by the table alone."""

    def __init__(self) -> None:
        self.state = IDLE

    def move(self, step: str) -> int:
        """Take a step; return the new state.

        Raises
        ------
        NotNowError
            the table has no such step from here
        """
        state = NEXT.get((self.state, step))
        if state is None:
            raise NotNowError(step)
        self.state = state
        return state
