"""A tick source of 30 bits that moves only when told to."""

PERIOD = 1 << 30


class Ticks:
    def __init__(self, start=0):
        self.true_us = start

    def __call__(self):
        return self.true_us & (PERIOD - 1)
