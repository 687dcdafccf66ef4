"""How a MAX30101 or MAX30102 behaves at its registers, on both interpreters."""

try:
    from virtual import max3010x as chip
except ImportError:
    from dyadkit.sim.device.inside.virtual import max3010x as chip

SPO2 = 3
HEART_RATE = 2
MULTI_LED = 7


class Light:
    """Row r shows 1000 r + column, or one level for ever."""

    def __init__(self, level=None, rows=1 << 30):
        self.rows = rows
        self.level = level

    def value(self, row, column):
        return 1000 * row + column if self.level is None else self.level


class Bench:
    """A chip with a clock that is set by hand."""

    def __init__(self, light=None, rate_hz=None, oscillator=1.0):
        self.now_us = 0
        self.chip = chip.Max3010x(light or Light(), lambda: self.now_us, rate_hz, oscillator)

    def write(self, register, *values):
        self.chip.write(register, bytes(values))

    def read(self, register, count=1):
        buffer = bytearray(count)
        self.chip.read(register, buffer)
        return buffer[0] if count == 1 else bytes(buffer)

    def pointers(self):
        return tuple(self.read(chip.WRITE_POINTER, 3))

    def start(self, fifo=0, mode=SPO2, spo2=0x27):
        """100 conversions per second, 411 us, both LEDs lit."""
        self.write(chip.FIFO_CONFIG, fifo)
        self.write(chip.SPO2_CONFIG, spo2)
        self.write(chip.LED_1, 31, 31, 31, 31)
        self.write(chip.MODE_CONFIG, mode)
        return self

    def after(self, samples, rate_hz=100):
        """Let time pass until so many samples more are there, and half a period."""
        self.now_us += samples * 1000000 // rate_hz + 500000 // rate_hz
        return self

    def samples(self, count, leds=2):
        raw = self.read(chip.FIFO_DATA, 3 * leds * count)
        values = [raw[at] << 16 | raw[at + 1] << 8 | raw[at + 2] for at in range(0, len(raw), 3)]
        return [tuple(values[at : at + leds]) for at in range(0, len(values), leds)]


def test_part_id_is_0x15():
    assert Bench().read(chip.PART_ID) == 0x15


def test_power_ready_is_flagged_once_after_power_on():
    bench = Bench()
    assert bench.read(chip.STATUS_1) == chip.POWER_READY
    assert bench.read(chip.STATUS_1) == 0


def test_identity_and_status_cannot_be_written():
    bench = Bench()
    bench.write(chip.PART_ID, 0x99)
    bench.write(chip.STATUS_1, 0x00)
    assert bench.read(chip.PART_ID) == 0x15
    assert bench.read(chip.STATUS_1) == chip.POWER_READY


def test_nothing_is_sampled_before_a_mode_is_set():
    bench = Bench()
    bench.now_us = 1000000
    assert bench.pointers() == (0, 0, 0)


def test_samples_come_at_the_configured_rate():
    assert Bench().start().after(5).pointers() == (5, 0, 0)


def test_a_fast_oscillator_makes_more_samples():
    bench = Bench(oscillator=1.1).start()
    bench.now_us = 205000
    assert bench.pointers()[0] == 22


def test_averaging_lowers_the_rate_and_averages():
    bench = Bench().start(fifo=0x40)
    bench.now_us = 85000
    assert bench.pointers()[0] == 2
    assert bench.samples(2) == [(1501, 1500), (5501, 5500)]


def test_averaging_codes_above_five_mean_32():
    bench = Bench().start(fifo=0xE0)
    bench.now_us = 330000
    assert bench.pointers()[0] == 1


def test_a_sample_is_red_then_infrared_with_the_high_byte_first():
    assert Bench(Light(0x2ABCD)).start().after(1).read(chip.FIFO_DATA, 6) == b"\x02\xab\xcd" * 2


def test_heart_rate_mode_gives_red_only():
    bench = Bench().start(mode=HEART_RATE).after(2)
    assert bench.samples(2, leds=1) == [(1,), (1001,)]


def test_multi_led_slots_choose_colours_and_order():
    bench = Bench()
    bench.write(chip.SLOTS_12, 0x13)
    bench.start(mode=MULTI_LED).after(1)
    assert bench.samples(1) == [(2, 1)]


def test_slots_end_at_the_first_empty_one():
    bench = Bench()
    bench.write(chip.SLOTS_12, 0x02, 0x01)
    bench.start(mode=MULTI_LED).after(2)
    assert bench.samples(2, leds=1) == [(0,), (1000,)]


