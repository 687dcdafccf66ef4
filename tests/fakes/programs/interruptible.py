"""The wearable's own program; who interrupts it has the prompt, until the power goes."""

import time

try:
    import main  # noqa: F401 - it runs by that
except KeyboardInterrupt:
    print("prompt")
    while True:
        time.sleep(1)
