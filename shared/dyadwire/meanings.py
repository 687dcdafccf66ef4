"""Meanings of the numbers on the wire, in words: for hosts and documents, not for wearables.

Each row is (number or bit, name, meaning).
"""

from collections import namedtuple

from dyadwire import gatt, messages, streams

STATUS_BITS = (
    (streams.LED_CHANGED, "led_changed", "the LED current changed within this block"),
    (streams.NO_CONTACT, "no_contact", "no finger on the sensor, or an electrode lead is off"),
    (streams.SATURATED, "saturated", "a converter was at its limit"),
    (streams.OVERFLOWED, "overflowed", "samples were lost at the sensor just before this block"),
    (streams.CURRENT_LIMITED, "current_limited", "the front end limits the electrode current"),
    (streams.LEADS_SHORTED, "leads_shorted", "the electrodes touch each other"),
    (streams.USB_POWERED, "usb_powered", "power comes from USB: no skin conductance on a person"),
    (streams.SENSOR_FAULT, "sensor_fault", "the sensor did not answer as it should"),
    (
        streams.BRIDGED,
        "bridged",
        "the processor was held: sums reach over the pause, to 0.3 s, not 0.1",
    ),
    (streams.LOW_BATTERY, "low_battery", "the battery is nearly empty"),
)

EVENTS = (
    (messages.BUTTON, "button", "pressed; value is the press length in milliseconds"),
    (
        messages.LED_CURRENT,
        "led_current",
        "value is the stream's number times 1000000 plus the new current in microamperes",
    ),
    (
        messages.CONTACT,
        "contact",
        "value is 1 when a finger was put on the sensor, 0 when it was taken off",
    ),
    (messages.USB_POWER, "usb_power", "value is 1 when power came from USB, 0 when it went"),
    (
        messages.PARTNER,
        "partner",
        "a meeting of two wearables ended; value is how many probes were answered, 0: out of reach",
    ),
    (
        messages.SENSOR_BACK,
        "sensor_back",
        "a sensor that had fallen silent gives samples again; value is its first stream's number",
    ),
    (messages.SYNC_EDGE, "sync_edge", "the wire of the clock bench fell; value counts the falls"),
)

FAULTS = (
    (messages.TASK_FAULT, "task", "a task of the firmware failed and was started again"),
    (messages.SENSOR_FAULT, "sensor", "a sensor is not there or does not answer as it should"),
    (messages.FLASH_FAULT, "flash", "flash is full of data no host has, or cannot be written"),
    (messages.POWER_FAULT, "power", "the power supply forbids a measurement"),
    (
        messages.CRASH,
        "crash",
        "the wearable started over after a crash; the text is its last words",
    ),
)

CHECKS = (
    (messages.CHECK_BUS, "bus", "the sensors' bus is free and something answers on it"),
    (
        messages.CHECK_PPG,
        "ppg",
        "the PPG sensor answers with its part number and takes its settings",
    ),
    (messages.CHECK_CONVERTER, "converter", "the converter of skin conductance answers"),
    (messages.CHECK_REFERENCE, "reference", "its reference is 1.24 to 1.36 V"),
    (
        messages.CHECK_SKIN_VOLTAGE,
        "skin_voltage",
        "0.45 to 0.55 V at the electrodes, if hardly loaded",
    ),
    (messages.CHECK_BATTERY, "battery", "at least 3.5 V"),
    (messages.CHECK_USB, "usb", "no power from USB"),
    (messages.CHECK_FLASH, "flash", "room for an hour of recording"),
    (messages.CHECK_CALIBRATION, "calibration", "skin conductance was calibrated"),
)


REASONS = (
    (messages.ANOTHER_HOST, "another host is connected"),
    (messages.OTHER_MAJOR, "the major protocol version differs: update the older side"),
    (messages.NOT_NOW, "not possible in the present state"),
)


OUTCOMES = (
    (messages.UPDATE_COMPLETE, "complete: the wearable starts over and runs it"),
    (messages.UPDATE_DAMAGED, "damaged, or flash cannot hold it: nothing has changed"),
    (messages.UPDATE_FOR_ANOTHER, "compiled for another processor or MicroPython: nothing changed"),
)

PROCESSORS = (
    (messages.X64, "x64", "a computer that simulates a wearable"),
    (messages.XTENSAWIN, "xtensawin", "ESP32-S3"),
    (messages.RV32IMC, "rv32imc", "ESP32-C6"),
)
"""Number, name as `mpy-cross` knows it, and the chip."""


class Stream(namedtuple("Stream", ("number", "name", "unit", "meaning"))):
    """One row of the stream table: wire number, name, unit of the scaled value, meaning."""


STREAMS = tuple(
    Stream(number, streams.NAMES[number], unit, meaning)
    for number, unit, meaning in (
        (streams.PPG_IR, "counts", "infrared photoplethysmogram, 18-bit ADC"),
        (streams.PPG_RED, "counts", "red photoplethysmogram, 18-bit ADC"),
        (streams.PPG_GREEN, "counts", "green photoplethysmogram, 18-bit ADC"),
        (streams.EDA_CURRENT, "volts", "electrode current as the voltage over 150 kohm"),
        (streams.EDA_VOLTAGE, "volts", "voltage over the skin"),
        (streams.ACC_X, "g", "acceleration along the board"),
        (streams.ACC_Y, "g", "acceleration across the board"),
        (streams.ACC_Z, "g", "acceleration through the board"),
        (streams.TEMPERATURE, "celsius", "die temperature of the PPG sensor"),
        (streams.BATTERY, "percent", "charge left"),
    )
)

UUIDS = (
    (gatt.SERVICE, "service", "advertised by every wearable"),
    (gatt.CONTROL, "control", "host to wearable: write without response"),
    (gatt.DATA, "data", "wearable to host: notify"),
)