def test_a_burst_pops_sample_by_sample():
    bench = Bench().start().after(5)
    assert bench.samples(3) == [(1, 0), (1001, 1000), (2001, 2000)]
    assert bench.pointers() == (5, 0, 3)


def test_the_burst_stays_at_the_fifo_register():
    bench = Bench(Light(0x3FFFF)).start().after(2)
    assert bench.read(chip.FIFO_DATA, 12) == b"\x03\xff\xff" * 4


def test_an_unfinished_sample_is_not_popped():
    bench = Bench().start().after(2)
    bench.read(chip.FIFO_DATA, 4)
    assert bench.pointers() == (2, 0, 0)
    assert bench.samples(1) == [(1, 0)]


def test_reading_an_empty_fifo_moves_nothing():
    bench = Bench().start()
    bench.read(chip.FIFO_DATA, 6)
    assert bench.pointers() == (0, 0, 0)


def test_equal_pointers_mean_empty_or_full():
    bench = Bench().start()
    assert bench.pointers() == (0, 0, 0)
    assert bench.after(32).pointers() == (0, 0, 0)
    assert bench.samples(32)[31] == (31001, 31000)


def test_the_overflow_counter_tells_what_was_lost():
    assert Bench().start().after(35).pointers()[1] == 3


def test_the_overflow_counter_stops_at_31():
    assert Bench().start().after(200).pointers()[1] == 31


def test_the_overflow_counter_is_cleared_by_a_pop():
    bench = Bench().start().after(40)
    bench.samples(1)
    assert bench.pointers()[1] == 0


def test_without_roll_over_the_newest_are_lost():
    bench = Bench().start().after(40)
    assert bench.samples(32)[0] == (1, 0)
    bench.now_us += 10000
    assert bench.samples(1) == [(40001, 40000)]


def test_with_roll_over_the_oldest_are_lost():
    bench = Bench().start(fifo=0x10).after(40)
    drained = bench.samples(32)
    assert (drained[0], drained[31]) == ((8001, 8000), (39001, 39000))


def test_with_roll_over_both_pointers_move_on():
    assert Bench().start(fifo=0x10).after(35).pointers() == (3, 3, 3)


def test_pointers_can_be_cleared_by_writing():
    bench = Bench().start().after(40)
    bench.write(chip.WRITE_POINTER, 0, 0, 0)
    assert bench.pointers() == (0, 0, 0)
    bench.now_us += 10000
    assert bench.pointers() == (1, 0, 0)


def test_almost_full_is_flagged_with_so_many_places_left():
    bench = Bench().start(fifo=0x0F)
    bench.read(chip.STATUS_1)
    bench.after(16)
    assert bench.read(chip.STATUS_1) & chip.A_FULL == 0
    bench.now_us += 10000
    assert bench.read(chip.STATUS_1) & chip.A_FULL


def test_almost_full_with_code_0_means_full():
    bench = Bench().start()
    bench.read(chip.STATUS_1)
    bench.after(31)
    assert bench.read(chip.STATUS_1) & chip.A_FULL == 0
    bench.now_us += 10000
    assert bench.read(chip.STATUS_1) & chip.A_FULL


def test_status_clears_on_read():
    bench = Bench().start(fifo=0x0F).after(20)
    assert bench.read(chip.STATUS_1) & chip.A_FULL
    assert bench.read(chip.STATUS_1) == 0


def test_almost_full_stays_until_it_is_read_though_the_fifo_was_emptied():
    bench = Bench().start(fifo=0x0F).after(20)
    bench.samples(20)
    assert bench.read(chip.STATUS_1) == chip.A_FULL | chip.POWER_READY
    assert bench.read(chip.STATUS_1) == 0


def test_the_interrupt_line_falls_only_if_enabled():
    bench = Bench().start(fifo=0x0F)
    bench.read(chip.STATUS_1)
    assert bench.after(20).chip.interrupt_line() == 1
    bench.write(chip.ENABLE_1, chip.A_FULL)
    assert bench.chip.interrupt_line() == 0
    bench.read(chip.STATUS_1)
    assert bench.chip.interrupt_line() == 1


def test_the_next_interrupt_is_known_before_it_comes():
    bench = Bench().start(fifo=0x0F)
    bench.write(chip.ENABLE_1, chip.A_FULL)
    assert bench.chip.next_interrupt_us() == 170000
    assert Bench().start().chip.next_interrupt_us() == chip.FOREVER


def test_each_new_sample_can_interrupt():
    bench = Bench().start()
    bench.write(chip.ENABLE_1, chip.PPG_READY)
    assert bench.chip.next_interrupt_us() == 10000


