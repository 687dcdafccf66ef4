"""The wearable: builds everything once, then runs until it is switched off."""

from wearable import device

device.run()
