"""The virtual wearable's wiring: which chip answers at which address, which pins are alive."""

from virtual import accelerometers, ads1115, max3010x, max17048
from virtual.clock import FOREVER, PIN
from virtual.feeds import FrontEnd, ReadLog, Rows
from virtual.wires import Bus
from virtual.world import clock, config


class Inputs:
    """Pins whose level the world sets: buttons."""

    def __init__(self):
        self.levels = {}
        self.handlers = {}
        clock.receivers[PIN] = self._set

    def _set(self, payload):
        number, level = payload[0], payload[1]
        was = self.levels.get(number, 1)
        self.levels[number] = level
        handler = self.handlers.get(number)
        if handler is not None and was and not level:
            handler()


class InterruptPin:
    """The open-drain interrupt pin of the PPG sensor, watched by `clock`."""

    def __init__(self, sensor):
        self._sensor = sensor
        self._handler = None
        self._down = False
        self._due_us = FOREVER

    def watch(self, handler):
        """Call the handler at each fall."""
        self._handler = handler
        self._expect()

    def next_us(self):
        """Device time of the next falling edge; FOREVER if nobody watches."""
        if self._sensor.was_asked:
            self._expect()
        return self._due_us

    def fire(self, _):
        """The edge has come."""
        if not self._sensor.interrupt_line():
            self._down = True
            self._handler()
        self._expect()

    def _expect(self):
        """Look when the line falls next: until the chip is asked something, that stays true."""
        self._sensor.was_asked = False
        self._due_us = FOREVER
        if self._handler is None or (self._down and not self._sensor.interrupt_line()):
            return
        self._down = False
        due_us = self._sensor.next_interrupt_us()
        if due_us < FOREVER:
            self._due_us = clock.device_us(due_us)


class Wire:
    """A wire to all boards of the world: it falls once within each multiple of a true time."""

    def __init__(self, each_us):
        self._each_us = each_us
        self._handler = None

    def watch(self, handler):
        """Call the handler at each fall."""
        self._handler = handler
        if self._each_us:
            self._expect()

    def _expect(self):
        turn = clock.true_us() // self._each_us + 1
        early = turn * 7919 % 997  # the same on every board, in step with nothing
        fall_us = turn * self._each_us + self._each_us * early // 1994
        clock.call_at(clock.device_us(fall_us), self._fall)

    def _fall(self, _):
        self._handler()
        self._expect()


def _ppg():
    feed = config["ppg"]
    chip = max3010x.Max3010x(Rows(feed["path"], feed["columns"]), clock.true_us, feed["rate_hz"])
    chip.celsius = config["celsius"]
    chip.usual_current = feed["usual_current"]
    chip.log = ReadLog(config["read_log"], clock)
    clock.before_report.append(chip.log.write_out)
    return chip


def _front_end():
    feed = config["eda"]
    return FrontEnd(
        Rows(feed["path"], 2),
        feed["period_us"],
        feed["battery"],
        feed["reference"],
    )


def _accelerometer(name):
    feed = config["acc"]
    body = accelerometers.Acceleration(Rows(feed["path"], 3), feed["period_us"])
    kind = {"lis3dh": accelerometers.Lis3dh, "lsm6ds3": accelerometers.Lsm6ds3}[name]
    return kind(body, clock.true_us, feed["oscillator"])


def usb_level():
    """1 while USB powers the board."""
    now_us = clock.true_us()
    return int(any(start <= now_us < stop for start, stop in config["usb_us"]))


_ppg_sensor = _ppg()
front_end = _front_end()
_converter = ads1115.Ads1115(front_end, clock.true_us, config["eda"]["slow_ppm"])
_chips = {max3010x.ADDRESS: _ppg_sensor, ads1115.ADDRESS: _converter}
if config["acc"]:
    _mover = _accelerometer(config["acc"]["chip"])
    _chips[_mover.ADDRESS] = _mover
if config["gauge"]:
    _cell = max17048.Cell(*config["gauge"])
    _chips[max17048.ADDRESS] = max17048.Max17048(_cell, clock.true_us)
bus = Bus(_chips, clock.true_us, config["clock_pin"])
bus.silent = config["silent_us"]
if config["ppg_hangs_us"]:
    bus.hanging[max3010x.ADDRESS] = config["ppg_hangs_us"]
if config["converter_silent_us"]:
    bus.deaf[ads1115.ADDRESS] = config["converter_silent_us"]
bus.stuck = config["stuck_us"]
inputs = Inputs()
interrupt_pin = InterruptPin(_ppg_sensor)
clock.interrupts = interrupt_pin
wire = Wire(config["wire_each_us"])
