"""The `esp` module of a virtual wearable: how much the port says of itself."""

LOG_NONE = 0
LOG_ERROR = 1
LOG_VERBOSE = 5

level = LOG_ERROR


def osdebug(uart, to=LOG_VERBOSE):
    """As on the port: None means errors, and without a level everything is said."""
    global level
    level = LOG_ERROR if uart is None else to
