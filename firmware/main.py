"""The wearable: builds everything once, then runs until it is switched off."""

import gc

room = bytearray(36_000)  # stays in one piece while modules are loaded: the buffers come here

from wearable import device  # noqa: E402 - after that

del room
gc.collect()
device.run()