def test_no_sample_interrupts_after_the_last_one():
    bench = Bench(Light(rows=3), rate_hz=100.0).start()
    bench.write(chip.ENABLE_1, chip.PPG_READY)
    assert bench.chip.next_interrupt_us() == 10000
    bench.after(5).read(chip.STATUS_1)
    assert bench.chip.next_interrupt_us() == chip.FOREVER


def test_the_pulse_width_limits_the_rate_silently():
    bench = Bench()
    bench.write(chip.MODE_CONFIG, SPO2)
    bench.write(chip.SPO2_CONFIG, 0x1F)
    assert bench.read(chip.SPO2_CONFIG) >> 2 & 7 == 3
    bench.write(chip.SPO2_CONFIG, 0x1C)
    assert bench.read(chip.SPO2_CONFIG) >> 2 & 7 == 6


def test_one_led_may_be_faster_than_two():
    bench = Bench()
    bench.write(chip.MODE_CONFIG, HEART_RATE)
    bench.write(chip.SPO2_CONFIG, 0x1F)
    assert bench.read(chip.SPO2_CONFIG) >> 2 & 7 == 5


def test_short_pulses_leave_the_low_bits_empty():
    for width, bits in ((3, 0x3FFFF), (2, 0x3FFFE), (1, 0x3FFFC), (0, 0x3FFF8)):
        bench = Bench(Light(0x3FFFF)).start(spo2=0x24 | width).after(1)
        assert bench.samples(1) == [(bits, bits)]


def test_the_converter_saturates_at_18_bits():
    assert Bench(Light(1 << 20)).start().after(1).samples(1) == [(0x3FFFF, 0x3FFFF)]


def test_a_dark_led_shows_nothing():
    bench = Bench(Light(5000)).start()
    bench.write(chip.LED_1, 0)
    assert bench.after(1).samples(1) == [(0, 5000)]


def test_shutdown_stops_sampling_and_keeps_the_registers():
    bench = Bench().start().after(3)
    bench.write(chip.MODE_CONFIG, 0x80 | SPO2)
    assert bench.after(10).pointers() == (3, 0, 0)
    assert bench.read(chip.SPO2_CONFIG) == 0x27


def test_reset_clears_everything_and_itself():
    bench = Bench().start().after(3)
    bench.write(chip.MODE_CONFIG, 0x40)
    assert bench.read(chip.MODE_CONFIG) == 0x40
    bench.write(chip.LED_1, 31)
    bench.now_us += chip.RESET_US
    assert bench.read(chip.MODE_CONFIG) == 0
    assert bench.read(chip.SPO2_CONFIG) == bench.read(chip.LED_1) == 0
    assert bench.pointers() == (0, 0, 0)


def test_temperature_is_measured_on_request_and_takes_its_time():
    bench = Bench()
    bench.chip.celsius = 36.5
    bench.write(chip.TEMPERATURE_CONFIG, 1)
    bench.now_us = 28000
    assert bench.read(chip.STATUS_2) == 0
    assert bench.read(chip.TEMPERATURE_CONFIG) == 1
    bench.now_us = 29000
    assert bench.read(chip.STATUS_2) == chip.TEMPERATURE_READY
    assert bench.read(chip.STATUS_2) == 0
    assert bench.read(chip.TEMPERATURE_INTEGER, 2) == b"\x24\x08"
    assert bench.read(chip.TEMPERATURE_CONFIG) == 0


def test_freezing_temperature_is_twos_complement():
    bench = Bench()
    bench.chip.celsius = -2.5
    bench.write(chip.TEMPERATURE_CONFIG, 1)
    bench.now_us = 30000
    assert bench.read(chip.TEMPERATURE_INTEGER, 2) == b"\xfd\x08"


def test_a_feed_paces_the_sensor_whatever_its_registers_say():
    bench = Bench(rate_hz=64.0).start()
    bench.now_us = 10 * 15625
    assert bench.pointers()[0] == 10
    assert bench.samples(1) == [(1, 0)]


def test_a_feed_that_ended_gives_no_more():
    bench = Bench(Light(rows=5), rate_hz=100.0).start()
    assert bench.after(20).pointers() == (5, 0, 0)


def test_what_a_feed_showed_before_the_start_is_not_sampled():
    bench = Bench(rate_hz=100.0)
    bench.now_us = 50000
    bench.start().after(1)
    assert bench.samples(1) == [(5001, 5000)]


def test_where_light_counts_the_signal_follows_the_led_current():
    bench = Bench(Light(100_000))
    bench.chip.usual_current = 31
    bench.start()
    bench.write(chip.LED_1, 62, 3)
    assert bench.after(1).samples(1) == [(200_000, 100_000 * 3 // 31)]
