"""States of a wearable, as it gives them in `Hello` and `Status`."""

IDLE = 0
RECORDING = 1
SAFE = 2
UPDATING = 3

STATES = (
    (IDLE, "idle", "not recording; waits for a host or the button"),
    (RECORDING, "recording", "samples go to flash, and to the host while it is linked"),
    (SAFE, "safe", "three crashes in a row, or no LittleFS: links work, sensors rest"),
    (UPDATING, "updating", "takes a new firmware"),
)
