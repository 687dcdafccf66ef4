"""The virtual wearable's wiring: which chip answers at which address, which pins are alive."""

from virtual import ads1115, max3010x
from virtual.clock import FOREVER
from virtual.feeds import FrontEnd, ReadLog, Rows
from virtual.world import clock, config


class Bus:
    """The one I2C bus with its chips; from `silent` spans (true us) nobody answers."""

    def __init__(self, chips, silent):
        self._chips = chips
        self._silent = silent

    def chip(self, address):
        """The chip at an address, or OSError as on the board (ENODEV)."""
        found = self._chips.get(address)
        if found is None or (self._silent and self._is_silent()):
            raise OSError(19)
        return found

    def _is_silent(self):
        now_us = clock.true_us()
        return any(start <= now_us < stop for start, stop in self._silent)

    def addresses(self):
        """Addresses that answer."""
        return [] if self._silent and self._is_silent() else sorted(self._chips)


class InterruptPin:
    """The open-drain interrupt pin of the PPG sensor, watched by `clock`."""

    def __init__(self, sensor):
        self._sensor = sensor
        self.handler = None
        self._down = False

    def next_us(self):
        """Device time of the next falling edge; FOREVER if nobody watches."""
        if self.handler is None:
            return FOREVER
        if self._down:
            if not self._sensor.interrupt_line():
                return FOREVER
            self._down = False
        due_us = self._sensor.next_interrupt_us()
        return FOREVER if due_us >= FOREVER else clock.device_us(due_us)

    def fire(self, _):
        """The edge has come."""
        if not self._sensor.interrupt_line():
            self._down = True
            self.handler()


def _ppg():
    feed = config["ppg"]
    chip = max3010x.Max3010x(
        Rows(feed["path"], feed["columns"]), clock.true_us, feed["rate_hz"], feed["start_us"]
    )
    chip.celsius = config["celsius"]
    chip.log = ReadLog(config["read_log"], clock)
    clock.before_report.append(chip.log.write_out)
    return chip


def _converter():
    feed = config["eda"]
    front_end = FrontEnd(
        Rows(feed["path"], 2),
        feed["start_us"],
        feed["period_us"],
        feed["battery"],
        feed["reference"],
    )
    return ads1115.Ads1115(front_end, clock.true_us, feed["slow_ppm"])


_ppg_sensor = _ppg()
bus = Bus({max3010x.ADDRESS: _ppg_sensor, ads1115.ADDRESS: _converter()}, config["silent_us"])
interrupt_pin = InterruptPin(_ppg_sensor)
clock.interrupts = interrupt_pin
