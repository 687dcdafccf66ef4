"""The kinds of samples a wearable sends, and the status bits beside them.

A stream's number is on the wire; its name is everywhere else.
"""

from collections import namedtuple

PPG_IR = 1
PPG_RED = 2
PPG_GREEN = 3
EDA_CURRENT = 4
EDA_VOLTAGE = 5
ACC_X = 6
ACC_Y = 7
ACC_Z = 8
TEMPERATURE = 9
BATTERY = 10


class Stream(namedtuple("Stream", ("number", "name", "unit", "meaning"))):
    """One row of the stream table: wire number, name, unit of the scaled value, meaning."""


STREAMS = (
    Stream(PPG_IR, "ppg_ir", "counts", "infrared photoplethysmogram, 18-bit ADC"),
    Stream(PPG_RED, "ppg_red", "counts", "red photoplethysmogram, 18-bit ADC"),
    Stream(PPG_GREEN, "ppg_green", "counts", "green photoplethysmogram, 18-bit ADC"),
    Stream(EDA_CURRENT, "eda_current", "volts", "electrode current as the voltage over 150 kohm"),
    Stream(EDA_VOLTAGE, "eda_voltage", "volts", "voltage over the skin"),
    Stream(ACC_X, "acc_x", "g", "acceleration along the board"),
    Stream(ACC_Y, "acc_y", "g", "acceleration across the board"),
    Stream(ACC_Z, "acc_z", "g", "acceleration through the board"),
    Stream(TEMPERATURE, "temperature", "celsius", "die temperature of the PPG sensor"),
    Stream(BATTERY, "battery", "percent", "charge left"),
)

NAMES = {stream.number: stream.name for stream in STREAMS}

LED_CHANGED = 0x01
NO_CONTACT = 0x02
SATURATED = 0x04
OVERFLOWED = 0x08
CURRENT_LIMITED = 0x10
LEADS_SHORTED = 0x20
USB_POWERED = 0x40
SENSOR_FAULT = 0x80
BRIDGED = 0x100
LOW_BATTERY = 0x200
