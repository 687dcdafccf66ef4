"""A tick source of 30 bits that moves only when told to."""

PERIOD = 1 << 30
MASK = PERIOD - 1  # made once: what it is made of is no small integer


class Ticks:
    def __init__(self, start=0):
        self.true_us = start

    def __call__(self):
        return self.true_us & MASK
