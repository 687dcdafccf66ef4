"""Published drivers of both chips, as they are, on the register models: prints what they see."""

import os
import sys
import time

import machine

sys.path.append(os.getenv("DYADKIT_DRIVERS"))

SECONDS = 3


def pulse(bus):
    from max30102 import MAX30102

    sensor = MAX30102(i2c=bus)
    print("part", sensor.check_part_id())
    sensor.setup_sensor(adc_range=4096, sample_rate=400, sample_avg=4, led_power=31)
    print("rate", sensor.get_acquisition_frequency())
    print("celsius", sensor.read_temperature())
    sensor.clear_fifo()
    began_ms = time.ticks_ms()
    red = []
    infrared = []
    while time.ticks_diff(time.ticks_ms(), began_ms) < 1000 * SECONDS:
        sensor.check()
        if sensor.available():
            red.append(sensor.pop_red_from_storage())
            infrared.append(sensor.pop_ir_from_storage())
        time.sleep_ms(1)
    print("red", *red)
    print("infrared", *infrared)


def skin(bus):
    import ADS1115 as ads  # noqa: N811 - its module bears the chip's name

    converter = ads.ADS1115(0x48, i2c=bus)
    converter.setConvRate(ads.ADS1115_860_SPS)
    for name, gain, pins in (
        ("current", ads.ADS1115_RANGE_2048, ads.ADS1115_COMP_0_3),
        ("voltage", ads.ADS1115_RANGE_1024, ads.ADS1115_COMP_1_3),
        ("level", ads.ADS1115_RANGE_4096, ads.ADS1115_COMP_3_GND),
    ):
        converter.setVoltageRange_mV(gain)
        converter.setCompareChannels(pins)
        converter.startSingleMeasurement()
        while converter.isBusy():
            time.sleep_ms(1)
        print(name, converter.getResult_mV())


bus = machine.SoftI2C(scl=machine.Pin(9), sda=machine.Pin(8))
pulse(bus)
skin(bus)
print("done")
while True:
    time.sleep_ms(1000)
