# ruff: noqa: PTH123
"""Battery, USB, lamp, calibration, self-test: what a wearable knows of itself.

MicroPython has no pathlib.
"""

import disk
import machine
from bench import Bench, forget_the_last_one
from clock import PERIOD, Ticks

from dyadwire import messages, streams
from wearable import calibration, lamp
from wearable.board import Board
from wearable.power import SAMPLE_EACH_US, Power, charge_of

CONSTANTS = messages.Calibration(1_200_000, -300_000, 4200, 9450, 7)


class Gauge:
    """A battery gauge with so much left."""

    def __init__(self, percent, millivolts):
        self.percent = percent
        self.millivolts = millivolts

    def read_into(self, register, buffer):
        words = {2: self.millivolts * 64 // 5, 4: self.percent << 8, 8: 0x0012}
        word = words.get(register, 0)
        buffer[0] = word >> 8
        buffer[1] = word & 255


def power(name="feathers3", gauge=None, start=0):
    machine.I2C.devices = {} if gauge is None else {0x36: gauge}
    board = Board(name, machine.WDT())
    return Power(board, machine.I2C(0), converter, Ticks(start), lambda: bool(cable))


class Converter:
    """A skin-conductance converter with so much at its fourth input."""

    millivolts = 0

    def battery_mv(self):
        return self.millivolts


converter = Converter()


cable = []


def test_a_gauge_is_believed():
    supply = power(gauge=Gauge(63, 3900))
    assert supply.is_there()
    assert (supply.percent, abs(supply.millivolts - 3900) <= 1) == (63, True)


def test_a_gauge_that_counts_beyond_full_is_full():
    supply = power(gauge=Gauge(103, 4200))
    supply.is_there()
    assert supply.percent == 100


def test_a_divider_is_read_by_the_curve_of_the_cell():
    machine.ADC.millivolts = 1950
    supply = power("xiao_esp32s3")
    assert supply.is_there()
    assert (supply.millivolts, supply.percent) == (3900, 62)
    machine.ADC.millivolts = 0


def test_the_battery_of_a_feathers3_is_read_through_its_own_divider():
    for millivolts in (3300, 3700, 4200):
        machine.ADC.millivolts = millivolts * 160 / 602
        supply = power("feathers3")
        assert supply.is_there()
        assert abs(supply.millivolts - millivolts) <= 5
    machine.ADC.millivolts = 0


def test_a_board_without_a_sense_pin_has_the_divider_of_the_wing():
    converter.millivolts = 3700
    supply = power("esp32s3")
    assert supply.is_there()
    assert supply.percent == 25
    converter.millivolts = 1200
    assert not power("esp32s3").is_there(), "an input with nothing at it"
    converter.millivolts = 0
    machine.ADC.millivolts = 900
    assert power("feathers3").is_there()
    machine.ADC.millivolts = 0


def test_a_gauge_that_fell_silent_is_asked_ever_more_seldom():
    supply = power(gauge=Gauge(63, 3900))
    supply.is_there()
    asked = []
    supply._gauge.percent = lambda: asked.append(1) or failing()
    for _ in range(32):
        supply.attend()
        assert supply.status & streams.SENSOR_FAULT
    assert (supply.percent, len(asked)) == (63, 6)


def failing():
    raise OSError(19)


def test_the_antenna_on_board_of_a_xiao_esp32c6_is_switched_on():
    machine.Pin.driven.clear()
    Board("feathers3", machine.WDT())
    assert machine.Pin.driven == {39: 0}
    machine.Pin.driven.clear()
    Board("xiao_esp32c6", machine.WDT())
    assert machine.Pin.driven == {3: 0, 14: 0, 21: 0}


def test_a_board_with_neither_knows_nothing():
    supply = power()
    assert not supply.is_there()
    assert supply.percent == messages.NO_BATTERY
    assert supply.marks() == 0


def test_the_curve_rises_from_empty_to_full():
    charges = [charge_of(mv) for mv in range(3000, 4400, 10)]
    assert charges == sorted(charges)
    assert (charges[0], charges[-1]) == (0, 100)


def test_the_battery_is_a_sample_each_ten_seconds_also_over_a_wrap():
    supply = power(gauge=Gauge(50, 3800), start=PERIOD - 25_000_000)
    supply.is_there()
    supply.start()
    taken = 0
    for _ in range(300):
        taken += supply.drain()
        supply._ticks_us.true_us += 200_000
    assert taken == 6
    assert SAMPLE_EACH_US == 10_000_000


def test_low_battery_and_usb_are_status_bits_and_usb_an_event():
    supply = power(gauge=Gauge(5, 3500))
    supply.is_there()
    assert supply.marks() == streams.LOW_BATTERY
    machine.Pin.levels[34] = 1
    try:
        assert supply.attend() == [(messages.USB_POWER, 1)]
        assert supply.marks() & streams.USB_POWERED
        assert supply.attend() == []
    finally:
        machine.Pin.levels[34] = 0
    assert supply.attend() == [(messages.USB_POWER, 0)]


def test_where_no_pin_senses_usb_a_host_on_the_cable_proves_it():
    blind, seeing = power("xiao_esp32c6"), power("feathers3")
    cable.append("a host")
    try:
        assert blind.attend() == [(messages.USB_POWER, 1)]
        assert blind.marks() & streams.USB_POWERED
        assert seeing.attend() == [], "its pin knows better"
    finally:
        cable.clear()
    assert blind.attend() == [(messages.USB_POWER, 0)]


def test_calibration_survives_a_reboot_and_damage_is_noticed():
    disk.fresh()
    assert calibration.load() == calibration.NEVER
    calibration.save(CONSTANTS)
    assert calibration.load() == CONSTANTS
    with open(calibration.FILE, "r+b") as file:
        file.seek(5)
        file.write(b"\x99")
    assert calibration.load() == calibration.NEVER


def test_each_round_of_the_lamp_takes_three_seconds():
    patterns = [value for value in vars_of(lamp) if isinstance(value, tuple)]
    assert len(patterns) == len(set(patterns)) == 9
    for pattern in patterns:
        shown = lamp.blinks(pattern)
        assert len(shown) == pattern[0]
        assert sum(lit + dark for lit, dark in shown) == lamp.EACH_MS
        assert all(dark >= lamp.APART_MS for _, dark in shown)


def vars_of(module):
    return [getattr(module, name) for name in dir(module) if name == name.upper()]


def test_the_lamp_shows_what_matters_most():
    disk.fresh()
    forget_the_last_one()
    wearable = Bench().wearable
    patterns = [wearable._lamp_pattern()]
    wearable.state_machine.state = 1
    patterns.append(wearable._lamp_pattern())
    wearable.send_queue.is_live = True
    patterns.append(wearable._lamp_pattern())
    wearable.drivers.power.percent = 4
    patterns.append(wearable._lamp_pattern())
    wearable.drivers.power.has_usb = True
    patterns.append(wearable._lamp_pattern())
    assert not wearable.sensing.is_any_silent()
    wearable.sensing._silences[None] = None
    patterns.append(wearable._lamp_pattern())
    wearable.sensing._silences.clear()
    patterns.append(wearable._lamp_pattern())
    wearable.self_test = messages.SelfTest(0, 0, messages.CHECK_PPG, 0, 0, 0)
    patterns.append(wearable._lamp_pattern())
    wearable.state_machine.state = 2
    patterns.append(wearable._lamp_pattern())
    assert patterns == [
        lamp.WAITING, lamp.RECORDING_ALONE, lamp.RECORDING, lamp.LOW_BATTERY, lamp.USB,
        lamp.FAULT, lamp.USB, lamp.FAULT, lamp.SAFE,
    ]  # fmt: skip


def tested(spoil):
    """The self-test of a wearable that `spoil` did something to."""
    disk.fresh()
    forget_the_last_one()
    bench = Bench()
    spoil(bench)
    wearable = bench.wearable
    wearable._look_at_itself()
    return wearable.self_test


def test_a_sound_wearable_lacks_only_its_calibration():
    found = tested(lambda bench: None)
    assert found.failed & ~messages.CHECK_FLASH == messages.CHECK_CALIBRATION
    assert found.made & messages.CHECKS_OF_HARDWARE == messages.CHECKS_OF_HARDWARE
    assert (found.skin_mv, found.reference_mv) == (500, 1300)


def test_the_self_test_finds_what_is_broken():
    def rate_lowered(bench):
        bench.chip.lowers_rate = True

    def converter_gone(bench):
        del machine.I2C.devices[0x48]

    def reference_off(bench):
        machine.I2C.devices[0x48].values[7] = 9000

    def electrode_off(bench):
        machine.I2C.devices[0x48].values[2] = 9000

    def nothing_there(bench):
        machine.I2C.devices.clear()

    for spoil, check in (
        (rate_lowered, messages.CHECK_PPG),
        (converter_gone, messages.CHECK_CONVERTER),
        (reference_off, messages.CHECK_REFERENCE),
        (electrode_off, messages.CHECK_SKIN_VOLTAGE),
        (nothing_there, messages.CHECK_BUS),
    ):
        assert tested(spoil).failed & check, check


def test_usb_at_boot_is_found():
    machine.Pin.levels[34] = 1
    try:
        assert tested(lambda bench: None).failed & messages.CHECK_USB
    finally:
        machine.Pin.levels[34] = 0


def test_constants_from_the_host_are_kept_and_used():
    disk.fresh()
    forget_the_last_one()
    wearable = Bench().wearable
    before = wearable.drivers.skin._open
    wearable._on_calibration(CONSTANTS)
    assert calibration.load() == CONSTANTS
    assert wearable.introduction()[-2] == CONSTANTS
    assert wearable.drivers.skin._open > before


def test_the_front_end_is_supplied_while_sensing_and_neither_at_rest_nor_on_usb():
    disk.fresh()
    forget_the_last_one()
    wearable = Bench().wearable
    driven = machine.Pin.driven
    wearable._look_at_itself()
    levels = [driven[39]]
    wearable.sensing.begin()
    levels.append(driven[39])
    machine.Pin.levels[34] = 1
    wearable.drivers.power.look()
    wearable.sensing._mind_usb()
    levels.append(driven[39])
    machine.Pin.levels[34] = 0
    wearable.drivers.power.look()
    wearable.sensing._mind_usb()
    levels.append(driven[39])
    wearable.sensing.end()
    levels.append(driven[39])
    assert levels == [0, 1, 0, 1, 0]
