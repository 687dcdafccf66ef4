"""The I2C bus as a chip or the lack of one makes it; imports nothing of the rest."""

NO_DEVICE = 19  # ENODEV: nobody acknowledged the address
TIMED_OUT = 110  # ETIMEDOUT: the data line is held low
PULSES_TO_FREE = 9


class Bus:
    """The chips by address.

    In `silent` spans (true us) nobody answers, in those of `deaf[address]` that chip does not. In
    spans of `hanging[address]` that chip holds the clock line whenever it is asked. From each time
    in `stuck` on a chip holds the data line, until it has seen nine pulses of the clock line.
    """

    def __init__(self, chips, now_us, clock_pin):
        self.silent = ()
        self.deaf = {}
        self.hanging = {}
        self.stuck = []
        self._chips = chips
        self._now_us = now_us
        self._clock_pin = clock_pin
        self._pulses = 0

    def chip(self, address):
        """The chip at an address, or OSError as on the board."""
        if self.stuck or self.hanging or self.silent or self.deaf:
            self._be_in_trouble(address)
        found = self._chips.get(address)
        if found is None:
            raise OSError(NO_DEVICE)
        return found

    def rise(self, pin):
        """A pin was driven from low to high."""
        if pin != self._clock_pin or not self.stuck or self._now_us() < self.stuck[0]:
            return
        self._pulses += 1
        if self._pulses >= PULSES_TO_FREE:
            self._pulses = 0
            self.stuck.pop(0)

    def addresses(self):
        """Addresses that answer."""
        return [] if self._is_within(self.silent) else sorted(self._chips)

    def _be_in_trouble(self, address):
        if self.stuck and self._now_us() >= self.stuck[0]:
            raise OSError(TIMED_OUT)
        if self._is_within(self.hanging.get(address, ())):
            raise OSError(TIMED_OUT)
        if self._is_within(self.silent) or self._is_within(self.deaf.get(address, ())):
            raise OSError(NO_DEVICE)

    def _is_within(self, spans):
        if not spans:
            return False
        now_us = self._now_us()
        return any(start_us <= now_us < stop_us for start_us, stop_us in spans)
