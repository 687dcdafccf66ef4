"""Drivers, one file a chip; each is a `Source` that gets its bus and ticks handed in."""

LIS3DH_ADDRESS = 0x18
LSM6DS3_ADDRESS = 0x6A
WHO_AM_I = 0x0F  # of either
