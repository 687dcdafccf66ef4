"""Surroundings of the firmware in a virtual wearable: time, sensors, flash, the way outside.

Runs on MicroPython in place of a board. The register models import nothing of the rest, so they
also run on CPython.
"""
