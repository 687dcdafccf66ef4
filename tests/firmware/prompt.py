"""A wearable on a fake board that talks through this process's own terminal."""

import disk
import machine

disk.fresh()
machine.I2C.devices = {0x57: machine.Registers(), 0x48: machine.Converter()}

from wearable import device  # noqa: E402 - once the disk is there

device.run()
