"""A program that fails half a second after its start."""

import time

time.sleep_ms(500)
raise ZeroDivisionError("on purpose")
