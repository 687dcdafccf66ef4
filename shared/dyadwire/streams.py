"""Streams: the kinds of samples a wearable sends, and the status bits beside them.

A stream's number is on the wire; its name is everywhere else.
"""

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

NAMES = {
    PPG_IR: "ppg_ir",
    PPG_RED: "ppg_red",
    PPG_GREEN: "ppg_green",
    EDA_CURRENT: "eda_current",
    EDA_VOLTAGE: "eda_voltage",
    ACC_X: "acc_x",
    ACC_Y: "acc_y",
    ACC_Z: "acc_z",
    TEMPERATURE: "temperature",
    BATTERY: "battery",
}

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
